package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What the peer reports of a stream that it receives from here, W3C WebRTC Statistics §8.5. Null
/// means unknown.
public final class RTCRemoteInboundRtpStreamStats extends RTCReceivedRtpStreamStats {
  RTCRemoteInboundRtpStreamStats(StatsValues values) {
    super(values);
  }

  @Override
  public RTCStatsType type() {
    return RTCStatsType.REMOTE_INBOUND_RTP;
  }

  /// The [RTCOutboundRtpStreamStats] of the same stream.
  public @Nullable String localId() {
    return values().text("localId");
  }

  /// In seconds.
  public @Nullable Double roundTripTime() {
    return values().real("roundTripTime");
  }

  /// In seconds.
  public @Nullable Double totalRoundTripTime() {
    return values().real("totalRoundTripTime");
  }

  /// Since the report before.
  public @Nullable Double fractionLost() {
    return values().real("fractionLost");
  }

  public @Nullable Long roundTripTimeMeasurements() {
    return values().whole("roundTripTimeMeasurements");
  }

  /// Packets that went out marked ECT(1) and arrived unmarked: none is marked.
  public @Nullable Long packetsWithBleachedEct1Marking() {
    return values().whole("packetsWithBleachedEct1Marking");
  }
}
