package org.klatsch.rtp.payload;

/// Open bitstream units of AV1, AV1 specification §5.3, and numbers in LEB128, §4.10.5.
final class Av1Obu {
  static final int SEQUENCE_HEADER = 1;
  static final int TEMPORAL_DELIMITER = 2;
  static final int TILE_LIST = 8;
  static final int PADDING = 15;

  private static final int EXTENSION_FLAG = 0x04;
  private static final int SIZE_FLAG = 0x02;
  private static final int MAX_LEB128 = 5;

  private Av1Obu() {}

  static int type(int header) {
    return header >>> 3 & 0x0f;
  }

  /// Length of the header with its extension and without a size.
  static int headerLength(int header) {
    return (header & EXTENSION_FLAG) != 0 ? 2 : 1;
  }

  static boolean hasSize(int header) {
    return (header & SIZE_FLAG) != 0;
  }

  static int withSize(int header) {
    return header | SIZE_FLAG;
  }

  static int withoutSize(int header) {
    return header & ~SIZE_FLAG;
  }

  /// Reads a number before `end`: the value in the upper, its bytes in the lower 32 bits; -1 when
  /// it is cut off or above 2³¹-1.
  static long leb128(byte[] array, int at, int end) {
    long value = 0;
    for (int i = 0; i < MAX_LEB128 && at + i < end; i++) {
      value |= (array[at + i] & 0x7fL) << 7 * i;
      if (array[at + i] >= 0) {
        return value > Integer.MAX_VALUE ? -1 : value << 32 | (i + 1);
      }
    }
    return -1;
  }

  static int leb128Length(int value) {
    int length = 1;
    for (int rest = value >>> 7; rest != 0; rest >>>= 7) {
      length++;
    }
    return length;
  }

  /// Writes a number and returns the index behind it.
  static int putLeb128(byte[] out, int at, int value) {
    int rest = value;
    int position = at;
    while (rest > 0x7f) {
      out[position++] = (byte) (0x80 | rest);
      rest >>>= 7;
    }
    out[position++] = (byte) rest;
    return position;
  }
}
