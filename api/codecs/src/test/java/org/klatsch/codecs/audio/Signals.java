package org.klatsch.codecs.audio;

import java.util.random.RandomGenerator;

/// Test signals and what is measured on them.
public final class Signals {
  private Signals() {}

  public static short[] tone(double hz, int rateHz, int frames, double amplitude) {
    short[] pcm = new short[frames];
    for (int i = 0; i < frames; i++) {
      pcm[i] = (short) Math.round(amplitude * Math.sin(2 * Math.PI * hz * i / rateHz));
    }
    return pcm;
  }

  public static short[] noise(RandomGenerator random, int frames, double deviation) {
    short[] pcm = new short[frames];
    for (int i = 0; i < frames; i++) {
      pcm[i] = Pcm.clip((float) (random.nextGaussian() * deviation));
    }
    return pcm;
  }

  /// Something like a voice: pulses of a wandering pitch through three resonances, in syllables of
  /// a few hundred milliseconds with pauses and hisses between them.
  public static short[] speech(RandomGenerator random, int rateHz, int frames) {
    double[] formants = new double[] {500, 1_500, 2_500};
    double[] y1 = new double[3];
    double[] y2 = new double[3];
    short[] pcm = new short[frames];
    double phase = 0;
    double pitch = 120;
    int left = 0;
    int kind = 0;
    double envelope = 0;
    double lastNoise = 0;
    for (int i = 0; i < frames; i++) {
      if (left-- <= 0) {
        kind = random.nextInt(5);
        left = rateHz / 1_000 * random.nextInt(60, 250);
        formants[0] = random.nextDouble(250, 850);
        formants[1] = random.nextDouble(900, 2_300);
        formants[2] = random.nextDouble(2_300, 3_300);
        pitch = random.nextDouble(90, 240);
      }
      double target = kind == 0 ? 0 : kind == 1 ? 0.25 : 1;
      envelope += (target - envelope) * 60 / rateHz;
      pitch *= 1 + random.nextGaussian() * 0.0005;
      phase += pitch / rateHz;
      double source;
      if (kind == 1) {
        double noise = random.nextGaussian();
        source = noise - lastNoise;
        lastNoise = noise;
      } else {
        source = 0;
        if (phase >= 1) {
          phase -= 1;
          source = 12;
        }
        source += random.nextGaussian() * 0.02;
      }
      double sum = 0;
      for (int f = 0; f < 3; f++) {
        double r = Math.exp(-Math.PI * (60 + 40 * f) / rateHz);
        double y =
            source * (1 - r)
                + 2 * r * Math.cos(2 * Math.PI * formants[f] / rateHz) * y1[f]
                - r * r * y2[f];
        y2[f] = y1[f];
        y1[f] = y;
        sum += y / (1 + f);
      }
      pcm[i] = Pcm.clip((float) (sum * envelope * 9_000));
    }
    return pcm;
  }

  public static double rms(short[] pcm, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += (double) pcm[i] * pcm[i];
    }
    return Math.sqrt(sum / (to - from));
  }

  /// Signal to noise in dB of a copy that is `delay` frames late; the gain must be right too.
  public static double snr(short[] original, short[] copy, int delay, int from, int to) {
    double signal = 0;
    double noise = 0;
    for (int i = from; i < to; i++) {
      double s = original[i];
      double d = s - copy[i + delay];
      signal += s * s;
      noise += d * d;
    }
    return 10 * Math.log10(signal / Math.max(noise, 1e-9));
  }

  /// How much of a stretch is a tone of one frequency, in dB over all else: the least-squares fit
  /// of a sine against what remains.
  public static double toneSnr(short[] pcm, int from, int to, double hz, int rateHz) {
    double[][] m = new double[2][2];
    double[] v = new double[2];
    for (int i = from; i < to; i++) {
      double s = Math.sin(2 * Math.PI * hz * i / rateHz);
      double c = Math.cos(2 * Math.PI * hz * i / rateHz);
      m[0][0] += s * s;
      m[0][1] += s * c;
      m[1][1] += c * c;
      v[0] += s * pcm[i];
      v[1] += c * pcm[i];
    }
    double det = m[0][0] * m[1][1] - m[0][1] * m[0][1];
    double a = (v[0] * m[1][1] - v[1] * m[0][1]) / det;
    double b = (v[1] * m[0][0] - v[0] * m[0][1]) / det;
    double signal = 0;
    double noise = 0;
    for (int i = from; i < to; i++) {
      double fit =
          a * Math.sin(2 * Math.PI * hz * i / rateHz) + b * Math.cos(2 * Math.PI * hz * i / rateHz);
      signal += fit * fit;
      noise += (pcm[i] - fit) * (pcm[i] - fit);
    }
    return 10 * Math.log10(signal / Math.max(noise, 1e-9));
  }

  /// The largest step between neighbours.
  public static int largestStep(short[] pcm, int from, int to) {
    int largest = 0;
    for (int i = from + 1; i < to; i++) {
      largest = Math.max(largest, Math.abs(pcm[i] - pcm[i - 1]));
    }
    return largest;
  }
}
