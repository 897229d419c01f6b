package org.klatsch.codecs.audio;

import org.jspecify.annotations.Nullable;

/// The sixteen digits of ITU-T Q.23: a tone of the low group (row) with one of the high (column).
public enum DtmfDigit {
  DIGIT_1('1', 0, 0),
  DIGIT_2('2', 0, 1),
  DIGIT_3('3', 0, 2),
  DIGIT_A('A', 0, 3),
  DIGIT_4('4', 1, 0),
  DIGIT_5('5', 1, 1),
  DIGIT_6('6', 1, 2),
  DIGIT_B('B', 1, 3),
  DIGIT_7('7', 2, 0),
  DIGIT_8('8', 2, 1),
  DIGIT_9('9', 2, 2),
  DIGIT_C('C', 2, 3),
  STAR('*', 3, 0),
  DIGIT_0('0', 3, 1),
  POUND('#', 3, 2),
  DIGIT_D('D', 3, 3);

  private static final DtmfDigit[] ALL = values();

  private final char symbol;
  private final int row;
  private final int column;

  DtmfDigit(char symbol, int row, int column) {
    this.symbol = symbol;
    this.row = row;
    this.column = column;
  }

  /// `0` to `9`, `*`, `#`, `A` to `D`.
  public char symbol() {
    return symbol;
  }

  public double lowHz() {
    return lowHz(row);
  }

  public double highHz() {
    return highHz(column);
  }

  static double lowHz(int row) {
    return switch (row) {
      case 0 -> 697;
      case 1 -> 770;
      case 2 -> 852;
      default -> 941;
    };
  }

  static double highHz(int column) {
    return switch (column) {
      case 0 -> 1_209;
      case 1 -> 1_336;
      case 2 -> 1_477;
      default -> 1_633;
    };
  }

  static DtmfDigit at(int row, int column) {
    return ALL[row * 4 + column];
  }

  /// The digit of a symbol, letters in either case; null when there is none.
  public static @Nullable DtmfDigit of(char symbol) {
    for (DtmfDigit digit : ALL) {
      if (digit.symbol == Character.toUpperCase(symbol)) {
        return digit;
      }
    }
    return null;
  }
}
