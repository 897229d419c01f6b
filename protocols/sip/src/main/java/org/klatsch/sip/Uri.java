package org.klatsch.sip;

/// What a message names: `sip`, `sips`, `tel`, or another scheme that is only passed on.
public sealed interface Uri permits SipUri, TelUri, OtherUri {
  /// Parses a whole URI.
  static Uri parse(String text) throws MalformedSipException {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new MalformedSipException("a URI has no scheme", text);
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c == '<' || c == '>' || c == '"' || c == 0x7f) {
        throw new MalformedSipException("a URI holds a forbidden character", text);
      }
    }
    String scheme = text.substring(0, colon);
    if (scheme.equalsIgnoreCase("sip")) {
      return SipUri.parse(false, text, colon + 1);
    }
    if (scheme.equalsIgnoreCase("sips")) {
      return SipUri.parse(true, text, colon + 1);
    }
    if (scheme.equalsIgnoreCase("tel")) {
      return TelUri.parse(text, colon + 1);
    }
    for (int i = 0; i < colon; i++) {
      char c = scheme.charAt(i);
      if (!Grammar.isAlphanumeric(c) && c != '+' && c != '-' && c != '.') {
        throw new MalformedSipException("a URI has no scheme", text);
      }
    }
    return new OtherUri(text);
  }

  /// A URI from configuration or code.
  ///
  /// @throws IllegalArgumentException when it is malformed
  static Uri of(String text) {
    try {
      return parse(text);
    } catch (MalformedSipException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /// `sip`, `sips`, `tel` or another scheme.
  String scheme();

  /// What stands for the person or the number: the unescaped user of a SIP URI, the number of a
  /// telephone URI; empty when there is none.
  String userText();
}
