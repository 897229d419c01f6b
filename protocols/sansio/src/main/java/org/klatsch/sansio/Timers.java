package org.klatsch.sansio;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The deadlines of a core, one per constant of `K`. A core's `handleTimeout` takes expired timers
/// one after the other with [#pollExpired]. Not thread-safe.
///
/// @param <K> the core's timers
public final class Timers<K extends Enum<K>> {
  private final K[] keys;
  private final long[] deadlines;
  private long next = ProtocolCore.NEVER;

  /// @param type the enum whose constants are the timers
  public Timers(Class<K> type) {
    this.keys = type.getEnumConstants();
    this.deadlines = new long[keys.length];
    Arrays.fill(deadlines, ProtocolCore.NEVER);
  }

  /// Sets or moves a timer.
  ///
  /// @param deadline in nanoseconds, [ProtocolCore#NEVER] cancels
  public void set(K key, long deadline) {
    long previous = deadlines[key.ordinal()];
    deadlines[key.ordinal()] = deadline;
    if (deadline <= next) {
      next = deadline;
    } else if (previous == next) {
      findNext();
    }
  }

  /// Stops a timer; one that is not running stays so.
  public void cancel(K key) {
    set(key, ProtocolCore.NEVER);
  }

  /// Stops all timers.
  public void cancelAll() {
    Arrays.fill(deadlines, ProtocolCore.NEVER);
    next = ProtocolCore.NEVER;
  }

  public boolean isRunning(K key) {
    return deadlines[key.ordinal()] != ProtocolCore.NEVER;
  }

  /// The deadline of a timer, [ProtocolCore#NEVER] when it is not running.
  public long deadline(K key) {
    return deadlines[key.ordinal()];
  }

  /// The earliest deadline of all, or [ProtocolCore#NEVER].
  public long next() {
    return next;
  }

  /// Takes the timer with the earliest deadline at or before `now` and stops it; null when none is
  /// due.
  public @Nullable K pollExpired(long now) {
    if (next > now || next == ProtocolCore.NEVER) {
      return null;
    }
    for (int i = 0; i < deadlines.length; i++) {
      if (deadlines[i] == next) {
        deadlines[i] = ProtocolCore.NEVER;
        findNext();
        return keys[i];
      }
    }
    throw new IllegalStateException("no timer has the deadline " + next);
  }

  private void findNext() {
    long earliest = ProtocolCore.NEVER;
    for (long deadline : deadlines) {
      earliest = Math.min(earliest, deadline);
    }
    next = earliest;
  }
}
