package org.klatsch.media;

import org.klatsch.rtp.NtpTime;

/// The wall clock as the driver told it: NTP timestamps for sender reports.
final class WallClock {
  private long anchor;

  /// Without being told, the driver's own time serves, as RFC 3550 §6.4.1 allows.
  private long ntpAtAnchor;

  void set(long now, long ntpTime) {
    anchor = now;
    ntpAtAnchor = ntpTime;
  }

  /// What the wall clock shows at `now`.
  long ntp(long now) {
    return ntpAtAnchor + NtpTime.ofNanos(now - anchor);
  }
}
