package org.klatsch.sip;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The messages of RFC 4475 from `torture.txt`, written there in the notation of its §2.
public final class TortureMessages {
  /// One message.
  ///
  /// @param outcome as at the top of `torture.txt`
  public record Torture(String name, String section, String outcome, byte[] bytes) {
    @Override
    public String toString() {
      return name + " (RFC 4475 §" + section + ")";
    }
  }

  private static final Pattern TAG =
      Pattern.compile("<hex>([0-9A-Fa-f]*)</hex>|<repeat count=(\\d+)>(.*?)</repeat>");

  private TortureMessages() {}

  public static List<Torture> all() {
    List<Torture> all = new ArrayList<>();
    for (String section : text().split("\n=== |\\A=== ", -1)) {
      if (section.startsWith("#")) {
        continue;
      }
      int end = section.indexOf('\n');
      String[] head = section.substring(0, end).split(" ", 3);
      all.add(new Torture(head[0], head[1], head[2], bytes(section.substring(end + 1))));
    }
    return all;
  }

  private static String text() {
    try (InputStream in = TortureMessages.class.getResourceAsStream("torture.txt")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return text.substring(0, text.length() - 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] bytes(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean joined = false;
    for (String line : text.split("\n", -1)) {
      if (line.equals("<allOneLine>")) {
        joined = true;
        continue;
      }
      if (line.equals("</allOneLine>")) {
        joined = false;
        out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
      } else if (line.startsWith("[sdp ")) {
        out.writeBytes(description(line.substring(5, line.length() - 1).split(" ", -1)));
      } else {
        expand(line, out);
        if (!joined) {
          out.writeBytes("\r\n".getBytes(StandardCharsets.US_ASCII));
        }
      }
    }
    return out.toByteArray();
  }

  private static void expand(String line, ByteArrayOutputStream out) {
    Matcher tag = TAG.matcher(line);
    int from = 0;
    while (tag.find()) {
      out.writeBytes(line.substring(from, tag.start()).getBytes(StandardCharsets.UTF_8));
      if (tag.group(1) != null) {
        out.writeBytes(HexFormat.of().parseHex(tag.group(1)));
      } else {
        String repeated = tag.group(3).repeat(Integer.parseInt(tag.group(2)));
        out.writeBytes(repeated.getBytes(StandardCharsets.UTF_8));
      }
      from = tag.end();
    }
    out.writeBytes(line.substring(from).getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] description(String[] words) {
    return """
    v=0
    o=mhandley 29739 7272939 IN IP4 %s
    s=-
    c=IN IP4 %s
    t=%s 0
    m=audio 49217 RTP/AVP 0 12
    m=video 3227 RTP/AVP 31
    a=rtpmap:31 LPC
    """
        .formatted(words[0], words[1], words[2])
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }
}
