package org.klatsch.codecs.audio;

import java.util.Arrays;

/// One or several sines at once, with soft edges: what starts, stops or changes is blended over 4
/// ms, so it never clicks.
public final class ToneGenerator {
  private static final int RAMP_MS = 4;
  private static final int MAX_TONES = 4;

  private final int rateHz;
  private final float rampStep;
  private final double[] phases = new double[MAX_TONES];
  private final double[] steps = new double[MAX_TONES];
  private final double[] next = new double[MAX_TONES];
  private double amplitude;
  private double nextAmplitude;
  private boolean changing;

  /// 0 to 1: how much of the amplitude is on.
  private float gain;

  private boolean on;

  public ToneGenerator(int rateHz) {
    if (rateHz < 1_000) {
      throw new IllegalArgumentException("rate " + rateHz + " Hz: expected 1,000 or more");
    }
    this.rateHz = rateHz;
    rampStep = 1_000f / (RAMP_MS * rateHz);
  }

  /// Sounds these frequencies together from now on.
  ///
  /// @param amplitude of each, in units of 16-bit samples
  /// @param hz one to four
  public void start(double amplitude, double... hz) {
    if (hz.length == 0 || hz.length > MAX_TONES) {
      throw new IllegalArgumentException(hz.length + " frequencies: expected 1 to " + MAX_TONES);
    }
    for (int i = 0; i < MAX_TONES; i++) {
      next[i] = i < hz.length ? hz[i] / rateHz : 0;
    }
    nextAmplitude = amplitude;
    changing = true;
    on = true;
  }

  public void stop() {
    on = false;
  }

  /// Whether anything is heard, a fading end included.
  public boolean isSounding() {
    return on || gain > 0;
  }

  /// Overwrites so many samples of one channel.
  public void fill(short[] out, int offset, int frames) {
    for (int i = offset; i < offset + frames; i++) {
      if (changing && gain == 0) {
        System.arraycopy(next, 0, steps, 0, MAX_TONES);
        Arrays.fill(phases, 0);
        amplitude = nextAmplitude;
        changing = false;
      }
      gain = on && !changing ? Math.min(1, gain + rampStep) : Math.max(0, gain - rampStep);
      if (gain == 0) {
        out[i] = 0;
        continue;
      }
      double sum = 0;
      for (int tone = 0; tone < MAX_TONES && steps[tone] > 0; tone++) {
        sum += Math.sin(2 * Math.PI * phases[tone]);
        phases[tone] += steps[tone];
        phases[tone] -= (int) phases[tone];
      }
      out[i] = Pcm.clip((float) (sum * amplitude * gain));
    }
  }
}
