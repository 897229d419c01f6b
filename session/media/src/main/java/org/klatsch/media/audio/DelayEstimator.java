package org.klatsch.media.audio;

import java.util.Arrays;

/// Learns from the arrival of packets how long playout must wait so that most come in time: a
/// histogram of their delays behind the fastest, whose past fades.
public final class DelayEstimator {
  /// Fine enough not to add much delay by rounding up.
  private static final long BUCKET_NANOS = 5_000_000;

  /// 2 s and more in the last one.
  private static final int BUCKETS = 401;

  /// How much the past weighs after each packet: 100 packets, 2 s of usual ones.
  private static final double FADE = 0.99;

  /// When the growing weight is scaled back, long before a double gets inaccurate.
  private static final double RESCALE = 1e12;

  /// The fastest transit of the last 4 to 5 s is the base: long enough to hold through a burst,
  /// short enough to follow a clock that drifts by 200 ppm (1 ms) and a change of the path.
  private static final int WINDOWS = 5;

  private static final long WINDOW_NANOS = 1_000_000_000L;
  private static final long NONE = Long.MAX_VALUE;

  private final double quantile;
  private final double[] weights = new double[BUCKETS];
  private final long[] fastest = new long[WINDOWS];
  private double weight = 1;
  private double total;
  private long packets;
  private int window;
  private long windowEnd;
  private long base = NONE;

  /// @param quantile the share of packets that shall be in time
  public DelayEstimator(double quantile) {
    this.quantile = quantile;
    reset();
  }

  /// Forgets all.
  public void reset() {
    Arrays.fill(weights, 0);
    Arrays.fill(fastest, NONE);
    weight = 1;
    total = 0;
    packets = 0;
    window = 0;
    windowEnd = 0;
    base = NONE;
  }

  /// Whether nothing came.
  public boolean isEmpty() {
    return base == NONE;
  }

  /// The fastest transit of late, in nanoseconds.
  public long base() {
    return base;
  }

  /// Takes note of a packet.
  ///
  /// @param transit arrival minus media time, in nanoseconds
  public void add(long now, long transit) {
    if (now >= windowEnd) {
      boolean longAgo = now - windowEnd >= WINDOWS * WINDOW_NANOS;
      windowEnd = now + WINDOW_NANOS;
      window = (window + 1) % WINDOWS;
      fastest[window] = NONE;
      if (longAgo) {
        Arrays.fill(fastest, NONE);
      }
      long remembered = NONE;
      for (long each : fastest) {
        remembered = Math.min(remembered, each);
      }
      base = Math.min(remembered, transit);
    }
    fastest[window] = Math.min(fastest[window], transit);
    base = Math.min(base, transit);

    long delay = transit - base;
    int bucket = (int) Math.min(BUCKETS - 1, (delay + BUCKET_NANOS - 1) / BUCKET_NANOS);
    packets++;
    // Begins as a plain average, so that the first packets do not count for seconds.
    double fade = Math.min(FADE, 1 - 1.0 / (packets + 1));
    weight /= fade;
    weights[bucket] += weight;
    total += weight;
    if (weight > RESCALE) {
      for (int i = 0; i < BUCKETS; i++) {
        weights[i] /= weight;
      }
      total /= weight;
      weight = 1;
    }
  }

  /// The delay within which the wanted share of packets came, in nanoseconds.
  public long target() {
    double wanted = total * quantile;
    double sum = 0;
    for (int i = 0; i < BUCKETS; i++) {
      sum += weights[i];
      if (sum >= wanted) {
        return i * BUCKET_NANOS;
      }
    }
    return (BUCKETS - 1) * BUCKET_NANOS;
  }
}
