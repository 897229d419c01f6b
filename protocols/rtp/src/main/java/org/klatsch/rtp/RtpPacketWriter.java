package org.klatsch.rtp;

import java.util.Objects;
import org.klatsch.rtp.wire.Bytes;

/// Writes one RTP packet into the caller's array, RFC 3550 §5.1, in the order of the wire: header,
/// CSRCs, extension elements, payload, padding. One writer serves a hot path. Not thread-safe.
///
/// Elements are written in the one-byte form; the first element that does not fit it (id above 14,
/// value empty or above 16 bytes) turns the block into the two-byte form, RFC 8285 §4.1.2: forms
/// are never mixed in one packet.
public final class RtpPacketWriter {
  private static final byte[] EMPTY = new byte[0];

  private byte[] array = EMPTY;
  private int offset;
  private int limit;
  private int position;

  /// Index of the extension block's header; -1 before the first element.
  private int block = -1;

  private boolean twoByte;
  private boolean extensionsEnded;
  private int elementCount;
  private final int[] elementStarts = new int[RtpPacket.MAX_ELEMENTS];

  /// A writer to be given a place by [#start].
  public RtpPacketWriter() {}

  /// Begins a packet in at most `capacity` bytes of `array`.
  public RtpPacketWriter start(
      byte[] array,
      int offset,
      int capacity,
      boolean marker,
      int payloadType,
      int sequenceNumber,
      int timestamp,
      int ssrc) {
    Objects.checkFromIndexSize(offset, capacity, array.length);
    if (payloadType < 0 || payloadType > 127) {
      throw new IllegalArgumentException("payload type " + payloadType + ", 0 to 127 expected");
    }
    this.array = array;
    this.offset = offset;
    this.position = offset;
    this.limit = offset + capacity;
    this.block = -1;
    this.twoByte = false;
    this.extensionsEnded = false;
    this.elementCount = 0;
    need(RtpPacket.HEADER_LENGTH);
    array[offset] = (byte) 0x80;
    array[offset + 1] = (byte) ((marker ? 0x80 : 0) | payloadType);
    Bytes.u16(array, offset + 2, sequenceNumber);
    Bytes.i32(array, offset + 4, timestamp);
    Bytes.i32(array, offset + 8, ssrc);
    position = offset + RtpPacket.HEADER_LENGTH;
    return this;
  }

  /// Adds a contributing source; at most 15.
  public RtpPacketWriter csrc(int csrc) {
    int count = array[offset] & 0x0f;
    if (block >= 0 || extensionsEnded || count == 15) {
      throw new IllegalStateException("CSRC " + count + " after extension or payload, or the 16th");
    }
    need(4);
    Bytes.i32(array, position, csrc);
    position += 4;
    array[offset]++;
    return this;
  }

  /// Adds an element; id 0 (not negotiated) adds nothing.
  public RtpPacketWriter extension(int id, byte[] value, int valueOffset, int valueLength) {
    Objects.checkFromIndexSize(valueOffset, valueLength, value.length);
    int at = element(id, valueLength);
    if (at >= 0) {
      System.arraycopy(value, valueOffset, array, at, valueLength);
    }
    return this;
  }

  /// Adds an element with a value of one byte.
  public RtpPacketWriter extensionU8(int id, int value) {
    int at = element(id, 1);
    if (at >= 0) {
      array[at] = (byte) value;
    }
    return this;
  }

  /// Adds an element with a value of 16 bits.
  public RtpPacketWriter extensionU16(int id, int value) {
    int at = element(id, 2);
    if (at >= 0) {
      Bytes.u16(array, at, value);
    }
    return this;
  }

  /// Adds an element with a value of 24 bits.
  public RtpPacketWriter extensionU24(int id, int value) {
    int at = element(id, 3);
    if (at >= 0) {
      Bytes.u24(array, at, value);
    }
    return this;
  }

  /// Adds an element with a value of 32 bits.
  public RtpPacketWriter extensionU32(int id, int value) {
    int at = element(id, 4);
    if (at >= 0) {
      Bytes.i32(array, at, value);
    }
    return this;
  }

