package org.klatsch.media.bwe;

/// The rate that losses allow, draft-ietf-rmcat-gcc-02 §6: grows below 2 % of loss, falls above 10
/// %, stays between, where loss is the path's own rather than a full queue's.
final class LossControl {
  private static final double LOW = 0.02;
  private static final double HIGH = 0.1;
  private static final double GROWTH = 1.08;

  /// Packets that make a judgement.
  private static final int MIN_PACKETS = 20;

  private static final long INTERVAL = 200_000_000;

  private final long min;
  private final long max;
  private long rate;
  private long lost;
  private long expected;
  private long lastIncrease = -1;
  private long lastDecrease = -1;
  private double share;

  LossControl(long min, long start, long max) {
    this.min = min;
    this.rate = start;
    this.max = max;
  }

  long rate() {
    return rate;
  }

  /// The share of packets lost lately.
  double share() {
    return share;
  }

  /// A probe showed what the path bears.
  void probed(long bitsPerSecond) {
    rate = Math.clamp(Math.max(rate, bitsPerSecond), min, max);
  }

  /// @param delayRate what delays allow: this never stands far above
  void update(
      long now, long newLost, long newExpected, long delayRate, long roundTrip, boolean limited) {
    lost += newLost;
    expected += newExpected;
    if (expected < MIN_PACKETS) {
      return;
    }
    share = (double) lost / expected;
    if (share > HIGH) {
      if (lastDecrease < 0 || now - lastDecrease >= INTERVAL + roundTrip) {
        rate = Math.clamp((long) (rate * (1 - 0.5 * share)), min, max);
        lastDecrease = now;
        forget();
      }
      lastIncrease = now;
    } else if (lastIncrease < 0 || now - lastIncrease >= INTERVAL) {
      double passed = lastIncrease < 0 ? 0 : Math.min(1, (now - lastIncrease) * 1e-9);
      if (share < LOW && !limited) {
        rate = Math.clamp((long) (rate * Math.pow(GROWTH, passed) + 1000 * passed), min, max);
      }
      lastIncrease = now;
      forget();
    }
    // Otherwise it would need long to come down when losses begin.
    rate = Math.min(rate, Math.clamp(2 * delayRate, min, max));
  }

  private void forget() {
    lost = 0;
    expected = 0;
  }
}
