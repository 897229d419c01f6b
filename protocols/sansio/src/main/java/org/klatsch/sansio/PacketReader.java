package org.klatsch.sansio;

import java.util.Arrays;
import java.util.Objects;

/// Reads big-endian fields of a borrowed packet and never past its end. Not thread-safe.
public final class PacketReader {
  private byte[] array;
  private int position;
  private int limit;

  /// Reads `length` bytes of `array` from `offset`; the array is borrowed, not copied.
  public PacketReader(byte[] array, int offset, int length) {
    this.array = array;
    reset(array, offset, length);
  }

  /// Reads all of `array`.
  public PacketReader(byte[] array) {
    this(array, 0, array.length);
  }

  /// Starts over with another packet, so that one reader serves a hot path.
  public void reset(byte[] packet, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, packet.length);
    this.array = packet;
    this.position = offset;
    this.limit = offset + length;
  }

  /// The borrowed array.
  public byte[] array() {
    return array;
  }

  /// Index in [#array()] of the next byte.
  public int position() {
    return position;
  }

  /// Number of bytes left.
  public int remaining() {
    return limit - position;
  }

  /// Whether bytes are left.
  public boolean hasRemaining() {
    return position < limit;
  }

  /// An unsigned byte.
  public int u8() throws MalformedPacketException {
    need(1);
    return array[position++] & 0xff;
  }

  /// An unsigned 16-bit number.
  public int u16() throws MalformedPacketException {
    need(2);
    int value = (array[position] & 0xff) << 8 | (array[position + 1] & 0xff);
    position += 2;
    return value;
  }

  /// An unsigned 24-bit number.
  public int u24() throws MalformedPacketException {
    need(3);
    int value =
        (array[position] & 0xff) << 16
            | (array[position + 1] & 0xff) << 8
            | (array[position + 2] & 0xff);
    position += 3;
    return value;
  }

  /// 32 bits as an `int`; use [Integer#toUnsignedLong] or [SerialNumbers] where order counts.
  public int i32() throws MalformedPacketException {
    need(4);
    int value =
        (array[position] & 0xff) << 24
            | (array[position + 1] & 0xff) << 16
            | (array[position + 2] & 0xff) << 8
            | (array[position + 3] & 0xff);
    position += 4;
    return value;
  }

  /// An unsigned 32-bit number.
  public long u32() throws MalformedPacketException {
    return Integer.toUnsignedLong(i32());
  }

  /// An unsigned 48-bit number.
  public long u48() throws MalformedPacketException {
    return (long) u16() << 32 | u32();
  }

  /// 64 bits.
  public long i64() throws MalformedPacketException {
    return u32() << 32 | u32();
  }

  /// A copy of the next `length` bytes.
  public byte[] bytes(int length) throws MalformedPacketException {
    need(length);
    byte[] copy = Arrays.copyOfRange(array, position, position + length);
    position += length;
    return copy;
  }

  /// Passes over `length` bytes.
  public void skip(int length) throws MalformedPacketException {
    need(length);
    position += length;
  }

  /// A reader of the next `length` bytes, which this reader passes over.
  public PacketReader slice(int length) throws MalformedPacketException {
    need(length);
    PacketReader slice = new PacketReader(array, position, length);
    position += length;
    return slice;
  }

  private void need(int length) throws MalformedPacketException {
    if (length < 0 || length > limit - position) {
      throw new MalformedPacketException(
          "truncated: " + length + " bytes expected, " + (limit - position) + " left");
    }
  }
}
