package org.klatsch.bench;

import java.util.SplittableRandom;

/// Something that an encoder of speech takes for a voice: pulses through two resonances, loud and
/// soft in turns, with pauses.
final class Voice {
  private static final double PITCH_HZ = 140;
  private static final double SYLLABLES_HZ = 3;

  private Voice() {}

  /// @param seed another one gives another noise
  static short[] of(int rateHz, int frames, long seed) {
    short[] pcm = new short[frames];
    double[] first = new double[2];
    double[] second = new double[2];
    SplittableRandom random = new SplittableRandom(seed);
    int period = (int) (rateHz / PITCH_HZ);
    for (int i = 0; i < frames; i++) {
      double source = (i % period == 0 ? 1 : 0) + random.nextGaussian() * 0.005;
      double sum =
          resonate(first, source, 600, rateHz) + resonate(second, source, 1_700, rateHz) / 2;
      double loudness = 0.5 + 0.5 * Math.sin(2 * Math.PI * SYLLABLES_HZ * i / rateHz);
      boolean pause = i / rateHz % 5 == 4;
      pcm[i] =
          (short) Math.clamp(Math.round(sum * 5_000 * (pause ? 0.01 : loudness)), -32_000, 32_000);
    }
    return pcm;
  }

  private static double resonate(double[] state, double source, double hz, int rateHz) {
    double r = Math.exp(-Math.PI * 80 / rateHz);
    double next =
        source + 2 * r * Math.cos(2 * Math.PI * hz / rateHz) * state[0] - r * r * state[1];
    state[1] = state[0];
    state[0] = next;
    return next;
  }
}
