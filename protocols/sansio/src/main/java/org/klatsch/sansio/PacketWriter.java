package org.klatsch.sansio;

import java.util.Arrays;
import java.util.Objects;

/// Writes big-endian fields into a caller's array and never past its limit. Not thread-safe.
///
/// Overflow is the caller's mistake and raises [IndexOutOfBoundsException].
public final class PacketWriter {
  private byte[] array;
  private int start;
  private int position;
  private int limit;

  /// Writes into at most `length` bytes of `array` from `offset`.
  public PacketWriter(byte[] array, int offset, int length) {
    this.array = array;
    reset(array, offset, length);
  }

  /// Writes into a new array of `capacity` bytes.
  public PacketWriter(int capacity) {
    this(new byte[capacity], 0, capacity);
  }

  /// Writes a packet at the position of `out`; the caller commits [#length()].
  public PacketWriter(TransmitBuffer out) {
    this(out.array(), out.position(), out.remaining());
  }

  /// Starts over in another place, so that one writer serves a hot path.
  public void reset(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    this.array = target;
    this.start = offset;
    this.position = offset;
    this.limit = offset + length;
  }

  /// The array written into.
  public byte[] array() {
    return array;
  }

  /// Index in [#array()] of the first byte.
  public int start() {
    return start;
  }

  /// Index in [#array()] of the next byte.
  public int position() {
    return position;
  }

  /// Number of bytes written.
  public int length() {
    return position - start;
  }

  /// Number of bytes that still fit.
  public int remaining() {
    return limit - position;
  }

  public PacketWriter u8(int value) {
    need(1);
    array[position++] = (byte) value;
    return this;
  }

  public PacketWriter u16(int value) {
    need(2);
    array[position++] = (byte) (value >>> 8);
    array[position++] = (byte) value;
    return this;
  }

  public PacketWriter u24(int value) {
    need(3);
    array[position++] = (byte) (value >>> 16);
    array[position++] = (byte) (value >>> 8);
    array[position++] = (byte) value;
    return this;
  }

  public PacketWriter u32(int value) {
    need(4);
    array[position++] = (byte) (value >>> 24);
    array[position++] = (byte) (value >>> 16);
    array[position++] = (byte) (value >>> 8);
    array[position++] = (byte) value;
    return this;
  }

  public PacketWriter u48(long value) {
    return u16((int) (value >>> 32)).u32((int) value);
  }

  public PacketWriter u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  public PacketWriter bytes(byte[] source) {
    return bytes(source, 0, source.length);
  }

  public PacketWriter bytes(byte[] source, int offset, int length) {
    need(length);
    System.arraycopy(source, offset, array, position, length);
    position += length;
    return this;
  }

  /// Writes `count` zero bytes.
  public PacketWriter zeros(int count) {
    need(count);
    Arrays.fill(array, position, position + count, (byte) 0);
    position += count;
    return this;
  }

  /// Overwrites 16 bits written before, at `index` of [#array()].
  public PacketWriter u16At(int index, int value) {
    Objects.checkFromIndexSize(index - start, 2, position - start);
    array[index] = (byte) (value >>> 8);
    array[index + 1] = (byte) value;
    return this;
  }

  /// Overwrites 24 bits written before, at `index` of [#array()].
  public PacketWriter u24At(int index, int value) {
    Objects.checkFromIndexSize(index - start, 3, position - start);
    array[index] = (byte) (value >>> 16);
    array[index + 1] = (byte) (value >>> 8);
    array[index + 2] = (byte) value;
    return this;
  }

  /// Overwrites 32 bits written before, at `index` of [#array()].
  public PacketWriter u32At(int index, int value) {
    Objects.checkFromIndexSize(index - start, 4, position - start);
    array[index] = (byte) (value >>> 24);
    array[index + 1] = (byte) (value >>> 16);
    array[index + 2] = (byte) (value >>> 8);
    array[index + 3] = (byte) value;
    return this;
  }

  /// A copy of everything written.
  public byte[] toByteArray() {
    return Arrays.copyOfRange(array, start, position);
  }

  private void need(int length) {
    if (length < 0 || length > limit - position) {
      throw new IndexOutOfBoundsException(
          "no room for " + length + " bytes, " + (limit - position) + " left");
    }
  }
}
