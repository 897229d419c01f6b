package org.klatsch.rtp.rtcp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Application-defined packet, RFC 3550 §6.7.
///
/// @param subtype 0 to 31
/// @param name four ASCII characters
/// @param data a multiple of four bytes
public record ApplicationDefined(int subtype, int ssrc, String name, byte[] data)
    implements RtcpPacket {
  private static final int FIXED = 8;

  public ApplicationDefined {
    if (name.length() != 4 || data.length % 4 != 0) {
      throw new IllegalArgumentException(
          "name "
              + name
              + ", four characters, and "
              + data.length
              + " bytes, a multiple of 4 expected");
    }
  }

  static ApplicationDefined parse(RtcpHeader header) throws MalformedRtpException {
    header.require(FIXED);
    return new ApplicationDefined(
        header.count(),
        header.i32(0),
        new String(header.bytes(4, 4), StandardCharsets.ISO_8859_1),
        header.bytes(FIXED, (header.contentLength() - FIXED) & ~3));
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + FIXED + data.length;
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, subtype, RtcpHeader.APPLICATION_DEFINED, length());
    out.u32(ssrc).bytes(name.getBytes(StandardCharsets.ISO_8859_1)).bytes(data);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ApplicationDefined that
        && subtype == that.subtype
        && ssrc == that.ssrc
        && name.equals(that.name)
        && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * ssrc + Arrays.hashCode(data);
  }
}
