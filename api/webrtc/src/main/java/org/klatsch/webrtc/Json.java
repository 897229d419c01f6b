package org.klatsch.webrtc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The flat JSON objects (RFC 8259) that descriptions and candidates travel in: members are
/// strings, integers, booleans or null; nested values are skipped.
final class Json {
  /// Bounds the nesting of skipped values.
  private static final int MAX_DEPTH = 16;

  private final String text;
  private int position;

  private Json(String text) {
    this.text = text;
  }

  /// The members of a parsed object.
  record Members(Map<String, Object> values) {
    @Nullable String string(String name) {
      Object value = values.get(name);
      return value == null ? null : value.toString();
    }

    @Nullable Integer integer(String name) {
      Object value = values.get(name);
      if (value == null) {
        return null;
      }
      if (value instanceof Double number && number == Math.rint(number)) {
        return number.intValue();
      }
      throw DOMException.typeError(name + " " + value + " is no integer");
    }
  }

  /// Writes an object; names and values alternate.
  static String object(@Nullable Object... namesAndValues) {
    StringBuilder out = new StringBuilder("{");
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (i > 0) {
        out.append(',');
      }
      appendString(out, String.valueOf(namesAndValues[i]));
      out.append(':');
      Object value = namesAndValues[i + 1];
      if (value instanceof String string) {
        appendString(out, string);
      } else {
        out.append(value);
      }
    }
    return out.append('}').toString();
  }

  static void appendString(StringBuilder out, String string) {
    out.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || Character.isSurrogate(c)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  static Members parseObject(String text) {
    Json json = new Json(text);
    json.skipSpace();
    Map<String, Object> values = json.object(0);
    json.skipSpace();
    if (json.position != text.length()) {
      throw json.error("the end");
    }
    return new Members(values);
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> values = new HashMap<>();
    expect('{');
    skipSpace();
    if (peek() == '}') {
      position++;
      return values;
    }
    while (true) {
      skipSpace();
      String name = string();
      skipSpace();
      expect(':');
      Object value = value(depth + 1);
      if (value != null) {
        values.put(name, value);
      }
      skipSpace();
      if (peek() != ',') {
        expect('}');
        return values;
      }
      position++;
    }
  }

  private void array(int depth) {
    expect('[');
    skipSpace();
    if (peek() == ']') {
      position++;
      return;
    }
    while (true) {
      value(depth + 1);
      skipSpace();
      if (peek() != ',') {
        expect(']');
        return;
      }
      position++;
    }
  }

  /// A string, a number, a boolean, or null for JSON's null; nested values give null too.
  private @Nullable Object value(int depth) {
    if (depth > MAX_DEPTH) {
      throw error("at most " + MAX_DEPTH + " levels");
    }
    skipSpace();
    switch (peek()) {
      case '"' -> {
        return string();
      }
      case '{' -> object(depth);
      case '[' -> array(depth);
      default -> {
        int start = position;
        while (position < text.length() && ",}] \t\r\n".indexOf(text.charAt(position)) < 0) {
          position++;
        }
        return literal(text.substring(start, position));
      }
    }
    return null;
  }

  private @Nullable Object literal(String word) {
    switch (word) {
      case "null" -> {
        return null;
      }
      case "true" -> {
        return true;
      }
      case "false" -> {
        return false;
      }
      default -> {
        try {
          return Double.valueOf(word);
        } catch (NumberFormatException e) {
          throw error("a value");
        }
      }
    }
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return out.toString();
      }
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = next();
      switch (escaped) {
        case 'n' -> out.append('\n');
        case 'r' -> out.append('\r');
        case 't' -> out.append('\t');
        case 'b' -> out.append('\b');
        case 'f' -> out.append('\f');
        case 'u' -> {
          int code = 0;
          for (int i = 0; i < 4; i++) {
            int digit = Character.digit(next(), 16);
            if (digit < 0) {
              throw error("four hex digits");
            }
            code = code << 4 | digit;
          }
          out.append((char) code);
        }
        case '"', '\\', '/' -> out.append(escaped);
        default -> throw error("an escape");
      }
    }
  }

  private void skipSpace() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private char peek() {
    return position < text.length() ? text.charAt(position) : '\0';
  }

  private char next() {
    if (position >= text.length()) {
      throw error("more");
    }
    return text.charAt(position++);
  }

  private void expect(char c) {
    if (peek() != c || position >= text.length()) {
      throw error("'" + c + "'");
    }
    position++;
  }

  private DOMException error(String expected) {
    return DOMException.syntax("JSON: expected " + expected + " at offset " + position);
  }
}
