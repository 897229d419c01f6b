package org.klatsch.ice;

/// Spaces new transactions by Ta, RFC 8445 §14.2, after a small burst.
// Deviates from RFC 8445 §14.2: the first checks of a session go out together, as the pairs of two
// ordinary hosts are few and their first flight decides how long a connection takes.
final class Pacer {
  private final long intervalNanos;
  private final long toleranceNanos;

  /// When the next transaction would be due if none had come early.
  private long scheduledAt;

  Pacer(long intervalNanos, int burst) {
    this.intervalNanos = intervalNanos;
    this.toleranceNanos = (burst - 1) * intervalNanos;
  }

  /// The earliest time of the next transaction.
  long nextAt() {
    return Math.max(0, scheduledAt - toleranceNanos);
  }

  boolean isReady(long now) {
    return now >= nextAt();
  }

  void note(long now) {
    scheduledAt = Math.max(now, scheduledAt) + intervalNanos;
  }
}
