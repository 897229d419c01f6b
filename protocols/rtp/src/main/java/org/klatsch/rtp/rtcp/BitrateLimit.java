package org.klatsch.rtp.rtcp;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// One tuple of TMMBR and TMMBN, RFC 5104 §4.2.1.1.
///
/// ```
/// |                              SSRC                             |
/// | MxTBR Exp |  MxTBR Mantissa                 |Measured Overhead|
/// ```
///
/// @param bitrate most bit/s of the stream; 17 bits of it survive on the wire
/// @param overhead measured bytes of headers per packet, 0 to 511
public record BitrateLimit(int ssrc, long bitrate, int overhead) {
  static final int LENGTH = 8;

  private static final int MANTISSA_BITS = 17;

  public BitrateLimit {
    if (bitrate < 0 || overhead < 0 || overhead > 511) {
      throw new IllegalArgumentException(
          "bitrate " + bitrate + ", at least 0, overhead " + overhead + ", 0 to 511 expected");
    }
  }

  static List<BitrateLimit> parse(RtcpHeader header) throws MalformedRtpException {
    header.require(8);
    List<BitrateLimit> limits = new ArrayList<>(1);
    for (int at = 8; at + LENGTH <= header.contentLength(); at += LENGTH) {
      int fields = header.i32(at + 4);
      int exponent = fields >>> 26;
      int mantissa = fields >>> 9 & 0x1ffff;
      if (mantissa != 0 && exponent >= Long.numberOfLeadingZeros(mantissa)) {
        throw header.malformed("bitrate " + mantissa + " * 2^" + exponent);
      }
      limits.add(
          new BitrateLimit(
              header.i32(at), mantissa == 0 ? 0 : (long) mantissa << exponent, fields & 0x1ff));
    }
    return limits;
  }

  void write(PacketWriter out) {
    int exponent = Math.max(0, 64 - Long.numberOfLeadingZeros(bitrate) - MANTISSA_BITS);
    out.u32(ssrc).u32(exponent << 26 | (int) (bitrate >>> exponent) << 9 | overhead);
  }
}
