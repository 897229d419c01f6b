package org.klatsch.codecs.audio;

import java.util.Arrays;

/// Sums what several speakers say in one tick, for a recorder (all) or for each speaker (all
/// others). Sums that are too loud are bent rather than clipped.
public final class Mixer {
  /// Up to here, -3 dB, the sum is left as it is.
  private static final int KNEE = 23_197;

  private static final float ROOM = Short.MAX_VALUE - KNEE;

  private final int samples;
  private final int[] sum;

  /// @param samples in one tick, all channels together
  public Mixer(int samples) {
    if (samples <= 0) {
      throw new IllegalArgumentException(samples + " samples: expected positive");
    }
    this.samples = samples;
    sum = new int[samples];
  }

  /// Starts a tick.
  public void clear() {
    Arrays.fill(sum, 0);
  }

  /// Adds one speaker's tick.
  public void add(short[] pcm, int offset) {
    for (int i = 0; i < samples; i++) {
      sum[i] += pcm[offset + i];
    }
  }

  /// Adds one speaker's tick at a volume, 1 being as it is.
  public void add(short[] pcm, int offset, float gain) {
    for (int i = 0; i < samples; i++) {
      sum[i] += Math.round(pcm[offset + i] * gain);
    }
  }

  /// All speakers.
  public void mix(short[] out, int outOffset) {
    for (int i = 0; i < samples; i++) {
      out[outOffset + i] = limit(sum[i]);
    }
  }

  /// All speakers but one.
  ///
  /// @param own what that one added in this tick
  public void mixWithout(short[] own, int ownOffset, short[] out, int outOffset) {
    for (int i = 0; i < samples; i++) {
      out[outOffset + i] = limit(sum[i] - own[ownOffset + i]);
    }
  }

  /// Above the knee the curve leaves with the slope it came with and never quite reaches the end.
  static short limit(int sample) {
    int magnitude = Math.abs(sample);
    if (magnitude <= KNEE) {
      return (short) sample;
    }
    int bent = KNEE + (int) (ROOM * (1 - Math.exp((KNEE - magnitude) / ROOM)));
    return (short) (sample < 0 ? -bent : bent);
  }
}
