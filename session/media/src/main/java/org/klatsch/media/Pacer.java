package org.klatsch.media;

/// Spreads video over time: a key frame leaves at a rate that the path bears, not at once. Audio
/// does not wait here.
final class Pacer {
  /// What may leave at once, in nanoseconds at the pace.
  private final long burst;

  private double bitsPerSecond = 1_000_000;

  /// When all that was sent would have left at the pace.
  private long busyUntil;

  Pacer(long burst) {
    this.burst = burst;
  }

  void rate(double newBitsPerSecond) {
    bitsPerSecond = newBitsPerSecond;
  }

  double rate() {
    return bitsPerSecond;
  }

  boolean maySend(long now) {
    return busyUntil - now <= burst;
  }

  /// When the next packet may leave.
  long nextTime() {
    return busyUntil - burst;
  }

  void sent(long now, int bytes) {
    busyUntil = Math.max(busyUntil, now) + (long) (bytes * 8e9 / bitsPerSecond);
  }

  /// How long `bytes` take at the pace, in nanoseconds.
  long duration(long bytes) {
    return (long) (bytes * 8e9 / bitsPerSecond);
  }
}
