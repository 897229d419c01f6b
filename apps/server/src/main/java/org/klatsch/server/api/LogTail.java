package org.klatsch.server.api;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// The latest lines of the log, for the administrator's page. Whoever sets logging up adds them.
/// Thread-safe.
public final class LogTail {
  private static final int LINES = 500;
  private static final int LONGEST = 2_000;

  private final Deque<Line> lines = new ArrayDeque<>();
  private long last;

  /// One without lines.
  public LogTail() {}

  /// @param id higher than that of every earlier line
  /// @param time in milliseconds since 1970
  /// @param level as `WARN`
  public record Line(long id, long time, String level, String logger, String text) {}

  /// Adds a line.
  public synchronized void add(long time, String level, String logger, String text) {
    String shown = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    lines.add(new Line(++last, time, level, logger, shown));
    if (lines.size() > LINES) {
      lines.remove();
    }
  }

  /// The lines after the one of the id, oldest first.
  public synchronized List<Line> after(long id) {
    return lines.stream().filter(line -> line.id() > id).toList();
  }
}
