package org.klatsch.rtp.rtcp;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Full intra request, RFC 5104 §4.3.1. Its media SSRC field is unused and 0.
///
/// ```
/// |                              SSRC                             |
/// | Seq nr.       |    Reserved                                   |
/// ```
public record FullIntraRequest(int senderSsrc, List<Entry> entries) implements RtcpPacket {
  static final int FORMAT = 4;

  public FullIntraRequest {
    entries = List.copyOf(entries);
  }

  /// Asks one media source.
  ///
  /// @param sequenceNumber 0 to 255; a repetition keeps it, a new request increases it
  public record Entry(int ssrc, int sequenceNumber) {}

  static FullIntraRequest parse(RtcpHeader header) throws MalformedRtpException {
    header.require(16);
    List<Entry> entries = new ArrayList<>(1);
    for (int at = 8; at + 8 <= header.contentLength(); at += 8) {
      entries.add(new Entry(header.i32(at), header.u8(at + 4)));
    }
    return new FullIntraRequest(header.i32(0), entries);
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + 8 + 8 * entries.size();
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, FORMAT, RtcpHeader.PSFB, length());
    out.u32(senderSsrc).u32(0);
    for (Entry entry : entries) {
      out.u32(entry.ssrc).u8(entry.sequenceNumber).u24(0);
    }
  }
}
