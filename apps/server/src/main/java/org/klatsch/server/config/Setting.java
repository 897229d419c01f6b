package org.klatsch.server.config;

import java.util.Locale;

/// A scalar key outside lists, which is a flag and an environment variable too.
///
/// @param path of the key in the file, as `turn.relayPorts`
/// @param label of the value in help texts
/// @param bare what the flag without a value means, empty if it needs one
/// @param help a sentence
public record Setting(String path, String label, String bare, String help) {

  /// `--turn-relay-ports`.
  public String flag() {
    return flag(path);
  }

  /// `KLATSCH_TURN_RELAY_PORTS`.
  public String variable() {
    return variable(path);
  }

  static String flag(String path) {
    return "--" + words(path, '-').toLowerCase(Locale.ROOT);
  }

  static String variable(String path) {
    return "KLATSCH_" + words(path, '_').toUpperCase(Locale.ROOT);
  }

  private static String words(String path, char between) {
    var words = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '.') {
        words.append(between);
      } else {
        if (Character.isUpperCase(c)) {
          words.append(between);
        }
        words.append(c);
      }
    }
    return words.toString();
  }
}
