package org.klatsch.dtls.x509;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Textual encoding of keys and certificates, RFC 7468 §2. Text outside the wanted blocks is
/// skipped.
public final class Pem {
  private static final int LINE_LENGTH = 64;

  private Pem() {}

  /// The content of every block with this label, in order.
  ///
  /// @throws IllegalArgumentException if a block is not closed or not base64
  public static List<byte[]> all(String text, String label) {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    List<byte[]> blocks = new ArrayList<>();
    int from = text.indexOf(begin);
    while (from >= 0) {
      int start = from + begin.length();
      int stop = text.indexOf(end, start);
      if (stop < 0) {
        throw new IllegalArgumentException("PEM block " + label + " has no end line");
      }
      blocks.add(Base64.getMimeDecoder().decode(text.substring(start, stop)));
      from = text.indexOf(begin, stop);
    }
    return blocks;
  }

  /// The content of the first block with this label.
  ///
  /// @throws IllegalArgumentException if there is none
  public static byte[] first(String text, String label) {
    List<byte[]> blocks = all(text, label);
    if (blocks.isEmpty()) {
      throw new IllegalArgumentException("the PEM text holds no " + label);
    }
    return blocks.getFirst();
  }

  /// A block with lines of 64 characters.
  public static String write(String label, byte[] content) {
    String body =
        Base64.getMimeEncoder(LINE_LENGTH, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(content);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
