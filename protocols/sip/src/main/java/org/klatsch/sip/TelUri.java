package org.klatsch.sip;

/// A telephone number, RFC 3966.
///
/// @param number as it came, perhaps with visual separators
/// @param parameters `phone-context`, `ext` …
public record TelUri(String number, Parameters parameters) implements Uri {
  public TelUri {
    Grammar.requireLine("number", number);
  }

  static TelUri parse(String text, int from) throws MalformedSipException {
    int semicolon = text.indexOf(';', from);
    String number = semicolon < 0 ? text.substring(from) : text.substring(from, semicolon);
    if (number.isEmpty()) {
      throw new MalformedSipException("a telephone URI has no number", text);
    }
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      if (!Grammar.isHex(c) && "+*#-.()".indexOf(c) < 0) {
        throw new MalformedSipException("a telephone number holds '" + c + "'", text);
      }
    }
    Scanner in = new Scanner(text);
    in.position(from + number.length());
    return new TelUri(number, SipUri.parameters(in, text));
  }

  @Override
  public String scheme() {
    return "tel";
  }

  /// The number without visual separators, RFC 3966 §5.1.1.
  @Override
  public String userText() {
    StringBuilder out = new StringBuilder(number.length());
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      if ("-.()".indexOf(c) < 0) {
        out.append(c);
      }
    }
    return out.toString();
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("tel:").append(number);
    parameters.appendToUri(out);
    return out.toString();
  }
}
