package org.klatsch.webrtc;

/// How much trouble an encoder may take: less while frames take too much of their own length, as in
/// the first seconds of a process, before the just-in-time compiler has got to the codec, or on a
/// machine that has too much else to do. A plain voice in time is better than a fine one that
/// stutters. One thread at a time.
final class EncodingPace {
  private static final int MOST = 10;

  /// Of a frame's length: from here on the encoder is told to do with less.
  private static final double TOO_LONG = 0.5;

  /// Of a frame's length: below, it may try with more.
  private static final double EASY = 0.15;

  /// So many easy frames let it try with one more.
  private static final int PATIENCE = 25;

  /// What one frame decides of the average.
  private static final double WEIGHT = 0.2;

  /// One frame counts no more than this, so that a thread that stood still once decides nothing.
  private static final double WORST = 1.5;

  private double average;
  private int most = MOST;
  private int easy;

  /// The complexity to encode with.
  ///
  /// @param wish 0 to 10
  int complexity(int wish) {
    return Math.min(wish, most);
  }

  /// A frame was encoded.
  ///
  /// @param wish the complexity that is asked for
  /// @return whether [#complexity] changed
  boolean note(long tookNanos, long lengthNanos, int wish) {
    double share = Math.min(WORST, (double) tookNanos / lengthNanos);
    average += (share - average) * WEIGHT;
    int before = complexity(wish);
    if (average > TOO_LONG) {
      most = before / 2;
      average = 0;
      easy = 0;
    } else if (average < EASY && most < MOST) {
      if (++easy >= PATIENCE) {
        easy = 0;
        most++;
      }
    } else {
      easy = 0;
    }
    return complexity(wish) != before;
  }
}
