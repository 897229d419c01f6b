package org.klatsch.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The keyboard of a terminal, switched so that every key comes at once and is not shown. Where
/// `stty` is missing it stays as it is, and keys come with the line.
final class Keyboard implements AutoCloseable {
  private static final int USUAL_COLUMNS = 80;
  private static final long PATIENCE_SECONDS = 5;

  private final @Nullable String before;
  private final int columns;

  private Keyboard(@Nullable String before, int columns) {
    this.before = before;
    this.columns = columns;
  }

  /// @param keys whether single keys are wanted
  static Keyboard open(boolean keys) {
    String before = keys ? stty("-g") : null;
    if (before != null && stty("-icanon", "-echo", "min", "1") == null) {
      before = null;
    }
    return new Keyboard(before, keys ? columns(stty("size")) : USUAL_COLUMNS);
  }

  /// From rows and columns, as `stty size` says them.
  static int columns(@Nullable String size) {
    String[] words = size == null ? new String[0] : size.split(" ");
    try {
      int columns = words.length == 2 ? Integer.parseInt(words[1]) : 0;
      return columns > 0 ? columns : USUAL_COLUMNS;
    } catch (NumberFormatException e) {
      return USUAL_COLUMNS;
    }
  }

  /// Whether keys come one by one.
  boolean single() {
    return before != null;
  }

  int columns() {
    return columns;
  }

  /// Switches back.
  void restore() {
    if (before != null) {
      stty(before);
    }
  }

  @Override
  public void close() {
    restore();
  }

  private static @Nullable String stty(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = "stty";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.INHERIT)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
      return process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0
          ? answer
          : null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
