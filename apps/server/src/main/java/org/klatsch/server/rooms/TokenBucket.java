package org.klatsch.server.rooms;

/// A rate with a burst. Confined to the directory's lock.
final class TokenBucket {
  private final double perNano;
  private final double burst;
  private double tokens;
  private long filledAt;

  TokenBucket(long now, double perSecond, double burst) {
    this.perNano = perSecond / 1e9;
    this.burst = burst;
    tokens = burst;
    filledAt = now;
  }

  boolean take(long now) {
    fill(now);
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  /// Whether [#take] would succeed.
  boolean ready(long now) {
    fill(now);
    return tokens >= 1;
  }

  boolean full(long now) {
    fill(now);
    return tokens >= burst;
  }

  private void fill(long now) {
    tokens = Math.min(burst, tokens + (now - filledAt) * perNano);
    filledAt = now;
  }
}
