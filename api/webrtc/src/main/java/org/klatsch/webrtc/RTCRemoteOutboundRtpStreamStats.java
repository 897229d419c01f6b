package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What the peer reports of a stream that it sends, W3C WebRTC Statistics §8.8. Null means unknown.
public final class RTCRemoteOutboundRtpStreamStats implements RTCSentRtpStreamStats {
  private final StatsValues values;

  RTCRemoteOutboundRtpStreamStats(StatsValues values) {
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
    return RTCStatsType.REMOTE_OUTBOUND_RTP;
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
  public @Nullable Long packetsSent() {
    return values().whole("packetsSent");
  }

  @Override
  public @Nullable Long bytesSent() {
    return values().whole("bytesSent");
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

  @Override
  public String toString() {
    return type() + " " + values;
  }
}
