package org.klatsch.gateway.media;

import java.time.Instant;
import org.klatsch.rtp.NtpTime;

/// The wall clock for the reports of media.
final class WallTime {
  private WallTime() {}

  /// What it shows now, as an NTP timestamp.
  static long ntp() {
    Instant now = Instant.now();
    return NtpTime.ofEpoch(now.getEpochSecond(), now.getNano());
  }
}
