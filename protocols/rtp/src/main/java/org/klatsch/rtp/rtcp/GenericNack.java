package org.klatsch.rtp.rtcp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Generic NACK, RFC 4585 §6.2.1.
///
/// ```
/// |            PID                |             BLP               |
/// ```
///
/// @param sequenceNumbers the missing packets in ascending order (modulo 2¹⁶), 0 to 65535 each
public record GenericNack(int senderSsrc, int mediaSsrc, List<Integer> sequenceNumbers)
    implements RtcpPacket {
  static final int FORMAT = 1;

  public GenericNack {
    sequenceNumbers = List.copyOf(sequenceNumbers);
  }

  static GenericNack parse(RtcpHeader header) throws MalformedRtpException {
    header.require(12);
    List<Integer> missing = new ArrayList<>();
    for (int at = 8; at + 4 <= header.contentLength(); at += 4) {
      int first = header.u16(at);
      missing.add(first);
      int mask = header.u16(at + 2);
      for (int bit = 0; bit < 16; bit++) {
        if ((mask >>> bit & 1) != 0) {
          missing.add(first + bit + 1 & 0xffff);
        }
      }
    }
    return new GenericNack(header.i32(0), header.i32(4), missing);
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + 8 + 4 * pairs(null);
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, FORMAT, RtcpHeader.RTPFB, length());
    out.u32(senderSsrc).u32(mediaSsrc);
    pairs(out);
  }

  /// Counts the pairs of PID and BLP, and writes them when there is a writer.
  private int pairs(@Nullable PacketWriter out) {
    int pairs = 0;
    int i = 0;
    while (i < sequenceNumbers.size()) {
      int first = sequenceNumbers.get(i++);
      int mask = 0;
      while (i < sequenceNumbers.size()) {
        int distance = sequenceNumbers.get(i) - first - 1 & 0xffff;
        if (distance > 15 || mask >>> distance != 0) {
          break;
        }
        mask |= 1 << distance;
        i++;
      }
      if (out != null) {
        out.u16(first).u16(mask);
      }
      pairs++;
    }
    return pairs;
  }
}
