package org.klatsch.sansio;

/// Serial number arithmetic, RFC 1982, for the 32- and 16-bit numbers of SCTP and RTP.
public final class SerialNumbers {
  private SerialNumbers() {}

  /// Whether 32-bit `a` comes before `b`, RFC 1982 §3.2; false for two numbers 2³¹ apart.
  public static boolean isLess(int a, int b) {
    int difference = b - a;
    return difference > 0;
  }

  /// Whether 32-bit `a` comes before `b` or equals it.
  public static boolean isLessOrEqual(int a, int b) {
    return a == b || isLess(a, b);
  }

  /// Whether 16-bit `a` comes before `b`; both in 0 to 65535.
  public static boolean isLess16(int a, int b) {
    return (short) (b - a) > 0;
  }

  /// Whether 16-bit `a` comes before `b` or equals it; both in 0 to 65535.
  public static boolean isLessOrEqual16(int a, int b) {
    return a == b || isLess16(a, b);
  }
}
