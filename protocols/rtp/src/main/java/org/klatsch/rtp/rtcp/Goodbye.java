package org.klatsch.rtp.rtcp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.sansio.PacketWriter;

/// Goodbye, RFC 3550 §6.6.
///
/// @param reason at most 255 bytes in UTF-8, or null
public record Goodbye(List<Integer> ssrcs, @Nullable String reason) implements RtcpPacket {
  private static final int MAX_SOURCES = 31;

  public Goodbye {
    if (ssrcs.size() > MAX_SOURCES) {
      throw new IllegalArgumentException(
          ssrcs.size() + " sources, at most " + MAX_SOURCES + " expected");
    }
    if (reason != null && reason.getBytes(StandardCharsets.UTF_8).length > 255) {
      throw new IllegalArgumentException("a reason of at most 255 bytes expected: " + reason);
    }
    ssrcs = List.copyOf(ssrcs);
  }

  static Goodbye parse(RtcpHeader header) throws MalformedRtpException {
    header.require(4 * header.count());
    List<Integer> ssrcs = new ArrayList<>(header.count());
    for (int i = 0; i < header.count(); i++) {
      ssrcs.add(header.i32(4 * i));
    }
    int at = 4 * header.count();
    String reason = null;
    if (header.contentLength() > at) {
      int length = header.u8(at);
      header.require(at + 1 + length);
      reason = new String(header.bytes(at + 1, length), StandardCharsets.UTF_8);
      if (reason.getBytes(StandardCharsets.UTF_8).length != length) {
        throw header.malformed("the reason is not UTF-8");
      }
    }
    return new Goodbye(ssrcs, reason);
  }

  @Override
  public int length() {
    int length = RtcpHeader.LENGTH + 4 * ssrcs.size();
    return reason == null
        ? length
        : length + (1 + reason.getBytes(StandardCharsets.UTF_8).length + 3) / 4 * 4;
  }

  @Override
  public void write(PacketWriter out) {
    int end = out.position() + length();
    RtcpHeader.write(out, ssrcs.size(), RtcpHeader.GOODBYE, length());
    ssrcs.forEach(out::u32);
    if (reason != null) {
      byte[] text = reason.getBytes(StandardCharsets.UTF_8);
      out.u8(text.length).bytes(text).zeros(end - out.position());
    }
  }
}
