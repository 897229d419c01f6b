package org.klatsch.sip;

import org.jspecify.annotations.Nullable;

/// A position in one header's value, or in the start line.
final class Scanner {
  private final String text;
  private int position;

  Scanner(String text) {
    this.text = text;
  }

  int position() {
    return position;
  }

  void position(int newPosition) {
    position = newPosition;
  }

  boolean atEnd() {
    return position >= text.length();
  }

  boolean peek(char c) {
    return position < text.length() && text.charAt(position) == c;
  }

  char peek() {
    return position < text.length() ? text.charAt(position) : '\0';
  }

  void skipSpace() {
    while (position < text.length() && Grammar.isSpace(text.charAt(position))) {
      position++;
    }
  }

  boolean accept(char c) {
    if (peek(c)) {
      position++;
      return true;
    }
    return false;
  }

  void expect(char c) throws MalformedSipException {
    if (!accept(c)) {
      throw malformed("'" + c + "' expected at " + position);
    }
  }

  /// A separator with white space around it, such as SEMI and EQUAL.
  boolean acceptSpaced(char c) {
    int mark = position;
    skipSpace();
    if (accept(c)) {
      skipSpace();
      return true;
    }
    position = mark;
    return false;
  }

  void expectEnd() throws MalformedSipException {
    skipSpace();
    if (!atEnd()) {
      throw malformed("end expected at " + position);
    }
  }

  String token() throws MalformedSipException {
    int start = position;
    while (position < text.length() && Grammar.isTokenChar(text.charAt(position))) {
      position++;
    }
    if (start == position) {
      throw malformed("token expected at " + position);
    }
    return text.substring(start, position);
  }

  /// A token or a host: a parameter's value without quotes.
  String plainValue() throws MalformedSipException {
    int start = position;
    while (position < text.length()) {
      char c = text.charAt(position);
      if (!Grammar.isTokenChar(c) && c != '[' && c != ']' && c != ':') {
        break;
      }
      position++;
    }
    if (start == position) {
      throw malformed("value expected at " + position);
    }
    return text.substring(start, position);
  }

  /// Everything up to one of the characters, or to the end.
  String until(String stops) {
    int start = position;
    while (position < text.length() && stops.indexOf(text.charAt(position)) < 0) {
      position++;
    }
    return text.substring(start, position);
  }

  String rest() {
    String rest = text.substring(position);
    position = text.length();
    return rest;
  }

  /// `quoted-string` without its quotes and escapes, RFC 3261 §25.1.
  String quotedString() throws MalformedSipException {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '"') {
        return out.toString();
      }
      if (c == '\\') {
        if (position == text.length()) {
          break;
        }
        c = text.charAt(position++);
      }
      out.append(c);
    }
    throw malformed("a quoted string has no end");
  }

  String host() throws MalformedSipException {
    int start = position;
    if (accept('[')) {
      while (position < text.length() && Grammar.isIpv6Char(text.charAt(position))) {
        position++;
      }
      expect(']');
    } else {
      while (position < text.length() && Grammar.isHostChar(text.charAt(position))) {
        position++;
      }
    }
    String host = text.substring(start, position);
    if (!Grammar.isHost(host)) {
      throw malformed("host expected at " + start);
    }
    return host;
  }

  int port() throws MalformedSipException {
    long port = number(0xffff);
    return (int) port;
  }

  /// Decimal digits of a value that is at most `maximum`.
  long number(long maximum) throws MalformedSipException {
    int start = position;
    long value = 0;
    while (position < text.length()
        && text.charAt(position) >= '0'
        && text.charAt(position) <= '9') {
      value = value * 10 + (text.charAt(position++) - '0');
      if (value > maximum) {
        throw malformed("number above " + maximum + " at " + start);
      }
    }
    if (start == position) {
      throw malformed("number expected at " + position);
    }
    return value;
  }

  /// The parameters of a header: `*(SEMI name [EQUAL value])`.
  Parameters parameters() throws MalformedSipException {
    Parameters parameters = Parameters.NONE;
    while (acceptSpaced(';')) {
      if (atEnd() || peek(';')) {
        // Empty parameters are not in the grammar, but devices send `;;` and a `;` at the end.
        continue;
      }
      parameters = parameters.with(parameter());
    }
    return parameters;
  }

  Parameters.Parameter parameter() throws MalformedSipException {
    String name = token();
    if (!acceptSpaced('=')) {
      return new Parameters.Parameter(name, null, false);
    }
    if (peek('"')) {
      return new Parameters.Parameter(name, quotedString(), true);
    }
    return new Parameters.Parameter(name, plainValue(), false);
  }

  MalformedSipException malformed(String reason) {
    return new MalformedSipException(reason, text);
  }

  /// Parses a whole value.
  interface Rule<T> {
    T parse(Scanner in) throws MalformedSipException;
  }

  static <T> T whole(@Nullable String text, Rule<T> rule) throws MalformedSipException {
    if (text == null) {
      throw new MalformedSipException("a value is missing");
    }
    Scanner in = new Scanner(text);
    in.skipSpace();
    T value = rule.parse(in);
    in.expectEnd();
    return value;
  }
}
