package org.klatsch.rtp;

/// Absolute send time, draft-alvestrand-rmcat-remb-03 §2.1: seconds modulo 64 in 24 bits, 18 of
/// them fraction.
public final class AbsSendTime {
  private AbsSendTime() {}

  /// Of an NTP time.
  public static int ofNtp(long ntpTime) {
    return (int) (ntpTime >>> 14) & 0xffffff;
  }

  /// Of a monotonic clock's nanoseconds; receivers use differences only.
  public static int ofNanos(long nanos) {
    return ofNtp(NtpTime.ofNanos(nanos));
  }

  /// `later - earlier` in nanoseconds, between -32 and 32 seconds.
  public static long differenceNanos(int later, int earlier) {
    int difference = (later - earlier) << 8 >> 8;
    return (difference * 1_000_000_000L) >> 18;
  }
}
