package org.klatsch.rtp.rtcp;

import java.util.Arrays;
import org.klatsch.sansio.PacketWriter;

/// An RTCP packet of a type or feedback format not read here; can be written again unchanged.
///
/// @param count the five bits behind the padding bit
/// @param content everything behind the header, a multiple of four bytes
public record UnknownRtcp(int count, int type, byte[] content) implements RtcpPacket {
  public UnknownRtcp {
    if (content.length % 4 != 0) {
      throw new IllegalArgumentException(
          "content of " + content.length + " bytes, a multiple of 4 expected");
    }
  }

  static UnknownRtcp parse(RtcpHeader header) {
    return new UnknownRtcp(header.count(), header.type(), header.bytes(0, header.contentLength()));
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + content.length;
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, count, type, length());
    out.bytes(content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UnknownRtcp that
        && count == that.count
        && type == that.type
        && Arrays.equals(content, that.content);
  }

  @Override
  public int hashCode() {
    return 31 * type + Arrays.hashCode(content);
  }
}