  /// Adds an element with a value of 64 bits.
  public RtpPacketWriter extensionU64(int id, long value) {
    int at = element(id, 8);
    if (at >= 0) {
      Bytes.i64(array, at, value);
    }
    return this;
  }

  /// Adds an element whose value the caller writes at the returned index of the array; -1 for id 0.
  public int element(int id, int valueLength) {
    if (id == 0) {
      return -1;
    }
    if (id < 0 || id > 255 || valueLength < 0 || valueLength > 255) {
      throw new IllegalArgumentException(
          "element " + id + " of " + valueLength + " bytes; 1 to 255 and 0 to 255 expected");
    }
    if (extensionsEnded || elementCount == RtpPacket.MAX_ELEMENTS) {
      throw new IllegalStateException(
          "element after the payload or beyond " + RtpPacket.MAX_ELEMENTS);
    }
    if (block < 0) {
      need(4);
      block = position;
      position += 4;
      array[offset] |= 0x10;
    }
    if (!twoByte && (id > 14 || valueLength == 0 || valueLength > 16)) {
      toTwoByteForm();
    }
    need((twoByte ? 2 : 1) + valueLength);
    elementStarts[elementCount++] = position;
    if (twoByte) {
      array[position++] = (byte) id;
      array[position++] = (byte) valueLength;
    } else {
      array[position++] = (byte) (id << 4 | (valueLength - 1));
    }
    int at = position;
    position += valueLength;
    return at;
  }

  private void toTwoByteForm() {
    need(elementCount);
    position += elementCount;
    for (int i = elementCount - 1; i >= 0; i--) {
      int start = elementStarts[i];
      int head = Bytes.u8(array, start);
      int valueLength = (head & 0x0f) + 1;
      int moved = start + i;
      System.arraycopy(array, start + 1, array, moved + 2, valueLength);
      array[moved] = (byte) (head >>> 4);
      array[moved + 1] = (byte) valueLength;
      elementStarts[i] = moved;
    }
    twoByte = true;
  }

  /// Adds payload bytes; may be called several times.
  public RtpPacketWriter payload(byte[] source, int sourceOffset, int sourceLength) {
    endExtensions();
    need(sourceLength);
    System.arraycopy(source, sourceOffset, array, position, sourceLength);
    position += sourceLength;
    return this;
  }

  /// Ends the extension and tells at which index the payload goes that the caller writes himself;
  /// he then calls [#advance].
  public int payloadOffset() {
    endExtensions();
    return position;
  }

  /// Bytes that still fit.
  public int remaining() {
    return limit - position;
  }

  /// Counts `payloadLength` bytes that the caller wrote at [#payloadOffset()].
  public RtpPacketWriter advance(int payloadLength) {
    endExtensions();
    need(payloadLength);
    position += payloadLength;
    return this;
  }

  /// Adds padding of `count` bytes, 1 to 255, its count byte included; to be called last.
  public RtpPacketWriter padding(int count) {
    if (count < 1 || count > 255) {
      throw new IllegalArgumentException("padding of " + count + " bytes, 1 to 255 expected");
    }
    endExtensions();
    need(count);
    for (int i = 1; i < count; i++) {
      array[position++] = 0;
    }
    array[position++] = (byte) count;
    array[offset] |= 0x20;
    return this;
  }

  /// Ends the packet and returns its length.
  public int finish() {
    endExtensions();
    return position - offset;
  }

  private void endExtensions() {
    if (extensionsEnded) {
      return;
    }
    extensionsEnded = true;
    if (block < 0) {
      return;
    }
    int contents = position - block - 4;
    int padded = (contents + 3) & ~3;
    need(padded - contents);
    while (position < block + 4 + padded) {
      array[position++] = 0;
    }
    Bytes.u16(array, block, twoByte ? RtpPacket.TWO_BYTE_PROFILE : RtpPacket.ONE_BYTE_PROFILE);
    Bytes.u16(array, block + 2, padded / 4);
  }

  private void need(int count) {
    if (count < 0 || count > limit - position) {
      throw new IndexOutOfBoundsException(
          "no room for " + count + " bytes, " + (limit - position) + " left");
    }
  }
}
