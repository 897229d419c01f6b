package org.klatsch.media.forwarding;

import org.klatsch.media.bwe.RateMeter;

/// What each layer of a stream of video takes, measured once for all who get it: the encodings of a
/// simulcast, each by itself, or the spatial layers of a scalable one, each with those below it.
final class LayerRates {
  /// Layers at most.
  static final int MAX = 8;

  /// A layer that was silent for so long is switched off.
  private static final long SILENCE = 1_000_000_000L;

  private final RateMeter[] meters = new RateMeter[MAX];
  private final long[] heard = new long[MAX];
  private boolean adds;
  private int count;

  LayerRates() {
    for (int i = 0; i < MAX; i++) {
      meters[i] = new RateMeter(500);
      heard[i] = Long.MIN_VALUE / 2;
    }
  }

  /// Says whether a layer takes what those below it take too.
  void adds(boolean value) {
    adds = value;
  }

  /// A packet of a layer came.
  ///
  /// @param bytes its length
  void note(long now, int layer, int bytes) {
    meters[layer].add(now, bytes);
    heard[layer] = now;
    count = Math.max(count, layer + 1);
  }

  /// Layers heard of so far.
  int count() {
    return count;
  }

  /// Whether a layer is sent at present.
  boolean isSent(long now, int layer) {
    return layer >= 0 && now - heard[layer] <= SILENCE;
  }

  /// What it takes to forward a layer, in bits a second.
  long rate(long now, int layer) {
    if (!adds) {
      return meters[layer].rate(now);
    }
    long sum = 0;
    for (int i = 0; i <= layer; i++) {
      sum += isSent(now, i) ? meters[i].rate(now) : 0;
    }
    return sum;
  }

  /// The lowest layer above another that is sent at present, [SimulcastForwarder#NONE] when there
  /// is none up to `limit`.
  int above(long now, int layer, int limit) {
    for (int i = layer + 1; i < count && i <= limit; i++) {
      if (isSent(now, i)) {
        return i;
      }
    }
    return SimulcastForwarder.NONE;
  }
}
