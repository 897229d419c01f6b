package org.klatsch.cli;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.Progress;
import tools.jackson.databind.node.ObjectNode;

/// Shows how a transfer goes on until it has ended: a moving line for people, events for programs.
final class ProgressDisplay {
  private static final Duration BETWEEN_BARS = Duration.ofMillis(200);
  private static final Duration BETWEEN_EVENTS = Duration.ofMillis(500);
  private static final int BAR_LENGTH = 24;

  /// How much of the speed shown is that of the last interval: steady, and yet at home after some
  /// seconds.
  private static final double SMOOTHING = 0.2;

  private final Terminal terminal;
  private final boolean json;
  private long lastBytes = -1;
  private long lastTime;
  private double bytesPerSecond;
  private boolean drawn;

  ProgressDisplay(Terminal terminal, boolean json) {
    this.terminal = terminal;
    this.json = json;
  }

  /// Waits for the end and shows progress meanwhile.
  <T> T await(CompletableFuture<T> end, Supplier<Optional<Progress>> progress)
      throws InterruptedException {
    Duration between = json ? BETWEEN_EVENTS : BETWEEN_BARS;
    while (true) {
      try {
        T result = end.get(between.toMillis(), TimeUnit.MILLISECONDS);
        progress.get().ifPresent(this::show);
        clear();
        return result;
      } catch (TimeoutException e) {
        progress.get().ifPresent(this::show);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  private void show(Progress progress) {
    long now = System.nanoTime();
    if (lastBytes >= 0 && progress.bytes() >= lastBytes && now > lastTime) {
      double current = (progress.bytes() - lastBytes) * 1e9 / (now - lastTime);
      bytesPerSecond =
          bytesPerSecond == 0 ? current : bytesPerSecond + SMOOTHING * (current - bytesPerSecond);
    }
    lastBytes = progress.bytes();
    lastTime = now;
    if (json) {
      ObjectNode event =
          Terminal.event("progress")
              .put("file", progress.file())
              .put("bytes", progress.bytes())
              .put("totalBytes", progress.totalBytes())
              .put("filesDone", progress.filesDone())
              .put("files", progress.files())
              .put("bytesPerSecond", Math.round(bytesPerSecond))
              .put("paused", progress.paused());
      terminal.result(true, event, null);
    } else if (terminal.interactive()) {
      synchronized (terminal.err()) {
        terminal.err().print("\r" + line(progress, bytesPerSecond) + "\u001b[K");
        terminal.err().flush();
      }
      drawn = true;
    }
  }

  private void clear() {
    if (drawn) {
      synchronized (terminal.err()) {
        terminal.err().print("\r\u001b[K");
        terminal.err().flush();
      }
    }
  }

  static String line(Progress progress, double bytesPerSecond) {
    double part =
        progress.totalBytes() == 0 ? 1 : (double) progress.bytes() / progress.totalBytes();
    int full = Math.clamp(Math.round(part * BAR_LENGTH), 0, BAR_LENGTH);
    String bar = "█".repeat(full) + "░".repeat(BAR_LENGTH - full);
    String speed =
        progress.paused()
            ? "paused"
            : bytes((long) bytesPerSecond) + "/s " + left(progress, bytesPerSecond);
    String name = Terminal.harmless(progress.file());
    if (name.codePointCount(0, name.length()) > 24) {
      name = "…" + name.substring(name.offsetByCodePoints(name.length(), -23));
    }
    return String.format(
        Locale.ROOT,
        "%s %3d%%  %s of %s  %s  %s",
        bar,
        (int) Math.floor(part * 100),
        bytes(progress.bytes()),
        bytes(progress.totalBytes()),
        speed,
        name);
  }

  private static String left(Progress progress, double bytesPerSecond) {
    if (bytesPerSecond < 1) {
      return "";
    }
    long seconds = (long) ((progress.totalBytes() - progress.bytes()) / bytesPerSecond);
    return seconds >= 3600
        ? String.format(Locale.ROOT, "%d:%02d h left", seconds / 3600, seconds / 60 % 60)
        : String.format(Locale.ROOT, "%d:%02d left", seconds / 60, seconds % 60);
  }

  /// A number of bytes as people read it.
  static String bytes(long count) {
    String[] units = {"B", "kB", "MB", "GB", "TB", "PB"};
    double value = count;
    int unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    @Nullable String pattern = unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s";
    return String.format(Locale.ROOT, pattern, value, units[unit]);
  }
}
