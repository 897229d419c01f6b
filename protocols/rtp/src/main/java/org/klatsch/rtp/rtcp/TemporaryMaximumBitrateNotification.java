package org.klatsch.rtp.rtcp;

import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Temporary maximum media stream bitrate notification (TMMBN), RFC 5104 §4.2.2. Tells which limits
/// a sender keeps. Its media SSRC field is unused and 0.
public record TemporaryMaximumBitrateNotification(int senderSsrc, List<BitrateLimit> limits)
    implements RtcpPacket {
  static final int FORMAT = 4;

  public TemporaryMaximumBitrateNotification {
    limits = List.copyOf(limits);
  }

  static TemporaryMaximumBitrateNotification parse(RtcpHeader header) throws MalformedRtpException {
    List<BitrateLimit> limits = BitrateLimit.parse(header);
    return new TemporaryMaximumBitrateNotification(header.i32(0), limits);
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + 8 + BitrateLimit.LENGTH * limits.size();
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, FORMAT, RtcpHeader.RTPFB, length());
    out.u32(senderSsrc).u32(0);
    limits.forEach(limit -> limit.write(out));
  }
}
