package org.klatsch.cli;

import java.io.BufferedReader;
import java.io.PrintStream;
import java.util.List;
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

  /// Something a person may want to know. It takes the place of the [#status].
  void notice(String text) {
    synchronized (err) {
      err.println((interactive ? "\r\u001b[Jklatsch: " : "klatsch: ") + text);
      err.flush();
    }
  }

  /// Lines that replace those before, for a person who looks on; perhaps none. The cursor stays at
  /// their beginning, so that whatever is written next takes their place.
  ///
  /// @param columns of the terminal; a longer line is cut, as it could not be taken back
  void status(List<String> lines, int columns) {
    if (interactive) {
      StringBuilder text = new StringBuilder("\r\u001b[J");
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        int room = Math.min(line.codePointCount(0, line.length()), columns - 1);
        text.append(i == 0 ? "" : "\n").append(line, 0, line.offsetByCodePoints(0, room));
      }
      text.append(lines.size() > 1 ? "\r\u001b[" + (lines.size() - 1) + "A" : "\r");
      synchronized (err) {
        err.print(text);
        err.flush();
      }
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
