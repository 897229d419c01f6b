package org.klatsch.media.bwe;

/// Finds out whether a queue grows on the path: by the slope of the delay of packet groups,
/// draft-ietf-rmcat-gcc-02 §5.1 to §5.4 with a line fitted through the last groups in place of the
/// Kalman filter.
final class TrendDetector {
  private static final double MILLI = 1e-6;

  /// Packets sent within this are one group, §5.2.
  private static final long BURST = 5_000_000;

  /// Groups that the line is fitted through.
  private static final int WINDOW = 20;

  /// Smooths the delay before.
  private static final double SMOOTHING = 0.9;

  /// Turns the slope into the measure that the threshold is for.
  private static final double GAIN = 4;

  /// Groups after which a slope counts fully.
  private static final int FULL_WEIGHT = 60;

  /// How long the threshold must be passed, in milliseconds, §5.4 `overuse_time_th`.
  private static final double OVERUSE_TIME = 10;

  /// How fast the threshold follows, upwards and downwards, §5.4 `K_u` and `K_d`.
  private static final double UP = 0.0087;

  private static final double DOWN = 0.039;

  private static final double MIN_THRESHOLD = 6;
  private static final double MAX_THRESHOLD = 600;

  /// Outliers this far above do not move the threshold, §5.4.
  private static final double MAX_ADAPTATION = 15;

  /// Arrival times that jump further tell nothing.
  private static final long MAX_JUMP = 3_000_000_000L;

  private boolean begun;
  private long groupFirstSent;
  private long groupLastSent;
  private long groupLastArrival;
  private long groupFirstArrival;
  private boolean hasPrevious;
  private long previousSent;
  private long previousArrival;

  private final double[] xs = new double[WINDOW];
  private final double[] ys = new double[WINDOW];
  private int count;
  private int total;
  private double accumulated;
  private double smoothed;
  private long firstArrival;
  private double previousTrend;
  private double threshold = 12.5;
  private long lastUpdate = -1;
  private double overTime = -1;
  private int overCount;
  private Usage usage = Usage.NORMAL;

  enum Usage {
    NORMAL,
    OVERUSING,
    UNDERUSING
  }

  Usage usage() {
    return usage;
  }

  /// Takes a packet, in the order of sending.
  ///
  /// @param arrival by the receiver's clock
  void add(long now, long sent, long arrival) {
    if (!begun) {
      begun = true;
      startGroup(sent, arrival);
      firstArrival = arrival;
      return;
    }
    if (sent < groupFirstSent) {
      return;
    }
    if (belongsToGroup(sent, arrival)) {
      groupLastSent = Math.max(groupLastSent, sent);
      groupLastArrival = Math.max(groupLastArrival, arrival);
      return;
    }
    if (hasPrevious) {
      long sentDelta = groupLastSent - previousSent;
      long arrivalDelta = groupLastArrival - previousArrival;
      if (Math.abs(arrivalDelta - sentDelta) > MAX_JUMP) {
        reset();
      } else {
        update(now, sentDelta, arrivalDelta, groupLastArrival);
      }
    }
    hasPrevious = true;
    previousSent = groupLastSent;
    previousArrival = groupLastArrival;
    startGroup(sent, arrival);
  }

  private void reset() {
    count = 0;
    total = 0;
    accumulated = 0;
    smoothed = 0;
    previousTrend = 0;
    usage = Usage.NORMAL;
    overTime = -1;
    overCount = 0;
  }

  private void startGroup(long sent, long arrival) {
    groupFirstSent = sent;
    groupLastSent = sent;
    groupFirstArrival = arrival;
    groupLastArrival = arrival;
  }

  private boolean belongsToGroup(long sent, long arrival) {
    if (sent - groupFirstSent <= BURST) {
      return true;
    }
    // Packets held up together somewhere come at once, §5.2.
    long propagation = arrival - groupLastArrival - (sent - groupLastSent);
    return propagation < 0
        && arrival - groupLastArrival <= BURST
        && arrival - groupFirstArrival < 100_000_000;
  }

  private void update(long now, long sentDelta, long arrivalDelta, long arrival) {
    double delta = (arrivalDelta - sentDelta) * MILLI;
    total = Math.min(total + 1, 1000);
    accumulated += delta;
    smoothed = SMOOTHING * smoothed + (1 - SMOOTHING) * accumulated;
    if (count == WINDOW) {
      System.arraycopy(xs, 1, xs, 0, WINDOW - 1);
      System.arraycopy(ys, 1, ys, 0, WINDOW - 1);
      count--;
    }
    xs[count] = (arrival - firstArrival) * MILLI;
    ys[count] = smoothed;
    count++;
    double trend = count == WINDOW ? slope() : previousTrend;
    detect(now, trend, sentDelta * MILLI);
  }

  private double slope() {
    double meanX = 0;
    double meanY = 0;
    for (int i = 0; i < count; i++) {
      meanX += xs[i];
      meanY += ys[i];
    }
    meanX /= count;
    meanY /= count;
    double numerator = 0;
    double denominator = 0;
    for (int i = 0; i < count; i++) {
      numerator += (xs[i] - meanX) * (ys[i] - meanY);
      denominator += (xs[i] - meanX) * (xs[i] - meanX);
    }
    return denominator == 0 ? 0 : numerator / denominator;
  }

  private void detect(long now, double trend, double sentMillis) {
    if (total < 2) {
      return;
    }
    double measure = Math.min(total, FULL_WEIGHT) * trend * GAIN;
    if (measure > threshold) {
      overTime = overTime < 0 ? sentMillis / 2 : overTime + sentMillis;
      overCount++;
      if (overTime > OVERUSE_TIME && overCount > 1 && trend >= previousTrend) {
        overTime = 0;
        overCount = 0;
        usage = Usage.OVERUSING;
      }
    } else {
      overTime = -1;
      overCount = 0;
      usage = measure < -threshold ? Usage.UNDERUSING : Usage.NORMAL;
    }
    previousTrend = trend;
    adapt(now, Math.abs(measure));
  }

  private void adapt(long now, double magnitude) {
    if (lastUpdate < 0) {
      lastUpdate = now;
    }
    if (magnitude <= threshold + MAX_ADAPTATION) {
      double k = magnitude < threshold ? DOWN : UP;
      double millis = Math.min((now - lastUpdate) * MILLI, 100);
      threshold += k * (magnitude - threshold) * millis;
      threshold = Math.clamp(threshold, MIN_THRESHOLD, MAX_THRESHOLD);
    }
    lastUpdate = now;
  }
}
