package org.klatsch.codecs.audio;

/// Measures one frequency in a stretch of samples (Goertzel's algorithm), which may come in parts.
public final class Goertzel {
  private final double coefficient;
  private double last;
  private double beforeLast;
  private double energy;
  private int count;

  public Goertzel(int rateHz, double hz) {
    if (rateHz <= 0 || hz <= 0 || hz * 2 >= rateHz) {
      throw new IllegalArgumentException(
          "%f Hz at %d Hz: expected between 0 and half the rate".formatted(hz, rateHz));
    }
    coefficient = 2 * Math.cos(2 * Math.PI * hz / rateHz);
  }

  public void add(short[] pcm, int offset, int samples) {
    double y1 = last;
    double y2 = beforeLast;
    double sum = energy;
    for (int i = offset; i < offset + samples; i++) {
      double x = pcm[i];
      double y = x + coefficient * y1 - y2;
      y2 = y1;
      y1 = y;
      sum += x * x;
    }
    last = y1;
    beforeLast = y2;
    energy = sum;
    count += samples;
  }

  /// Power of a sine of this frequency: half the square of its amplitude.
  public double power() {
    if (count == 0) {
      return 0;
    }
    double magnitude = last * last + beforeLast * beforeLast - coefficient * last * beforeLast;
    return 2 * magnitude / ((double) count * count);
  }

  /// The share of all energy that is at this frequency: 1 of a pure tone, 0 of silence.
  public double share() {
    return energy <= 0 ? 0 : Math.min(1, power() * count / energy);
  }

  /// Samples since the last [#reset].
  public int samples() {
    return count;
  }

  public void reset() {
    last = 0;
    beforeLast = 0;
    energy = 0;
    count = 0;
  }
}
