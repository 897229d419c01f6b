package org.klatsch.codecs.audio;

/// Changes the rate of a stream of PCM, from any rate to any rate, with a polyphase filter of a
/// sinc under a Kaiser window: flat to 84 % of the lower rate's half, 80 dB down from there on.
///
/// So many frames in give exactly the matching frames out whenever that is a whole number: 20 ms
/// give 20 ms from the first call on. The output is late by [#delayNanos].
public final class Resampler {
  /// Zero crossings of the sinc on each side: with [#BETA] the transition takes 16 % of the band.
  private static final int CROSSINGS = 32;

  /// Kaiser's parameter for 80 dB.
  private static final double BETA = 7.86;

  /// Middle of the transition; its end is the lower rate's half.
  private static final double CUTOFF = 0.92;

  /// More phases than this are interpolated: 640 covers 11,025 to 48,000 Hz and all usual pairs.
  private static final int MAX_PHASES = 640;

  private static final int CHUNK = 512;

  private final int channels;
  private final int inRateHz;

  /// Rates divided by their greatest common divisor: output k lies at input time k·`down`/`up`.
  private final int up;

  private final int down;
  private final int taps;
  private final int phases;

  /// One filter per phase, and one more where phases are interpolated; null when both rates are the
  /// same.
  private final float[][] filters;

  private final boolean interpolated;

  /// Per channel the last `taps` frames, then those of the present chunk.
  private final float[][] buffers;

  /// Time of the next output relative to the next input, in units of 1/`up` input frames.
  private long time;

  public Resampler(int inRateHz, int outRateHz, int channels) {
    if (inRateHz <= 0 || outRateHz <= 0 || channels <= 0) {
      throw new IllegalArgumentException(
          "%d to %d Hz, %d channels: expected positive".formatted(inRateHz, outRateHz, channels));
    }
    this.inRateHz = inRateHz;
    this.channels = channels;
    int divisor = divisor(inRateHz, outRateHz);
    up = outRateHz / divisor;
    down = inRateHz / divisor;
    interpolated = up > MAX_PHASES;
    phases = interpolated ? MAX_PHASES : up;
    double scale = Math.min(1, (double) outRateHz / inRateHz);
    boolean same = inRateHz == outRateHz;
    int half = same ? 0 : (int) Math.ceil(CROSSINGS / scale);
    taps = 2 * half;
    filters = new float[same ? 0 : interpolated ? phases + 1 : phases][taps];
    for (int phase = 0; phase < filters.length; phase++) {
      design(filters[phase], half, (double) phase / phases, CUTOFF * scale);
    }
    buffers = new float[same ? 0 : channels][taps + CHUNK];
  }

  private static int divisor(int a, int b) {
    return b == 0 ? a : divisor(b, a % b);
  }

  private static void design(float[] filter, int half, double fraction, double cutoff) {
    double sum = 0;
    double[] exact = new double[filter.length];
    for (int tap = 0; tap < filter.length; tap++) {
      double distance = tap - half + 1 - fraction;
      double x = Math.PI * cutoff * distance;
      double sinc = x == 0 ? 1 : Math.sin(x) / x;
      double edge = distance / half;
      double window = Math.abs(edge) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - edge * edge));
      exact[tap] = sinc * window;
      sum += exact[tap];
    }
    for (int tap = 0; tap < filter.length; tap++) {
      filter[tap] = (float) (exact[tap] / sum);
    }
  }

  /// The modified Bessel function of order zero.
  private static double bessel(double x) {
    double sum = 1;
    double term = 1;
    for (int k = 1; term > sum * 1e-12; k++) {
      term *= x / (2 * k) * (x / (2 * k));
      sum += term;
    }
    return sum;
  }

  /// How much later the output is than the input.
  public long delayNanos() {
    return taps / 2 * 1_000_000_000L / inRateHz;
  }

  /// The most frames that one call returns for so many.
  public int maxOutput(int inFrames) {
    return (int) (((long) inFrames * up + down - 1) / down) + 1;
  }

  /// @param inOffset in samples, as `outOffset` is
  /// @param inFrames samples per channel
  /// @param out room for [#maxOutput] frames
  /// @return frames written
  public int resample(short[] in, int inOffset, int inFrames, short[] out, int outOffset) {
    if (filters.length == 0) {
      System.arraycopy(in, inOffset, out, outOffset, inFrames * channels);
      return inFrames;
    }
    int written = 0;
    for (int done = 0; done < inFrames; ) {
      int chunk = Math.min(CHUNK, inFrames - done);
      for (int channel = 0; channel < channels; channel++) {
        float[] buffer = buffers[channel];
        int at = inOffset + done * channels + channel;
        for (int i = 0; i < chunk; i++) {
          buffer[taps + i] = in[at + i * channels];
        }
      }
      written += produce(chunk, out, outOffset + written * channels);
      for (float[] buffer : buffers) {
        System.arraycopy(buffer, chunk, buffer, 0, taps);
      }
      done += chunk;
    }
    return written;
  }

  private int produce(int chunk, short[] out, int outOffset) {
    long end = (long) chunk * up;
    int written = 0;
    for (; time < end; time += down) {
      int frame = (int) (time / up);
      int remainder = (int) (time % up);
      for (int channel = 0; channel < channels; channel++) {
        // The newest input that counts is `frame`, at index taps + frame.
        out[outOffset + written * channels + channel] =
            Pcm.clip(filtered(buffers[channel], frame + 1, remainder));
      }
      written++;
    }
    time -= end;
    return written;
  }

  private float filtered(float[] buffer, int from, int remainder) {
    if (!interpolated) {
      return product(buffer, from, filters[remainder]);
    }
    float exact = (float) remainder * phases / up;
    int phase = (int) exact;
    float between = exact - phase;
    return product(buffer, from, filters[phase]) * (1 - between)
        + product(buffer, from, filters[phase + 1]) * between;
  }

  /// Four sums, so that the additions need not wait for each other.
  private static float product(float[] buffer, int from, float[] filter) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    int tap = 0;
    for (; tap + 3 < filter.length; tap += 4) {
      a += buffer[from + tap] * filter[tap];
      b += buffer[from + tap + 1] * filter[tap + 1];
      c += buffer[from + tap + 2] * filter[tap + 2];
      d += buffer[from + tap + 3] * filter[tap + 3];
    }
    for (; tap < filter.length; tap++) {
      a += buffer[from + tap] * filter[tap];
    }
    return a + b + c + d;
  }
}
