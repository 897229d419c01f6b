package org.klatsch.sdp;

import java.util.ArrayList;
import java.util.List;

/// Reads the fields of one line from left to right. Fields are separated by one space in the
/// grammar; more of them, and some at the end, are tolerated.
final class Cursor {
  /// The number of digits that cannot overflow a `long`.
  private static final int MAX_DIGITS = 18;

  private final int line;
  private final String text;
  private int position;

  /// @param line the line's number, for messages
  /// @param text the whole line
  /// @param start where the fields begin
  Cursor(int line, String text, int start) {
    this.line = line;
    this.text = text;
    position = start;
  }

  MalformedSdpException error(String reason) {
    return new MalformedSdpException(line, text, reason);
  }

  boolean hasMore() {
    skipSpaces();
    return position < text.length();
  }

  private void skipSpaces() {
    while (position < text.length() && text.charAt(position) == ' ') {
      position++;
    }
  }

  /// The next field.
  String word(String what) throws MalformedSdpException {
    skipSpaces();
    int end = text.indexOf(' ', position);
    return take(what, end < 0 ? text.length() : end);
  }

  /// The part of the current field before a separator, which is skipped; the whole rest of the
  /// field when the separator is not in it.
  String wordUntil(char separator, String what) throws MalformedSdpException {
    skipSpaces();
    int end = position;
    while (end < text.length() && text.charAt(end) != ' ' && text.charAt(end) != separator) {
      end++;
    }
    String part = take(what, end);
    if (position < text.length() && text.charAt(position) == separator) {
      position++;
    }
    return part;
  }

  String token(String what) throws MalformedSdpException {
    String word = word(what);
    if (!Grammar.isToken(word)) {
      throw error(what + " is not a token");
    }
    return word;
  }

  /// All that is left, spaces included.
  String rest(String what) throws MalformedSdpException {
    skipSpaces();
    return take(what, text.length());
  }

  private String take(String what, int end) throws MalformedSdpException {
    if (end == position) {
      throw error(what + " is missing");
    }
    String part = text.substring(position, end);
    position = end;
    return part;
  }

  /// All fields that are left.
  List<String> words(String what, int max) throws MalformedSdpException {
    List<String> words = new ArrayList<>();
    while (hasMore()) {
      if (words.size() == max) {
        throw error("more than " + max + " times " + what);
      }
      words.add(word(what));
    }
    return words;
  }

  long number(String what, long min, long max) throws MalformedSdpException {
    return parse(word(what), what, min, max);
  }

  int intNumber(String what, int min, int max) throws MalformedSdpException {
    return (int) number(what, min, max);
  }

  long parse(String digits, String what, long min, long max) throws MalformedSdpException {
    if (!Grammar.isDigits(digits) || digits.length() > MAX_DIGITS) {
      throw error(what + " is not a number from " + min + " to " + max);
    }
    long value = Long.parseLong(digits);
    if (value < min || value > max) {
      throw error(what + " is " + value + ", expected " + min + " to " + max);
    }
    return value;
  }

  /// Nothing more is allowed.
  void end() throws MalformedSdpException {
    if (hasMore()) {
      throw error("unexpected text behind the last field");
    }
  }
}
