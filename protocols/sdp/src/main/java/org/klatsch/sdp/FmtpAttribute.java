package org.klatsch.sdp;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// `a=fmtp`: parameters of a format, RFC 8866 §6.15. The text is kept, as every codec has a grammar
/// of its own: [#parameters()] reads the usual one.
public record FmtpAttribute(String format, String text) implements Attribute {
  public FmtpAttribute {
    Grammar.requireWord("format", format);
    Grammar.requireText("format parameters", text);
  }

  static FmtpAttribute read(Cursor in) throws MalformedSdpException {
    String format = in.word("format");
    return new FmtpAttribute(format, in.rest("format parameters"));
  }

  /// The parameters of the form `name=value;name=value`, names in lower case; a part without `=`
  /// has an empty value. The first of two equal names counts.
  public Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String part : text.split(";", -1)) {
      int equals = part.indexOf('=');
      String name = (equals < 0 ? part : part.substring(0, equals)).strip();
      if (!name.isEmpty()) {
        parameters.putIfAbsent(
            name.toLowerCase(Locale.ROOT), equals < 0 ? "" : part.substring(equals + 1).strip());
      }
    }
    return parameters;
  }

  @Override
  public String attributeName() {
    return "fmtp";
  }

  @Override
  public String attributeValue() {
    return format + " " + text;
  }
}
