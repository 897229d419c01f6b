package org.klatsch.rtp.rtcp;

import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Sender report, RFC 3550 §6.4.1.
///
/// ```
/// |V=2|P|    RC   |   PT=SR=200   |             length            |
/// |                         SSRC of sender                        |
/// |              NTP timestamp, most significant word             |
/// |             NTP timestamp, least significant word             |
/// |                         RTP timestamp                         |
/// |                     sender's packet count                     |
/// |                      sender's octet count                     |
/// |                         report blocks                         |
/// ```
///
/// @param ntpTime when the report was sent
/// @param rtpTimestamp the same time by the stream's clock
public record SenderReport(
    int ssrc,
    long ntpTime,
    int rtpTimestamp,
    int packetCount,
    int octetCount,
    List<ReportBlock> blocks)
    implements RtcpPacket {
  private static final int FIXED = 24;

  public SenderReport {
    ReportBlock.requireCount(blocks);
    blocks = List.copyOf(blocks);
  }

  // Profile-specific extensions behind the blocks are passed over, RFC 3550 §6.4.3.
  static SenderReport parse(RtcpHeader header) throws MalformedRtpException {
    header.require(FIXED);
    return new SenderReport(
        header.i32(0),
        header.i64(4),
        header.i32(12),
        header.i32(16),
        header.i32(20),
        ReportBlock.parse(header, FIXED));
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + FIXED + blocks.size() * ReportBlock.LENGTH;
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, blocks.size(), RtcpHeader.SENDER_REPORT, length());
    out.u32(ssrc).u64(ntpTime).u32(rtpTimestamp).u32(packetCount).u32(octetCount);
    blocks.forEach(block -> block.write(out));
  }
}
