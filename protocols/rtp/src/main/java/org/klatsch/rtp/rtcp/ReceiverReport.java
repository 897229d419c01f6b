package org.klatsch.rtp.rtcp;

import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Receiver report, RFC 3550 §6.4.2; without blocks it opens a compound packet of someone who
/// received nothing.
///
/// ```
/// |V=2|P|    RC   |   PT=RR=201   |             length            |
/// |                     SSRC of packet sender                     |
/// |                         report blocks                         |
/// ```
public record ReceiverReport(int ssrc, List<ReportBlock> blocks) implements RtcpPacket {
  private static final int FIXED = 4;

  public ReceiverReport {
    ReportBlock.requireCount(blocks);
    blocks = List.copyOf(blocks);
  }

  static ReceiverReport parse(RtcpHeader header) throws MalformedRtpException {
    header.require(FIXED);
    return new ReceiverReport(header.i32(0), ReportBlock.parse(header, FIXED));
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + FIXED + blocks.size() * ReportBlock.LENGTH;
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, blocks.size(), RtcpHeader.RECEIVER_REPORT, length());
    out.u32(ssrc);
    blocks.forEach(block -> block.write(out));
  }
}
