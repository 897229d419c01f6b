package org.klatsch.media.bwe;

import org.klatsch.media.bwe.TrendDetector.Usage;

/// The rate that keeps queues short: additive or multiplicative increase, multiplicative decrease,
/// draft-ietf-rmcat-gcc-02 §5.5.
final class DelayControl {
  private static final double SECONDS = 1e-9;

  /// Decrease to this share of what arrived, §5.5 `beta`.
  private static final double BETA = 0.85;

  /// Growth a second while the capacity is unknown, §5.5 `eta`.
  private static final double GROWTH = 1.08;

  /// Estimates never stand higher above what arrives, §5.5.
  private static final double HEADROOM = 1.5;

  private static final double HEADROOM_BITS = 10_000;

  private enum State {
    HOLD,
    INCREASE,
    DECREASE
  }

  private final long min;
  private final long max;
  private long rate;
  private State state = State.HOLD;
  private long lastChange = -1;
  private long lastDecrease = -1;

  /// Average and relative variance of what arrived when the path was overused: its capacity.
  private double capacity = -1;

  private double deviation = 0.4;
  private long rateBeforeDecrease;

  DelayControl(long min, long start, long max) {
    this.min = min;
    this.rate = start;
    this.max = max;
  }

  long rate() {
    return rate;
  }

  /// The rate before the last decrease.
  long rateBeforeDecrease() {
    return rateBeforeDecrease;
  }

  /// When it was last decreased; −1 when never.
  long lastDecrease() {
    return lastDecrease;
  }

  /// A probe showed what the path bears.
  void probed(long now, long bitsPerSecond) {
    rate = Math.clamp(bitsPerSecond, min, max);
    lastChange = now;
  }

  /// @param arrived bits a second that arrived lately, 0 while unknown
  /// @param limited whether the application has less to send than it may
  void update(long now, Usage usage, long arrived, long roundTrip, boolean limited) {
    switch (usage) {
      case OVERUSING -> state = State.DECREASE;
      case UNDERUSING -> state = State.HOLD;
      case NORMAL -> {
        if (state == State.HOLD) {
          state = State.INCREASE;
          lastChange = now;
        }
      }
    }
    if (state == State.DECREASE) {
      decrease(now, arrived, roundTrip);
    } else if (state == State.INCREASE) {
      if (!limited) {
        increase(now, arrived, roundTrip);
      }
      lastChange = now;
    }
  }

  private void increase(long now, long arrived, long roundTrip) {
    double ceiling =
        capacity < 0
            ? Double.MAX_VALUE
            : capacity + 3 * Math.sqrt(deviation * capacity / 1000) * 1000;
    if (arrived > ceiling) {
      capacity = -1;
    }
    double passed = lastChange < 0 ? 0 : Math.min(1, (now - lastChange) * SECONDS);
    double grown;
    if (capacity > 0) {
      // Near the capacity: about one packet each response time, §5.5.
      double response = (roundTrip + 100_000_000) * SECONDS;
      double framesBits = rate / 30.0;
      double packets = Math.ceil(framesBits / (1200 * 8));
      double step = Math.max(4000, framesBits / Math.max(1, packets) / response);
      grown = rate + step * passed;
    } else {
      grown = rate * Math.pow(GROWTH, passed) + 1000 * passed;
    }
    double limit =
        arrived > 0 ? Math.max((double) rate, HEADROOM * arrived + HEADROOM_BITS) : grown;
    rate = Math.clamp((long) Math.min(grown, limit), min, max);
  }

  private void decrease(long now, long arrived, long roundTrip) {
    // Not twice for the same queue.
    if (lastDecrease >= 0 && now - lastDecrease < Math.max(roundTrip, 10_000_000) + 100_000_000L) {
      return;
    }
    long basis = arrived > 0 ? arrived : rate;
    long lowered = (long) (BETA * basis);
    if (lowered > rate) {
      // What is on its way was sent at a higher rate than the present one.
      lowered = capacity > 0 ? Math.min(rate, (long) (BETA * capacity)) : rate;
    }
    noteCapacity(basis);
    rateBeforeDecrease = rate;
    rate = Math.clamp(lowered, min, max);
    lastDecrease = now;
    lastChange = now;
    state = State.HOLD;
  }

  private void noteCapacity(long arrived) {
    if (capacity > 0 && arrived < capacity - 3 * Math.sqrt(deviation * capacity / 1000) * 1000) {
      capacity = -1;
    }
    double kilo = arrived / 1000.0;
    double average = capacity < 0 ? kilo : 0.95 * capacity / 1000 + 0.05 * kilo;
    double error = average - kilo;
    deviation =
        Math.clamp(0.95 * deviation + 0.05 * error * error / Math.max(average, 1), 0.4, 2.5);
    capacity = average * 1000;
  }
}
