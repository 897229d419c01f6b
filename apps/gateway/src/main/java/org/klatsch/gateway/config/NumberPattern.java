package org.klatsch.gateway.config;

import java.util.regex.Pattern;

/// Which dialled numbers or names a route is for: `x` stands for a digit, `z` for one of 1 to 9,
/// `n` for one of 2 to 9, `.` at the end for anything, all else for itself. Names with those
/// letters are written in quotes: `"'zoe'"`.
public final class NumberPattern {
  private final String text;
  private final Pattern pattern;

  private NumberPattern(String text, Pattern pattern) {
    this.text = text;
    this.pattern = pattern;
  }

  /// @throws IllegalArgumentException with what is wrong
  public static NumberPattern parse(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("an empty pattern");
    }
    if (text.length() > 2 && text.startsWith("'") && text.endsWith("'")) {
      return new NumberPattern(
          text, Pattern.compile(Pattern.quote(text.substring(1, text.length() - 1))));
    }
    // A name such as `extension` would be a riddle: letters are wildcards among digits only.
    boolean number = text.matches("[-+*#0-9xXzZnN.]+");
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '.') {
        if (i != text.length() - 1) {
          throw new IllegalArgumentException("'.' stands at the end only");
        }
        regex.append(".*");
      } else if (number && (c == 'x' || c == 'X')) {
        regex.append("[0-9]");
      } else if (number && (c == 'z' || c == 'Z')) {
        regex.append("[1-9]");
      } else if (number && (c == 'n' || c == 'N')) {
        regex.append("[2-9]");
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return new NumberPattern(text, Pattern.compile(regex.toString()));
  }

  public boolean matches(String number) {
    return pattern.matcher(number).matches();
  }

  @Override
  public String toString() {
    return text;
  }
}
