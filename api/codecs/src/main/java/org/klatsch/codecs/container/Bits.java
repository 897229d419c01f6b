package org.klatsch.codecs.container;

/// Bits from the highest of each byte on, and the codes of Exponential-Golomb, H.264 §9.1. Beyond
/// the end it raises an [IndexOutOfBoundsException].
final class Bits {
  private final byte[] bytes;
  private int at;

  /// @param at the first bit
  Bits(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  boolean flag() {
    return take(1) == 1;
  }

  int take(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bytes[at >> 3] >> 7 - (at & 7) & 1;
      at++;
    }
    return value;
  }

  int unsigned() {
    int zeros = 0;
    while (take(1) == 0) {
      zeros++;
    }
    return zeros > 30 ? Integer.MAX_VALUE / 64 : (1 << zeros) - 1 + take(zeros);
  }

  int signed() {
    int code = unsigned();
    return (code & 1) == 1 ? (code + 1) / 2 : -(code / 2);
  }
}
