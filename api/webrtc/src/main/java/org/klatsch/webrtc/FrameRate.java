package org.klatsch.webrtc;

/// Frames in the last second. Any thread.
final class FrameRate {
  private static final long SECOND = 1_000_000_000L;

  /// More than any frame rate in use.
  private final long[] times = new long[256];

  private int next;
  private long count;

  synchronized void note() {
    times[next] = System.nanoTime();
    next = (next + 1) % times.length;
    count++;
  }

  /// Null before the first frame.
  synchronized @org.jspecify.annotations.Nullable Double perSecond() {
    if (count == 0) {
      return null;
    }
    long since = System.nanoTime() - SECOND;
    int found = 0;
    for (int i = 0; i < Math.min(count, times.length); i++) {
      if (times[i] - since > 0) {
        found++;
      }
    }
    return (double) found;
  }
}
