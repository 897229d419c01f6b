package org.klatsch.rtp.wire;

/// Reads bits, most significant first; behind the end there are zeros and [#exhausted] says so. Not
/// thread-safe.
public final class BitReader {
  private byte[] array = new byte[0];
  private long position;
  private long end;

  /// A reader of nothing.
  public BitReader() {}

  /// Begins with other bytes, which are borrowed.
  public BitReader reset(byte[] array, int offset, int length) {
    this.array = array;
    this.position = 8L * offset;
    this.end = 8L * (offset + length);
    return this;
  }

  public int bit() {
    int value =
        position < end ? array[(int) (position >>> 3)] >>> (7 - (int) (position & 7)) & 1 : 0;
    position++;
    return value;
  }

  public boolean flag() {
    return bit() != 0;
  }

  /// At most 32 bits.
  public int bits(int count) {
    int value = 0;
    for (int i = 0; i < count; i++) {
      value = value << 1 | bit();
    }
    return value;
  }

  /// Whether more was read than there is.
  public boolean exhausted() {
    return position > end;
  }

  /// A number below `n`, AV1 specification §4.10.7 `ns(n)`.
  public int nonSymmetric(int n) {
    int width = 32 - Integer.numberOfLeadingZeros(n);
    int shorter = (1 << width) - n;
    int value = bits(width - 1);
    return value < shorter ? value : (value << 1) - shorter + bit();
  }
}
