package org.klatsch.net;

import java.util.function.LongSupplier;

/// The time of one loop: nanoseconds since the loop was made, monotonic, and without the hours a
/// machine sleeps.
///
/// On Linux and macOS the monotonic clock stops while the machine is suspended; only the wall clock
/// tells. On Windows it runs on, and a stopped process or a debugger looks the same everywhere:
/// then the excess is taken out, so that the timers of every session do not fire at once and
/// consent (RFC 7675 §5.1) is not lost before a single check could be sent. Either way the length
/// of the gap is reported once by [#takeSuspension].
///
/// [#now] may be called by any thread, everything else by the loop only.
final class LoopClock {
  private final LongSupplier monotonicNanos;
  private final LongSupplier wallMillis;
  private final long thresholdNanos;

  /// Reading of the monotonic clock that is time 0; grows by every gap taken out.
  private volatile long origin;

  private long lastNow;
  private long turnNow;
  private long expectedWait;
  private long lastWallMillis;
  private long suspendedNanos;

  /// @param thresholdNanos gaps beyond this, not asked for by a wait, count as suspension
  LoopClock(LongSupplier monotonicNanos, LongSupplier wallMillis, long thresholdNanos) {
    this.monotonicNanos = monotonicNanos;
    this.wallMillis = wallMillis;
    this.thresholdNanos = thresholdNanos;
    this.origin = monotonicNanos.getAsLong();
    this.lastWallMillis = wallMillis.getAsLong();
  }

  /// The time as another thread sees it: after a suspension it may run ahead of the loop's for a
  /// moment.
  long now() {
    return monotonicNanos.getAsLong() - origin;
  }

  /// Says that the loop is about to wait for at most `nanos`, which explains a gap as long.
  void expectWait(long nanos) {
    expectedWait = nanos;
  }

  /// The time at the start of a turn, when the wall clock is looked at too.
  long turn() {
    long suspendedBefore = suspendedNanos;
    long now = read();
    long wall = wallMillis.getAsLong();
    long wallElapsed = (wall - lastWallMillis) * 1_000_000;
    lastWallMillis = wall;
    if (suspendedNanos == suspendedBefore && wallElapsed - (now - turnNow) > thresholdNanos) {
      suspendedNanos += wallElapsed - (now - turnNow);
    }
    turnNow = now;
    return now;
  }

  /// The time in the middle of a turn.
  long read() {
    long waited = expectedWait;
    expectedWait = 0;
    long raw = monotonicNanos.getAsLong();
    long now = raw - origin;
    // An unlimited wait explains any gap.
    if (waited <= Long.MAX_VALUE - thresholdNanos - lastNow
        && now - lastNow - waited > thresholdNanos) {
      long resumed = lastNow + waited;
      suspendedNanos += now - resumed;
      origin = raw - resumed;
      now = resumed;
    }
    lastNow = now;
    return now;
  }

  /// The length of the gaps found since the last call; 0 when there was none.
  long takeSuspension() {
    long taken = suspendedNanos;
    suspendedNanos = 0;
    return taken;
  }
}
