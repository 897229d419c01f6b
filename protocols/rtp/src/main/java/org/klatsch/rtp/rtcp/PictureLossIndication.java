package org.klatsch.rtp.rtcp;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Picture loss indication, RFC 4585 §6.3.1.
public record PictureLossIndication(int senderSsrc, int mediaSsrc) implements RtcpPacket {
  static final int FORMAT = 1;

  static PictureLossIndication parse(RtcpHeader header) throws MalformedRtpException {
    header.require(8);
    return new PictureLossIndication(header.i32(0), header.i32(4));
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + 8;
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, FORMAT, RtcpHeader.PSFB, length());
    out.u32(senderSsrc).u32(mediaSsrc);
  }
}
