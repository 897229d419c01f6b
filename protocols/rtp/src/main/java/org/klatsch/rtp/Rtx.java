package org.klatsch.rtp;

import java.util.Objects;
import org.klatsch.rtp.wire.Bytes;

/// Retransmission payload format, RFC 4588 §4: the original sequence number in front of the
/// original payload, in a stream of its own.
public final class Rtx {
  /// Length of the original sequence number (OSN).
  public static final int HEADER_LENGTH = 2;

  private Rtx() {}

  /// Writes the retransmission of `original` and returns its length. Header extensions are copied
  /// as they are; padding is left out.
  ///
  /// @param sequenceNumber of the retransmission stream
  /// @param out must not be the original's array
  public static int wrap(
      RtpPacket original,
      int payloadType,
      int sequenceNumber,
      int ssrc,
      byte[] out,
      int offset,
      int capacity) {
    Objects.checkFromIndexSize(offset, capacity, out.length);
    int header = original.headerLength();
    int length = header + HEADER_LENGTH + original.payloadLength();
    if (length > capacity) {
      throw new IndexOutOfBoundsException(
          "no room for " + length + " bytes, " + capacity + " left");
    }
    System.arraycopy(original.array(), original.offset(), out, offset, header);
    out[offset] &= (byte) ~0x20;
    out[offset + 1] = (byte) (out[offset + 1] & 0x80 | payloadType);
    Bytes.u16(out, offset + 2, sequenceNumber);
    Bytes.i32(out, offset + 8, ssrc);
    Bytes.u16(out, offset + header, original.sequenceNumber());
    System.arraycopy(
        original.array(),
        original.payloadOffset(),
        out,
        offset + header + HEADER_LENGTH,
        original.payloadLength());
    return length;
  }

  /// Whether a packet of a retransmission stream only pads or probes: it has no original.
  public static boolean isPadding(RtpPacket retransmission) {
    return retransmission.payloadLength() == 0;
  }

  /// Turns a retransmission into the original in place, by moving its header over the original
  /// sequence number, and looks at the result through the same view. Header extensions stay those
  /// of the retransmission.
  public static void unwrap(RtpPacket retransmission, int payloadType, int ssrc)
      throws MalformedRtpException {
    if (retransmission.payloadLength() < HEADER_LENGTH) {
      throw new MalformedRtpException(
          MalformedRtpException.Reason.PAYLOAD,
          "retransmission with a payload of " + retransmission.payloadLength() + " bytes");
    }
    byte[] array = retransmission.array();
    int offset = retransmission.offset();
    int length = retransmission.length();
    int original = Bytes.u16(array, retransmission.payloadOffset());
    System.arraycopy(array, offset, array, offset + HEADER_LENGTH, retransmission.headerLength());
    retransmission.parse(array, offset + HEADER_LENGTH, length - HEADER_LENGTH);
    retransmission.sequenceNumber(original);
    retransmission.payloadType(payloadType);
    retransmission.ssrc(ssrc);
  }
}
