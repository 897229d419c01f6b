package org.klatsch.net;

/// A token bucket that holds one second's worth. Not thread-safe.
final class RateLimit {
  private final long nanosPerToken;
  private final long burstNanos;
  private long spentUntil = Long.MIN_VALUE / 2;

  RateLimit(int perSecond) {
    this.nanosPerToken = 1_000_000_000L / Math.max(1, perSecond);
    this.burstNanos = perSecond < 1 ? -1 : 1_000_000_000L;
  }

  /// Takes a token if there is one at `now` nanoseconds.
  boolean tryAcquire(long now) {
    long base = Math.max(spentUntil, now - burstNanos);
    if (burstNanos < 0 || base + nanosPerToken > now) {
      return false;
    }
    spentUntil = base + nanosPerToken;
    return true;
  }
}
