package org.klatsch.cli;

import java.io.BufferedReader;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Where a command reads and writes. Thread-safe: a line is never torn.
///
/// @param in lines of the user
/// @param out results
/// @param err all else
/// @param interactive whether a person looks at `err`, so that a progress bar may move
record Terminal(BufferedReader in, PrintStream out, PrintStream err, boolean interactive) {
  private static final JsonMapper JSON = JsonMapper.shared();

  static ObjectNode event(String name) {
    return JSON.createObjectNode().put("event", name);
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  /// A result: the event with `--json`, else the text, which may be null if it is of no interest to
  /// people.
  void result(boolean json, ObjectNode event, @Nullable String text) {
    synchronized (out) {
      if (json) {
        out.println(event);
        out.flush();
      } else if (text != null) {
        out.println(text);
        out.flush();
      }
    }
  }

  /// Something a person may want to know.
  void notice(String text) {
    synchronized (err) {
      err.println("klatsch: " + text);
      err.flush();
    }
  }

  /// Text from others, made harmless for a terminal: control characters could move the cursor or
  /// worse.
  static String harmless(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c ->
            clean.appendCodePoint(
                Character.isISOControl(c)
                        || Character.getType(c) == Character.FORMAT
                        || Character.getType(c) == Character.SURROGATE
                    ? '\ufffd'
                    : c));
    return clean.toString();
  }
}
