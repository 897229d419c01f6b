package org.klatsch.rtp.rtcp;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Reception of one source, RFC 3550 §6.4.1.
///
/// ```
/// |                 SSRC_1 (SSRC of first source)                 |
/// | fraction lost |       cumulative number of packets lost       |
/// |           extended highest sequence number received           |
/// |                      interarrival jitter                      |
/// |                         last SR (LSR)                         |
/// |                   delay since last SR (DLSR)                  |
/// ```
///
/// @param fractionLost losses since the last report in 1/256
/// @param cumulativeLost losses since the beginning, 24 bits with sign
/// @param extendedHighestSequence cycles in the upper, sequence number in the lower 16 bits
/// @param jitter in units of the stream's clock
/// @param lastSenderReport middle 32 bits of the NTP time of the last sender report, or 0
/// @param delaySinceLastSenderReport in units of 2⁻¹⁶ seconds
public record ReportBlock(
    int ssrc,
    int fractionLost,
    int cumulativeLost,
    int extendedHighestSequence,
    int jitter,
    int lastSenderReport,
    int delaySinceLastSenderReport) {
  static final int LENGTH = 24;

  /// Blocks that fit one report: the count has five bits.
  public static final int MAX_BLOCKS = 31;

  static List<ReportBlock> parse(RtcpHeader header, int at) throws MalformedRtpException {
    header.require(at + header.count() * LENGTH);
    List<ReportBlock> blocks = new ArrayList<>(header.count());
    for (int i = 0; i < header.count(); i++) {
      int block = at + i * LENGTH;
      blocks.add(
          new ReportBlock(
              header.i32(block),
              header.u8(block + 4),
              header.i24(block + 5),
              header.i32(block + 8),
              header.i32(block + 12),
              header.i32(block + 16),
              header.i32(block + 20)));
    }
    return blocks;
  }

  static void requireCount(List<ReportBlock> blocks) {
    if (blocks.size() > MAX_BLOCKS) {
      throw new IllegalArgumentException(
          blocks.size() + " report blocks, at most " + MAX_BLOCKS + " expected");
    }
  }

  void write(PacketWriter out) {
    out.u32(ssrc)
        .u8(fractionLost)
        .u24(cumulativeLost)
        .u32(extendedHighestSequence)
        .u32(jitter)
        .u32(lastSenderReport)
        .u32(delaySinceLastSenderReport);
  }
}
