package org.klatsch.webrtc;

import org.klatsch.media.SenderReportInfo;
import org.klatsch.rtp.NtpTime;

/// What of a stream was played at a moment.
///
/// @param ssrc of the stream, 0 for the one that is played
/// @param rtpTimestamp on the wire
/// @param time the driver's nanoseconds
record PlayoutPoint(int ssrc, int rtpTimestamp, long time) {
  private static final double NANOS_PER_MILLI = 1e6;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /// What the sender's clock showed when it sent what is played now, in milliseconds since 1970:
  /// W3C WebRTC Statistics §8.4, `estimatedPlayoutTimestamp`.
  double estimate(SenderReportInfo report, int clockRateHz, long now) {
    int ticks = rtpTimestamp - report.rtpTimestamp();
    long sent = NtpTime.toEpochNanos(report.ntpTime()) + ticks * NANOS_PER_SECOND / clockRateHz;
    return (sent + now - time) / NANOS_PER_MILLI;
  }
}
