package org.klatsch.webrtc;

/// How often what is played may go back for somebody who needs a key frame: at once for the few who
/// join one after the other, but seldom in the long run, so that it gets on whoever asks. Not
/// thread-safe; times are nanoseconds of any clock.
final class KeyFrameAllowance {
  /// Between two times at least: a key frame that has just been sent serves all.
  private static final long SPACING = 1_000_000_000L;

  /// Between two times in the long run.
  private static final long INTERVAL = 5_000_000_000L;

  /// Times in a row.
  private static final int BURST = 3;

  private boolean begun;
  private long last;

  /// When all that was taken would have been allowed in the long run.
  private long paidUntil;

  /// Takes one time, if there is one.
  boolean take(long now) {
    if (!begun) {
      begun = true;
      paidUntil = now;
    } else if (now - last < SPACING || paidUntil - now > (BURST - 1) * INTERVAL) {
      return false;
    }
    last = now;
    paidUntil = Math.max(paidUntil, now) + INTERVAL;
    return true;
  }
}
