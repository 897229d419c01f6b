package org.klatsch.media.forwarding;

import org.klatsch.rtp.NtpTime;

/// When something was captured by the clock of this side, from the wall clock of one sender: audio
/// and video of a sender stay in time with each other through it, RFC 3550 §6.4.1.
final class SourceClock {
  /// A wall clock that was set anew.
  private static final long JUMP = 5_000_000_000L;

  private boolean known;
  private long offset;

  /// A report came.
  ///
  /// @param ntpTime the sender's wall clock when it left
  void note(long now, long ntpTime) {
    long seen = now - NtpTime.toEpochNanos(ntpTime);
    // The fastest report tells most.
    if (!known || seen < offset || seen - offset > JUMP) {
      offset = seen;
      known = true;
    }
  }

  boolean isKnown() {
    return known;
  }

  /// What the clock of this side showed, about, when the sender's wall clock showed `ntpTime`.
  long localTime(long ntpTime) {
    return NtpTime.toEpochNanos(ntpTime) + offset;
  }
}
