package org.klatsch.rtp.rtcp;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Slice loss indication, RFC 4585 §6.3.2.
///
/// ```
/// |            First        |        Number           | PictureID |
/// ```
public record SliceLossIndication(int senderSsrc, int mediaSsrc, List<Entry> entries)
    implements RtcpPacket {
  static final int FORMAT = 2;

  public SliceLossIndication {
    entries = List.copyOf(entries);
  }

  /// Lost macroblocks.
  ///
  /// @param first index of the first, 13 bits
  /// @param number how many, 13 bits
  /// @param pictureId the six lowest bits of the picture's identifier
  public record Entry(int first, int number, int pictureId) {
    public Entry {
      if ((first | number) >>> 13 != 0 || pictureId >>> 6 != 0) {
        throw new IllegalArgumentException(
            "13, 13 and 6 bits expected: " + first + ", " + number + ", " + pictureId);
      }
    }
  }

  static SliceLossIndication parse(RtcpHeader header) throws MalformedRtpException {
    header.require(12);
    List<Entry> entries = new ArrayList<>(1);
    for (int at = 8; at + 4 <= header.contentLength(); at += 4) {
      int fields = header.i32(at);
      entries.add(new Entry(fields >>> 19, fields >>> 6 & 0x1fff, fields & 0x3f));
    }
    return new SliceLossIndication(header.i32(0), header.i32(4), entries);
  }

  @Override
  public int length() {
    return RtcpHeader.LENGTH + 8 + 4 * entries.size();
  }

  @Override
  public void write(PacketWriter out) {
    RtcpHeader.write(out, FORMAT, RtcpHeader.PSFB, length());
    out.u32(senderSsrc).u32(mediaSsrc);
    for (Entry entry : entries) {
      out.u32(entry.first << 19 | entry.number << 6 | entry.pictureId);
    }
  }
}
