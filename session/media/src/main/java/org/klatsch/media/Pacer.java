package org.klatsch.media;

/// Spreads video over time: a key frame leaves at a rate that the path bears, not at once. Audio
/// does not wait here.
///
/// What leaves, leaves in bursts of some packets with pauses between them rather than one by one:
/// waking up for a packet costs as much as sending several, and the system sends those of one size
/// in one go.
final class Pacer {
  /// No burst but for a packet is longer at the pace, in nanoseconds: what waits behind it would
  /// feel it.
  private static final long LONGEST = 20_000_000;

  /// What may leave at once, in nanoseconds at the pace.
  private final long burst;

  /// What may leave at once in any case, in bytes.
  private final int burstBytes;

  private double bitsPerSecond = 1_000_000;

  /// When all that was sent would have left at the pace.
  private long busyUntil;

  Pacer(long burst, int burstBytes) {
    this.burst = burst;
    this.burstBytes = burstBytes;
  }

  void rate(double newBitsPerSecond) {
    bitsPerSecond = newBitsPerSecond;
  }

  double rate() {
    return bitsPerSecond;
  }

  boolean maySend(long now) {
    return busyUntil - now <= allowed();
  }

  private long allowed() {
    return Math.max(burst, Math.min(duration(burstBytes), LONGEST));
  }

  /// When the next packet may leave.
  long nextTime() {
    return busyUntil - allowed();
  }

  /// When the next burst may leave whole.
  long nextBurst() {
    return busyUntil;
  }

  void sent(long now, int bytes) {
    busyUntil = Math.max(busyUntil, now) + (long) (bytes * 8e9 / bitsPerSecond);
  }

  /// How long `bytes` take at the pace, in nanoseconds.
  long duration(long bytes) {
    return (long) (bytes * 8e9 / bitsPerSecond);
  }
}
