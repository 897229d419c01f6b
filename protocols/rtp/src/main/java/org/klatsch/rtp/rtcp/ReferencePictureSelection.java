package org.klatsch.rtp.rtcp;

import java.util.Arrays;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Reference picture selection indication, RFC 4585 §6.3.3.
///
/// ```
/// |      PB       |0| Payload Type|    Native RPSI bit string     |
/// |   defined per codec          ...                | Padding (0) |
/// ```
///
/// @param bitString what the codec defines; whole bytes, as VP8's PictureID is (RFC 7741 §5)
public record ReferencePictureSelection(
    int senderSsrc, int mediaSsrc, int payloadType, byte[] bitString) implements RtcpPacket {
  static final int FORMAT = 3;

  static ReferencePictureSelection parse(RtcpHeader header) throws MalformedRtpException {
    header.require(12);
    int padding = header.u8(8);
    int length = header.contentLength() - 10 - padding / 8;
    if (padding % 8 != 0 || length < 0) {
      throw header.malformed(padding + " bits of padding");
    }
    return new ReferencePictureSelection(
        header.i32(0), header.i32(4), header.u8(9) & 0x7f, header.bytes(10, length));
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + 8 + (2 + bitString.length + 3) / 4 * 4;
  }

  @Override
  public void write(PacketWriter out) {
    int padding = length() - RtcpHeader.LENGTH - 10 - bitString.length;
    RtcpHeader.write(out, FORMAT, RtcpHeader.PSFB, length());
    out.u32(senderSsrc).u32(mediaSsrc).u8(8 * padding).u8(payloadType);
    out.bytes(bitString).zeros(padding);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ReferencePictureSelection that
        && senderSsrc == that.senderSsrc
        && mediaSsrc == that.mediaSsrc
        && payloadType == that.payloadType
        && Arrays.equals(bitString, that.bitString);
  }

  @Override
  public int hashCode() {
    return 31 * mediaSsrc + Arrays.hashCode(bitString);
  }
}
