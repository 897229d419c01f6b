package org.klatsch.rtp.payload;

/// Reads bits, most significant first; behind the end there are zeros and [#exhausted] says so. Not
/// thread-safe.
final class BitReader {
  private byte[] array = new byte[0];
  private long position;
  private long end;

  BitReader reset(byte[] array, int offset, int length) {
    this.array = array;
    this.position = 8L * offset;
    this.end = 8L * (offset + length);
    return this;
  }

  int bit() {
    int value =
        position < end ? array[(int) (position >>> 3)] >>> (7 - (int) (position & 7)) & 1 : 0;
    position++;
    return value;
  }

  boolean flag() {
    return bit() != 0;
  }

  /// At most 32 bits.
  int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bit();
    }
    return value;
  }

  /// Whether more was read than there is.
  boolean exhausted() {
    return position > end;
  }
}
