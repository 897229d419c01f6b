package org.klatsch.media.forwarding;

import org.klatsch.media.bwe.RateMeter;

/// Chooses the greatest encoding of a simulcast that fits what one receiver's path bears. Down at
/// once, up only with room to spare and after a while. Not thread-safe.
public final class LayerChoice {
  /// What must be free beyond an encoding before it is gone up to.
  private static final double SPARE = 1.15;

  /// After a fall.
  private static final long PATIENCE = 2_000_000_000L;

  /// An encoding that was silent for so long is switched off.
  private static final long SILENCE = 1_000_000_000L;

  private final RateMeter[] rates;
  private final long[] heard;
  private int current = SimulcastForwarder.NONE;
  private long lastDown = Long.MIN_VALUE / 2;

  /// @param encodings how many there are, the smallest first
  public LayerChoice(int encodings) {
    rates = new RateMeter[encodings];
    heard = new long[encodings];
    for (int i = 0; i < encodings; i++) {
      rates[i] = new RateMeter(500);
      heard[i] = Long.MIN_VALUE / 2;
    }
  }

  /// A packet of an encoding came.
  ///
  /// @param bytes its length
  public void note(long now, int encoding, int bytes) {
    rates[encoding].add(now, bytes);
    heard[encoding] = now;
  }

  /// The encoding to forward: the smallest at least, [SimulcastForwarder#NONE] when none comes.
  ///
  /// @param bitsPerSecond what the receiver's path bears
  public int choose(long now, long bitsPerSecond) {
    int best = SimulcastForwarder.NONE;
    for (int i = 0; i < rates.length; i++) {
      if (now - heard[i] > SILENCE) {
        continue;
      }
      double wanted = rates[i].rate(now);
      if (i > current && current != SimulcastForwarder.NONE && now - heard[current] <= SILENCE) {
        if (now - lastDown < PATIENCE) {
          continue;
        }
        wanted *= SPARE;
      }
      if (best == SimulcastForwarder.NONE || wanted <= bitsPerSecond) {
        best = i;
      }
    }
    if (best < current) {
      lastDown = now;
    }
    current = best;
    return best;
  }
}
