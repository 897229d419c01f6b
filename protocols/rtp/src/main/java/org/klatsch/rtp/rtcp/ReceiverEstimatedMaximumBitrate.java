package org.klatsch.rtp.rtcp;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Receiver estimated maximum bitrate (REMB), draft-alvestrand-rmcat-remb-03 §2.2; an application
/// layer feedback message of RFC 4585 §6.4.
///
/// ```
/// |  Unique identifier 'R' 'E' 'M' 'B'                            |
/// |  Num SSRC     | BR Exp    |  BR Mantissa                      |
/// |   SSRC feedback                                               |
/// ```
///
/// @param bitrate in bit/s; 18 bits of it survive on the wire
public record ReceiverEstimatedMaximumBitrate(int senderSsrc, long bitrate, List<Integer> ssrcs)
    implements RtcpPacket {
  static final int FORMAT = 15;

  private static final int IDENTIFIER = 'R' << 24 | 'E' << 16 | 'M' << 8 | 'B';

  public ReceiverEstimatedMaximumBitrate {
    if (bitrate < 0 || ssrcs.size() > 255) {
      throw new IllegalArgumentException(
          "bitrate " + bitrate + ", at least 0, and " + ssrcs.size() + " SSRCs, at most 255");
    }
    ssrcs = List.copyOf(ssrcs);
  }

  static boolean is(RtcpHeader header) {
    return header.contentLength() >= 16 && header.i32(8) == IDENTIFIER;
  }

  static ReceiverEstimatedMaximumBitrate parse(RtcpHeader header) throws MalformedRtpException {
    int count = header.u8(12);
    header.require(16 + 4 * count);
    int exponent = header.u8(13) >>> 2;
    long mantissa = header.u24(13) & 0x3ffff;
    long bitrate = mantissa << exponent;
    if (exponent > 45 && mantissa != 0 || bitrate < 0) {
      throw header.malformed("bitrate " + mantissa + " * 2^" + exponent);
    }
    List<Integer> ssrcs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ssrcs.add(header.i32(16 + 4 * i));
    }
    return new ReceiverEstimatedMaximumBitrate(header.i32(0), bitrate, ssrcs);
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + 16 + 4 * ssrcs.size();
  }

  @Override
  public void write(PacketWriter out) {
    int exponent = Math.max(0, 64 - Long.numberOfLeadingZeros(bitrate) - 18);
    RtcpHeader.write(out, FORMAT, RtcpHeader.PSFB, length());
    out.u32(senderSsrc).u32(0).u32(IDENTIFIER).u8(ssrcs.size());
    out.u24(exponent << 18 | (int) (bitrate >>> exponent));
    ssrcs.forEach(out::u32);
  }
}
