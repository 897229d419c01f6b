package org.klatsch.sip;

/// Character classes and quoting, RFC 3261 §25.1.
final class Grammar {
  /// Characters of a `token` that are neither letters nor digits.
  private static final String TOKEN_MARKS = "-.!%*_+`'~";

  /// Characters that a `user` may hold unescaped: `unreserved` and `user-unreserved`.
  private static final String USER_MARKS = "-_.!~*'()&=+$,;?/";

  /// Characters that a parameter of a URI may hold unescaped: `unreserved` and `param-unreserved`.
  private static final String PARAMETER_MARKS = "-_.!~*'()[]/:&+$";

  /// Characters that a header in a URI may hold unescaped: `unreserved` and `hnv-unreserved`.
  private static final String URI_HEADER_MARKS = "-_.!~*'()[]/?:+$";

  private Grammar() {}

  static boolean isAlphanumeric(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
  }

  static boolean isTokenChar(char c) {
    return isAlphanumeric(c) || c < 128 && TOKEN_MARKS.indexOf(c) >= 0;
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenChar(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// `word` of a Call-ID: more characters than a token has.
  static boolean isWordChar(char c) {
    return isTokenChar(c) || c < 128 && "()<>:\\\"/[]?{}".indexOf(c) >= 0;
  }

  static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  static boolean isHostChar(char c) {
    // An underscore is no letter of a host name, but names with one are in use.
    return isAlphanumeric(c) || c == '-' || c == '.' || c == '_';
  }

  static boolean isHost(String text) {
    if (text.startsWith("[")) {
      if (!text.endsWith("]") || text.length() < 4) {
        return false;
      }
      for (int i = 1; i < text.length() - 1; i++) {
        if (!isIpv6Char(text.charAt(i))) {
          return false;
        }
      }
      return true;
    }
    for (int i = 0; i < text.length(); i++) {
      if (!isHostChar(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static boolean isIpv6Char(char c) {
    return isHex(c) || c == ':' || c == '.';
  }

  static boolean isHex(char c) {
    return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
  }

  /// Whether a value of a header's parameter needs no quotes: a token, or a host (`gen-value`).
  static boolean isPlainValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isTokenChar(c) && c != '[' && c != ']' && c != ':') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// Refuses what would end a line, so that no value can add headers of its own.
  static String requireLine(String what, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\r' || c == '\n') {
        throw new IllegalArgumentException(
            what + " holds a line break: \"" + MalformedSipException.shown(text) + "\"");
      }
    }
    return text;
  }

  static String requireToken(String what, String text) {
    if (!isToken(text)) {
      throw new IllegalArgumentException(
          what + " is no token: \"" + MalformedSipException.shown(text) + "\"");
    }
    return text;
  }

  /// `quoted-string`: quotes and backslashes are escaped.
  static void quote(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\' || c < 0x20 && c != '\t' || c == 0x7f) {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }

  static String escapeUser(String text) {
    return escape(text, USER_MARKS);
  }

  static String escapeParameter(String text) {
    return escape(text, PARAMETER_MARKS);
  }

  static String escapeUriHeader(String text) {
    return escape(text, URI_HEADER_MARKS);
  }

  static boolean isUserChar(char c) {
    return isAlphanumeric(c) || c < 128 && USER_MARKS.indexOf(c) >= 0;
  }

  static boolean isParameterChar(char c) {
    return isAlphanumeric(c) || c < 128 && PARAMETER_MARKS.indexOf(c) >= 0;
  }

  static boolean isUriHeaderChar(char c) {
    return isAlphanumeric(c) || c < 128 && URI_HEADER_MARKS.indexOf(c) >= 0;
  }

  private static String escape(String text, String marks) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (isAlphanumeric(c) || c < 128 && marks.indexOf(c) >= 0) {
        out.append(c);
      } else {
        out.append('%');
        out.append(Character.toUpperCase(Character.forDigit(c >> 4, 16)));
        out.append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return out.toString();
  }

  /// Replaces `%41` by the byte it stands for; text that is not UTF-8 then has replacement
  /// characters.
  static String unescape(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    byte[] in = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    byte[] out = new byte[in.length];
    int length = 0;
    for (int i = 0; i < in.length; i++) {
      if (in[i] == '%' && i + 2 < in.length && isHex((char) in[i + 1]) && isHex((char) in[i + 2])) {
        out[length++] =
            (byte) (Character.digit(in[i + 1], 16) << 4 | Character.digit(in[i + 2], 16));
        i += 2;
      } else {
        out[length++] = in[i];
      }
    }
    return new String(out, 0, length, java.nio.charset.StandardCharsets.UTF_8);
  }
}
