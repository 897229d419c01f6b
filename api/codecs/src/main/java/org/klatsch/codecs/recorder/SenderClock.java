package org.klatsch.codecs.recorder;

/// The wall clock of a sender as seen from here. The streams of one sender share it, so that they
/// play as they were captured, RFC 3550 §5.1. One thread at a time.
public final class SenderClock {
  private static final double NTP_UNITS_PER_NANO = 4.294967296;

  private long offset = Long.MAX_VALUE;

  /// Of a sender that nothing came from yet.
  public SenderClock() {}

  /// The local time at which a frame captured at `ntpTime` would have come on the fastest way.
  long local(long ntpTime, long arrival) {
    long captured = nanos(ntpTime);
    offset = Math.min(offset, arrival - captured);
    return captured + offset;
  }

  /// Nanoseconds of an NTP timestamp, which has 32 bits of seconds since 1900 and 32 of fraction.
  private static long nanos(long ntpTime) {
    return (ntpTime >>> 32) * 1_000_000_000L
        + (long) ((ntpTime & 0xffff_ffffL) / NTP_UNITS_PER_NANO);
  }
}
