package org.klatsch.sctp.tx;

import org.klatsch.sansio.ProtocolCore;

/// A token bucket that spreads packets over the round trip, so that a window does not leave as one
/// burst and overflow a queue or a socket buffer.
final class Pacer {
  /// Small enough for the queue of a short path.
  private static final int MIN_BURST_PACKETS = 8;

  /// A driver's turn.
  private static final int MAX_BURST_PACKETS = 64;

  private static final long MILLISECOND = 1_000_000;

  private final boolean enabled;
  private int packetSize;
  private long rate = Long.MAX_VALUE;
  private long burst;
  private double tokens;
  private long refilledAt;

  Pacer(boolean enabled, int packetSize) {
    this.enabled = enabled;
    this.packetSize = packetSize;
    this.burst = (long) MIN_BURST_PACKETS * packetSize;
    this.tokens = (double) burst;
  }

  void packetSize(int bytes) {
    packetSize = bytes;
  }

  /// Sets the rate in bytes per second; [Long#MAX_VALUE] for no limit.
  void rate(long now, long bytesPerSecond) {
    refill(now);
    rate = Math.max(1, bytesPerSecond);
    long perMillisecond = rate == Long.MAX_VALUE ? Long.MAX_VALUE : rate / 1000;
    burst =
        Math.clamp(
            perMillisecond,
            (long) MIN_BURST_PACKETS * packetSize,
            (long) MAX_BURST_PACKETS * packetSize);
    tokens = Math.min(tokens, (double) burst);
  }

  boolean maySend(long now) {
    if (!enabled || rate == Long.MAX_VALUE) {
      return true;
    }
    refill(now);
    return tokens > 0;
  }

  void handleSent(int bytes) {
    tokens -= bytes;
  }

  /// When enough tokens for a few packets are there; waking up for each packet costs more than it
  /// smooths.
  long nextTime(long now) {
    if (!enabled || rate == Long.MAX_VALUE) {
      return ProtocolCore.NEVER;
    }
    long wanted = Math.clamp(rate / 1000, packetSize, (long) MIN_BURST_PACKETS * packetSize / 2);
    double missing = (double) wanted - tokens;
    return missing <= 0 ? now : now + Math.max(1, (long) Math.ceil(missing * 1e9 / rate));
  }

  private void refill(long now) {
    long elapsed = now - refilledAt;
    refilledAt = now;
    if (elapsed > 0 && rate != Long.MAX_VALUE) {
      tokens =
          Math.min(
              (double) burst, tokens + (double) rate * Math.min(elapsed, 1000 * MILLISECOND) / 1e9);
    }
  }
}
