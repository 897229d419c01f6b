package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What the peer reports of a stream that it sends, W3C WebRTC Statistics §8.8. Null means unknown.
public final class RTCRemoteOutboundRtpStreamStats extends RTCSentRtpStreamStats {
  RTCRemoteOutboundRtpStreamStats(StatsValues values) {
    super(values);
  }

  @Override
  public RTCStatsType type() {
    return RTCStatsType.REMOTE_OUTBOUND_RTP;
  }

  /// The [RTCInboundRtpStreamStats] of the same stream.
  public @Nullable String localId() {
    return values().text("localId");
  }

  /// The peer's clock at its report, in milliseconds since 1970.
  public @Nullable Double remoteTimestamp() {
    return values().real("remoteTimestamp");
  }

  public @Nullable Long reportsSent() {
    return values().whole("reportsSent");
  }

  /// In seconds, by the last report that answered a reference time of ours, RFC 3611 §4.5: to be
  /// had while nothing is sent from here, else [RTCRemoteInboundRtpStreamStats] has it.
  public @Nullable Double roundTripTime() {
    return values().real("roundTripTime");
  }

  /// In seconds.
  public @Nullable Double totalRoundTripTime() {
    return values().real("totalRoundTripTime");
  }

  public @Nullable Long roundTripTimeMeasurements() {
    return values().whole("roundTripTimeMeasurements");
  }
}
