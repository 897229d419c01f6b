package org.klatsch.media.bwe;

import java.util.Arrays;

/// How long packets stand in a queue on the path: the least delay of late above the least that was
/// ever seen lately. Clocks of both ends need not agree, and drift between them is forgotten with
/// the past.
final class StandingQueue {
  private static final int WINDOWS = 10;
  private static final long WINDOW = 1_000_000_000L;
  private static final long NONE = Long.MAX_VALUE;

  private final long[] least = new long[WINDOWS];
  private int window;
  private long windowEnd;
  private long current = NONE;
  private long delay;

  StandingQueue() {
    Arrays.fill(least, NONE);
  }

  /// Takes note of a packet.
  ///
  /// @param transit arrival by the receiver's clock minus sending by ours
  void add(long transit) {
    current = Math.min(current, transit);
  }

  /// Ends a batch of packets: what one feedback told.
  void update(long now) {
    if (current == NONE) {
      return;
    }
    if (now >= windowEnd) {
      window = (window + 1) % WINDOWS;
      least[window] = NONE;
      windowEnd = now + WINDOW;
    }
    least[window] = Math.min(least[window], current);
    long base = NONE;
    for (long each : least) {
      base = Math.min(base, each);
    }
    delay = current - base;
    current = NONE;
  }

  /// In nanoseconds.
  long delay() {
    return delay;
  }
}
