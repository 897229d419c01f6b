package org.klatsch.webrtc;

/// How evenly pictures are shown, W3C WebRTC Statistics §8.4. Times are nanoseconds of any clock.
/// Any thread.
final class RenderedFrames {
  /// No picture for so long is a pause, §8.4 `pauseCount`.
  private static final long PAUSE_NANOS = 5_000_000_000L;

  /// How much longer than usual an interval of a freeze is at least, §8.4 `freezeCount`.
  private static final long FREEZE_NANOS = 150_000_000;

  /// Intervals that tell what is usual, §8.4 `freezeCount`.
  private static final int USUAL = 30;

  private static final double NANOS_PER_SECOND = 1e9;

  private final long[] intervals = new long[USUAL];
  private int known;
  private int next;
  private long sum;
  private long last;
  private long count;
  private double total;
  private double totalSquared;
  private long freezes;
  private double frozen;
  private long pauses;
  private double paused;

  /// A picture is shown.
  synchronized void note(long now) {
    if (count++ > 0) {
      long interval = Math.max(0, now - last);
      double seconds = interval / NANOS_PER_SECOND;
      total += seconds;
      totalSquared += seconds * seconds;
      if (interval > PAUSE_NANOS) {
        pauses++;
        paused += seconds;
      } else {
        classify(interval, seconds);
      }
    }
    last = now;
  }

  private void classify(long interval, double seconds) {
    if (known == USUAL) {
      long usual = sum / USUAL;
      if (interval >= Math.max(3 * usual, usual + FREEZE_NANOS)) {
        freezes++;
        frozen += seconds;
      }
      sum -= intervals[next];
    } else {
      known++;
    }
    intervals[next] = interval;
    sum += interval;
    next = (next + 1) % USUAL;
  }

  /// Notes the members of an inbound stream.
  synchronized void putInto(StatsValues values) {
    values
        .put("framesRendered", count)
        .put("totalInterFrameDelay", total)
        .put("totalSquaredInterFrameDelay", totalSquared)
        .put("freezeCount", freezes)
        .put("totalFreezesDuration", frozen)
        .put("pauseCount", pauses)
        .put("totalPausesDuration", paused);
  }
}
