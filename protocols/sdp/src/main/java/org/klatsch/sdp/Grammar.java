package org.klatsch.sdp;

import java.util.List;

/// Character classes of RFC 8866 §9, and the checks that keep whatever we write well-formed: text
/// with a line break in it would smuggle lines into a description.
final class Grammar {
  private Grammar() {}

  /// `token-char`: the visible ASCII characters without the separators `"(),/:;<=>?@[\]`.
  static boolean isTokenChar(char c) {
    return c > ' ' && c < 0x7F && "\"(),/:;<=>?@[\\]".indexOf(c) < 0;
  }

  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenChar(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /// `byte-string`: anything but NUL, CR and LF.
  static boolean isByteString(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || c == '\r' || c == '\n') {
        return false;
      }
    }
    return true;
  }

  /// A field between spaces.
  static boolean isWord(String text) {
    return !text.isEmpty() && text.indexOf(' ') < 0 && isByteString(text);
  }

  static boolean isDigits(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < '0' || c > '9') {
        return false;
      }
    }
    return !text.isEmpty();
  }

  static void requireToken(String what, String text) {
    if (!isToken(text)) {
      throw new IllegalArgumentException(what + " '" + text + "', expected a token");
    }
  }

  static void requireWord(String what, String text) {
    if (!isWord(text)) {
      throw new IllegalArgumentException(what + " '" + text + "', expected text without spaces");
    }
  }

  static void requireWords(String what, List<String> words) {
    for (String word : words) {
      requireWord(what, word);
    }
  }

  static void requireText(String what, String text) {
    if (text.isEmpty() || !isByteString(text)) {
      throw new IllegalArgumentException(what + " '" + text + "', expected one line of text");
    }
  }

  static void requireRange(String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(what + " " + value + ", expected " + min + " to " + max);
    }
  }
}
