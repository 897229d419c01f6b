package org.klatsch.codecs;

/// One half of G.722's band: the adaptive predictor and the adaptive step of its quantizer, the
/// same in encoder and decoder. Names in brackets are the blocks of ITU-T G.722 §6.2.
final class G722SubBand {
  /// Step factors over one octave, 2^11·2^(i/32) [table 12, ILB].
  private static final int[] STEPS = {
    2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
    2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008
  };

  private final int highestLogStep;
  private final int octaves;

  /// The quantizer's step [DETL, DETH].
  private int step;

  /// Its logarithm [NBL, NBH].
  private int logStep;

  /// The predicted sample [SL, SH].
  private int predicted;

  /// The share of it that comes from the zeros [SZL, SZH].
  private int fromZeros;

  private int pole1;
  private int pole2;
  private int reconstructed1;
  private int partial1;
  private int partial2;
  private final int[] zeros = new int[6];
  private final int[] differences = new int[6];

  private G722SubBand(int step, int highestLogStep, int octaves) {
    this.step = step;
    this.highestLogStep = highestLogStep;
    this.octaves = octaves;
  }

  static G722SubBand lower() {
    return new G722SubBand(32, 18_432, 8);
  }

  static G722SubBand upper() {
    return new G722SubBand(8, 22_528, 10);
  }

  int predicted() {
    return predicted;
  }

  int step() {
    return step;
  }

  /// Follows one quantized difference.
  ///
  /// @param difference as the receiver has it
  /// @param logStepChange by which the quantizer's answer changes the step [W]
  void follow(int difference, int logStepChange) {
    adaptStep(logStepChange);
    int reconstructed = saturate(predicted + difference);
    int partial = saturate(fromZeros + difference);
    adaptPoles(partial);
    adaptZeros(difference);
    predict(difference, reconstructed);
    partial2 = partial1;
    partial1 = partial;
    reconstructed1 = reconstructed;
  }

  /// [LOGSCL and SCALEL, LOGSCH and SCALEH]
  private void adaptStep(int change) {
    logStep = Math.clamp((logStep * 127 >> 7) + change, 0, highestLogStep);
    int mantissa = STEPS[logStep >> 6 & 31];
    int shift = octaves - (logStep >> 11);
    step = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
  }

  /// [UPPOL2 and UPPOL1]
  private void adaptPoles(int partial) {
    boolean same1 = partial < 0 == partial1 < 0;
    boolean same2 = partial < 0 == partial2 < 0;
    int quadrupled = saturate(pole1 << 2);
    int towards = Math.min(Short.MAX_VALUE, same1 ? -quadrupled : quadrupled);
    int next2 = (towards >> 7) + (same2 ? 128 : -128) + (pole2 * 32_512 >> 15);
    pole2 = Math.clamp(next2, -12_288, 12_288);
    int next1 = saturate((same1 ? 192 : -192) + (pole1 * 32_640 >> 15));
    // The predictor stays stable as long as the first pole keeps away from what the second allows.
    int limit = saturate(15_360 - pole2);
    pole1 = Math.clamp(next1, -limit, limit);
  }

  /// [UPZERO]
  private void adaptZeros(int difference) {
    int gain = difference == 0 ? 0 : 128;
    for (int i = 0; i < zeros.length; i++) {
      int towards = differences[i] < 0 == difference < 0 ? gain : -gain;
      zeros[i] = saturate(towards + (zeros[i] * 32_640 >> 15));
    }
  }

  /// [DELAYA, FILTEP, FILTEZ, PREDIC]
  private void predict(int difference, int reconstructed) {
    System.arraycopy(differences, 0, differences, 1, differences.length - 1);
    differences[0] = difference;
    int fromPoles =
        saturate(
            (pole1 * saturate(2 * reconstructed) >> 15)
                + (pole2 * saturate(2 * reconstructed1) >> 15));
    int sum = 0;
    for (int i = zeros.length - 1; i >= 0; i--) {
      sum = saturate(sum + (zeros[i] * saturate(2 * differences[i]) >> 15));
    }
    fromZeros = sum;
    predicted = saturate(fromPoles + fromZeros);
  }

  static int saturate(int value) {
    return Math.clamp(value, Short.MIN_VALUE, Short.MAX_VALUE);
  }
}
