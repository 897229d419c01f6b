package org.klatsch.codecs;

/// Tables of ITU-T G.722 that encoder and decoder share, and the filter that splits the band.
final class G722Tables {
  /// Half of the symmetric quadrature mirror filter [G.722 table 11].
  private static final int[] MIRROR_FILTER = {
    3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11
  };

  /// Answers of the lower quantizer with six bits [QQ6], by code.
  private static final int[] LOWER_6 = {
    -136, -136, -136, -136, -24808, -21904, -19008, -16704,
    -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
    -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576,
    -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
    24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192,
    10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
    4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032,
    1688, 1360, 1040, 728, 432, 136, -432, -136
  };

  /// The same with the four bits that the predictor uses [QQ4].
  private static final int[] LOWER_4 = {
    0, -20456, -12896, -8968, -6288, -4240, -2584, -1200,
    20456, 12896, 8968, 6288, 4240, 2584, 1200, 0
  };

  /// Answers of the upper quantizer [QQ2].
  private static final int[] UPPER_2 = {-7408, -1616, 7408, 1616};

  /// Change of the lower step's logarithm by the four bits [WL behind RIL4].
  private static final int[] LOWER_STEP = {
    -60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60
  };

  /// Change of the upper step's logarithm [WH behind RIH2].
  private static final int[] UPPER_STEP = {798, -214, 798, -214};

  private G722Tables() {}

  static int mirror(int tap) {
    return MIRROR_FILTER[tap];
  }

  static int lower6(int code) {
    return LOWER_6[code];
  }

  static int lower4(int code) {
    return LOWER_4[code];
  }

  static int upper2(int code) {
    return UPPER_2[code];
  }

  static int lowerStep(int code4) {
    return LOWER_STEP[code4];
  }

  static int upperStep(int code) {
    return UPPER_STEP[code];
  }
}
