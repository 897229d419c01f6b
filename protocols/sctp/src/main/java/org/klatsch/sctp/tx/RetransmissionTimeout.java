package org.klatsch.sctp.tx;

/// RTO calculation, RFC 9260 §6.3.1. All values in nanoseconds.
public final class RetransmissionTimeout {
  /// Clock granularity G; drivers wake a core to about a millisecond.
  private static final long GRANULARITY = 1_000_000;

  private final long initial;
  private final long min;
  private final long max;
  private long srtt;
  private long rttvar;
  private long rto;
  private int backoff;

  public RetransmissionTimeout(long initial, long min, long max) {
    this.initial = initial;
    this.min = min;
    this.max = max;
    this.rto = initial;
  }

  /// Takes a measurement, rules C2 and C3.
  public void handleRtt(long rtt) {
    if (srtt == 0) {
      srtt = Math.max(1, rtt);
      rttvar = rtt / 2;
    } else {
      // RTO.Beta is 1/4, RTO.Alpha 1/8, RFC 9260 §16.
      rttvar = rttvar - rttvar / 4 + Math.abs(srtt - rtt) / 4;
      srtt = Math.max(1, srtt - srtt / 8 + rtt / 8);
    }
    rto = Math.clamp(srtt + Math.max(GRANULARITY, 4 * rttvar), min, max);
    backoff = 0;
  }

  /// Doubles the timeout after an expiry, rule E2.
  public void backOff() {
    backoff = Math.min(backoff + 1, 30);
  }

  /// Ends backing off: the peer acknowledged new data.
  public void resetBackoff() {
    backoff = 0;
  }

  /// Forgets all measurements: the path is another one.
  public void reset() {
    srtt = 0;
    rttvar = 0;
    rto = initial;
    backoff = 0;
  }

  /// The current timeout, backing off included.
  public long rto() {
    return Math.min(max, rto << Math.min(backoff, 20));
  }

  /// Smoothed round-trip time, 0 before the first measurement.
  public long srtt() {
    return srtt;
  }
}
