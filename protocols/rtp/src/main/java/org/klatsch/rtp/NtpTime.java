package org.klatsch.rtp;

/// Arithmetic with NTP timestamps, RFC 3550 §4: seconds since 1900 in the upper 32 bits of a
/// `long`, fractions of 2⁻³² seconds in the lower ones. Compare by difference: the number wraps in
/// 2036.
public final class NtpTime {
  /// Seconds from 1900 to 1970.
  private static final long EPOCH_SECONDS = 2_208_988_800L;

  private static final long NANOS = 1_000_000_000L;

  private NtpTime() {}

  /// Of a wall clock's seconds and nanoseconds since 1970.
  public static long ofEpoch(long epochSecond, int nano) {
    return (epochSecond + EPOCH_SECONDS) << 32 | ofNanos(nano);
  }

  /// A duration of nanoseconds, below 2³¹ seconds, in units of 2⁻³² seconds.
  public static long ofNanos(long nanos) {
    long seconds = Math.floorDiv(nanos, NANOS);
    return (seconds << 32) + ((Math.floorMod(nanos, NANOS) << 32) / NANOS);
  }

  /// A difference of two NTP timestamps in nanoseconds.
  public static long toNanos(long ntpDifference) {
    long fraction = ntpDifference & 0xffff_ffffL;
    return (ntpDifference >> 32) * NANOS + ((fraction * NANOS + (1L << 31)) >>> 32);
  }

  /// Nanoseconds since 1970.
  public static long toEpochNanos(long ntpTime) {
    long seconds = (ntpTime >>> 32) - EPOCH_SECONDS;
    return seconds * NANOS + (((ntpTime & 0xffff_ffffL) * NANOS + (1L << 31)) >>> 32);
  }

  /// The middle 32 bits, as LSR and DLSR carry them, RFC 3550 §6.4.1: units of 2⁻¹⁶ seconds.
  public static int middle(long ntpTime) {
    return (int) (ntpTime >>> 16);
  }

  /// A duration in units of 2⁻¹⁶ seconds, as DLSR carries it, in nanoseconds.
  public static long middleToNanos(int middle) {
    return (Integer.toUnsignedLong(middle) * NANOS) >>> 16;
  }

  /// A duration of nanoseconds in units of 2⁻¹⁶ seconds.
  public static int middleOfNanos(long nanos) {
    return (int) (ofNanos(nanos) >>> 16);
  }
}
