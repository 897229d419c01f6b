package org.klatsch.sip;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One part of a multipart body, RFC 2046 §5.1.
///
/// @param headers names in lower case
/// @param content not copied
public record BodyPart(Map<String, String> headers, byte[] content) {
  public BodyPart {
    headers = Map.copyOf(headers);
  }

  public static BodyPart of(String contentType, byte[] content) {
    return new BodyPart(Map.of("content-type", contentType), content);
  }

  /// The media type without its parameters, in lower case; `text/plain` where none is given (RFC
  /// 2046 §5.1).
  public String type() {
    String type = headers.getOrDefault("content-type", "text/plain");
    int semicolon = type.indexOf(';');
    return (semicolon < 0 ? type : type.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }

  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  static Map<String, String> headers(String text) throws MalformedSipException {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line : text.replaceAll("\r?\n[ \t]+", " ").split("\r?\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new MalformedSipException("no header of a body part", line);
      }
      headers.put(
          line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    return headers;
  }
}
