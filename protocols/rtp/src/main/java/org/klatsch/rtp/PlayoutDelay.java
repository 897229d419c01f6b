package org.klatsch.rtp;

/// Limits the sender sets to the play-out delay: twelve bits of minimum and of maximum, in units of
/// 10 ms.
public final class PlayoutDelay {
  private static final int UNIT_MILLIS = 10;
  private static final int MAX_MILLIS = 0xfff * UNIT_MILLIS;

  private PlayoutDelay() {}

  /// The extension's 24 bits.
  public static int of(int minMillis, int maxMillis) {
    if (minMillis < 0 || maxMillis < minMillis || maxMillis > MAX_MILLIS) {
      throw new IllegalArgumentException(
          "play-out delay "
              + minMillis
              + " to "
              + maxMillis
              + ", 0 to "
              + MAX_MILLIS
              + " expected");
    }
    return minMillis / UNIT_MILLIS << 12 | maxMillis / UNIT_MILLIS;
  }

  public static int minMillis(int value) {
    return (value >>> 12 & 0xfff) * UNIT_MILLIS;
  }

  public static int maxMillis(int value) {
    return (value & 0xfff) * UNIT_MILLIS;
  }
}
