package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What the peer reports of a stream that it receives from here, W3C WebRTC Statistics §8.5. Null
/// means unknown.
public final class RTCRemoteInboundRtpStreamStats implements RTCReceivedRtpStreamStats {
  private final StatsValues values;

  RTCRemoteInboundRtpStreamStats(StatsValues values) {
    this.values = values;
  }

  StatsValues values() {
    return values;
  }

  @Override
  public double timestamp() {
    return values.timestamp();
  }

  @Override
  public RTCStatsType type() {
    return RTCStatsType.REMOTE_INBOUND_RTP;
  }

  @Override
  public String id() {
    return values.id();
  }

  @Override
  public @Nullable Long ssrc() {
    return values().whole("ssrc");
  }

  @Override
  public @Nullable String kind() {
    return values().text("kind");
  }

  @Override
  public @Nullable String transportId() {
    return values().text("transportId");
  }

  @Override
  public @Nullable String codecId() {
    return values().text("codecId");
  }

  @Override
  public @Nullable Long packetsReceived() {
    return values().whole("packetsReceived");
  }

  @Override
  public @Nullable Long packetsLost() {
    return values().whole("packetsLost");
  }

  @Override
  public @Nullable Double jitter() {
    return values().real("jitter");
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

  @Override
  public String toString() {
    return type() + " " + values;
  }
}
