package org.klatsch.rtp.rtcp;

import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Temporary maximum media stream bitrate request (TMMBR), RFC 5104 §4.2.1. Asks senders to stay
/// below a bitrate. Its media SSRC field is unused and 0.
public record TemporaryMaximumBitrateRequest(int senderSsrc, List<BitrateLimit> limits)
    implements RtcpPacket {
  static final int FORMAT = 3;

  public TemporaryMaximumBitrateRequest {
    limits = List.copyOf(limits);
  }

  static TemporaryMaximumBitrateRequest parse(RtcpHeader header) throws MalformedRtpException {
    List<BitrateLimit> limits = BitrateLimit.parse(header);
    return new TemporaryMaximumBitrateRequest(header.i32(0), limits);
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
