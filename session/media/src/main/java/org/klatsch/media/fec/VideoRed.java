package org.klatsch.media.fec;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.payload.RedPayload;

/// RED around video, as browsers use it to put ULPFEC into the media's stream, RFC 5109 §14.2: one
/// block only, so that the header is one byte.
public final class VideoRed {
  private VideoRed() {}

  /// Payload type of the block inside.
  public static int blockType(RtpPacket packet) throws MalformedRtpException {
    int type = packet.payloadLength() == 0 ? -1 : packet.array()[packet.payloadOffset()];
    if (type < 0) {
      throw new MalformedRtpException(
          MalformedRtpException.Reason.PAYLOAD, "RED of video with more than one block, or none");
    }
    return type;
  }

  /// Takes RED away in place, by moving the header over its byte, and looks at the result through
  /// the same view.
  public static void unwrap(RtpPacket packet) throws MalformedRtpException {
    int type = blockType(packet);
    byte[] array = packet.array();
    int offset = packet.offset();
    int length = packet.length();
    System.arraycopy(array, offset, array, offset + 1, packet.headerLength());
    packet.parse(array, offset + 1, length - 1);
    packet.payloadType(type);
  }

  /// Writes `packet` within RED and returns its length; 0 when it does not fit.
  public static int wrap(RtpPacket packet, int redType, byte[] out, int offset, int capacity) {
    if (packet.length() + 1 > capacity) {
      return 0;
    }
    int header = packet.headerLength();
    System.arraycopy(packet.array(), packet.offset(), out, offset, header);
    out[offset + 1] = (byte) (out[offset + 1] & 0x80 | redType);
    int at = RedPayload.writePrimaryHeader(out, offset + header, packet.payloadType());
    System.arraycopy(packet.array(), packet.payloadOffset(), out, at, packet.length() - header);
    return packet.length() + 1;
  }
}
