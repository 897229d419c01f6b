package org.klatsch.media.bwe;

import java.util.Arrays;

/// Bits a second over a sliding window.
public final class RateMeter {
  private static final int BUCKETS = 50;

  private final long bucketNanos;
  private final long[] bytes = new long[BUCKETS];
  private final int window;
  private long lastBucket = -1;
  private long firstBucket;
  private long total;

  /// @param windowMillis length of the window, at most 500
  public RateMeter(int windowMillis) {
    this.bucketNanos = 10_000_000;
    this.window = Math.min(BUCKETS, windowMillis / 10);
  }

  /// Counts bytes at a time; the times need not be in order.
  public void add(long time, long count) {
    advance(time);
    long bucket = Math.max(time / bucketNanos, lastBucket - window + 1);
    if (bucket > lastBucket) {
      return;
    }
    bytes[(int) (bucket % window)] += count;
    total += count;
  }

  private void advance(long time) {
    long bucket = time / bucketNanos;
    if (lastBucket < 0 || bucket - lastBucket >= window) {
      if (lastBucket < 0 || bucket - lastBucket >= 4L * window) {
        firstBucket = bucket;
      }
      Arrays.fill(bytes, 0);
      total = 0;
      lastBucket = bucket;
      return;
    }
    while (lastBucket < bucket) {
      lastBucket++;
      int at = (int) (lastBucket % window);
      total -= bytes[at];
      bytes[at] = 0;
    }
  }

  /// Bits a second in the window that ends at `time`; 0 while too little was seen.
  public long rate(long time) {
    if (lastBucket < 0) {
      return 0;
    }
    advance(time);
    long covered = Math.min(window, lastBucket - firstBucket + 1);
    return covered < window / 3 ? 0 : total * 8 * 1_000_000_000L / (covered * bucketNanos);
  }
}
