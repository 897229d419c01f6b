package org.klatsch.stun;

import java.time.Duration;

/// When a request is sent again and when it has failed, RFC 8489 §6.2.1 and §6.2.2.
///
/// With the defaults requests go out at 0, 500, 1500, 3500, 7500, 15500 and 31500 ms, and the
/// transaction fails at 39500 ms.
///
/// @param rto the interval after the first transmission, doubled after each
/// @param rc how often a request is sent in all
/// @param rm how many times the first `rto` to wait after the last transmission
/// @param ti how long to wait for the response over a reliable transport
public record RetransmissionSchedule(Duration rto, int rc, int rm, Duration ti) {
  /// RTO 500 ms (the least without knowledge of the path), Rc 7, Rm 16, Ti 39.5 s.
  public static final RetransmissionSchedule DEFAULT =
      new RetransmissionSchedule(Duration.ofMillis(500), 7, 16, Duration.ofMillis(39_500));

  public RetransmissionSchedule {
    if (rto.isNegative() || rto.isZero() || ti.isNegative() || rc < 1 || rc > 30 || rm < 1) {
      throw new IllegalArgumentException(
          "rto "
              + rto
              + " and ti "
              + ti
              + " must be positive, rc "
              + rc
              + " in 1 to 30, rm "
              + rm
              + " at least 1");
    }
  }

  /// The same schedule with another first interval.
  public RetransmissionSchedule withRto(Duration newRto) {
    return new RetransmissionSchedule(newRto, rc, rm, ti);
  }
}
