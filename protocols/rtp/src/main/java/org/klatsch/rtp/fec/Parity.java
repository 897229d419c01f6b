package org.klatsch.rtp.fec;

import java.util.Arrays;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.wire.Bytes;

/// The exclusive or of RTP packets, RFC 5109 §8.1 and §9.1, RFC 8627 §6.2 and §6.3: of the first
/// two bytes, the length, the timestamp, and of everything behind the fixed header, shorter packets
/// being filled up with zeros. The exclusive or of a repair packet and of all packets it protects
/// but one is that one. Reusable; not thread-safe.
public final class Parity {
  private final byte[] body;
  private int bodyLength;
  private int firstBytes;
  private int length;
  private int timestamp;

  /// @param maxPacket longest packet, header included
  public Parity(int maxPacket) {
    this.body = new byte[maxPacket];
  }

  /// Starts over.
  public Parity clear() {
    Arrays.fill(body, 0, bodyLength, (byte) 0);
    bodyLength = 0;
    firstBytes = 0;
    length = 0;
    timestamp = 0;
    return this;
  }

  /// Adds a packet as it is on the wire; false, and nothing added, when it is too long or too
  /// short.
  public boolean add(byte[] packet, int offset, int packetLength) {
    int rest = packetLength - RtpPacket.HEADER_LENGTH;
    if (rest < 0 || rest > body.length) {
      return false;
    }
    combine(
        Bytes.u16(packet, offset),
        rest,
        Bytes.i32(packet, offset + 4),
        packet,
        offset + RtpPacket.HEADER_LENGTH,
        rest);
    return true;
  }

  /// Adds the fields and the body of a repair packet; false, and nothing added, when it is too
  /// long.
  boolean combine(
      int firstBytes, int length, int timestamp, byte[] array, int bodyOffset, int count) {
    if (count > body.length) {
      return false;
    }
    this.firstBytes ^= firstBytes;
    this.length ^= length;
    this.timestamp ^= timestamp;
    int i = 0;
    // Eight bytes at a time: this runs for every protected packet.
    for (; i + 8 <= count; i += 8) {
      Bytes.i64(body, i, Bytes.i64(body, i) ^ Bytes.i64(array, bodyOffset + i));
    }
    for (; i < count; i++) {
      body[i] ^= array[bodyOffset + i];
    }
    bodyLength = Math.max(bodyLength, count);
    return true;
  }

  /// Length of the longest packet added, without fixed header.
  public int bodyLength() {
    return bodyLength;
  }

  int firstBytes() {
    return firstBytes;
  }

  int lengthRecovery() {
    return length;
  }

  int timestampRecovery() {
    return timestamp;
  }

  void writeBody(byte[] out, int offset) {
    System.arraycopy(body, 0, out, offset, bodyLength);
  }

  /// Writes the packet that is missing, after the repair packet and all others it protects were
  /// added, and returns its length.
  public int recover(int ssrc, int sequenceNumber, byte[] out, int offset, int capacity)
      throws MalformedRtpException {
    int total = RtpPacket.HEADER_LENGTH + length;
    // More than the bodies hold means that something else than the missing packet was combined.
    if (length > bodyLength || total > capacity) {
      throw new MalformedRtpException(
          MalformedRtpException.Reason.PAYLOAD,
          "recovered packet of " + total + " bytes from " + bodyLength);
    }
    out[offset] = (byte) (0x80 | firstBytes >>> 8 & 0x3f);
    out[offset + 1] = (byte) firstBytes;
    Bytes.u16(out, offset + 2, sequenceNumber);
    Bytes.i32(out, offset + 4, timestamp);
    Bytes.i32(out, offset + 8, ssrc);
    System.arraycopy(body, 0, out, offset + RtpPacket.HEADER_LENGTH, length);
    return total;
  }
}
