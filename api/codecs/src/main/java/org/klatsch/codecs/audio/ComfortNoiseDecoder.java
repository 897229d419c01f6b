package org.klatsch.codecs.audio;

import java.util.random.RandomGenerator;

/// Imitates the background noise that a comfort-noise payload describes, RFC 3389: white noise
/// through a lattice filter of the reflection coefficients. Changes are spread over 20 ms.
public final class ComfortNoiseDecoder {
  /// RFC 3389 §3.1: more coefficients than known may be ignored.
  private static final int MAX_ORDER = 12;

  private final RandomGenerator random;
  private final float[] target = new float[MAX_ORDER];
  private final float[] reflections = new float[MAX_ORDER];
  private final float[] delays = new float[MAX_ORDER + 1];
  private final int smoothing;
  private float targetGain;
  private float gain;

  public ComfortNoiseDecoder(int rateHz, RandomGenerator random) {
    this.random = random;
    smoothing = Math.max(1, rateHz / 200);
  }

  /// Takes a payload; an empty one means silence.
  public void update(byte[] payload, int offset, int length) {
    // The first bit of the level is always 0, RFC 3389 §3.1.
    int level = length > 0 ? payload[offset] & 0x7f : AudioLevel.SILENCE;
    double scale = 1;
    for (int i = 0; i < MAX_ORDER; i++) {
      float reflection = 0;
      if (i + 1 < length) {
        int index = Math.min(254, payload[offset + 1 + i] & 0xff);
        reflection = Math.clamp((index - 127) * 258f / 32_768, -0.99f, 0.99f);
      }
      target[i] = reflection;
      scale *= 1 - reflection * reflection;
    }
    targetGain = (float) (AudioLevel.rms(level) * Math.sqrt(scale));
  }

  /// Overwrites so many samples of one channel.
  public void generate(short[] out, int offset, int frames) {
    for (int i = 0; i < frames; i++) {
      gain += (targetGain - gain) / smoothing;
      // Uniform noise of variance one: cheaper than Gaussian and as good behind a filter.
      float forward = gain * (float) ((random.nextFloat() - 0.5f) * 3.4641016);
      for (int k = MAX_ORDER - 1; k >= 0; k--) {
        reflections[k] += (target[k] - reflections[k]) / smoothing;
        forward -= reflections[k] * delays[k];
        delays[k + 1] = delays[k] + reflections[k] * forward;
      }
      delays[0] = forward;
      out[offset + i] = Pcm.clip(forward);
    }
  }
}
