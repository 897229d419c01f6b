package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What all statistics of RTP streams have, W3C WebRTC Statistics §8.2. Null means unknown.
public abstract sealed class RTCRtpStreamStats implements RTCStats
    permits RTCReceivedRtpStreamStats, RTCSentRtpStreamStats {
  private final StatsValues values;

  RTCRtpStreamStats(StatsValues values) {
    this.values = values;
  }

  final StatsValues values() {
    return values;
  }

  @Override
  public final double timestamp() {
    return values.timestamp();
  }

  @Override
  public final String id() {
    return values.id();
  }

  public final @Nullable Long ssrc() {
    return values().whole("ssrc");
  }

  /// `audio` or `video`.
  public final @Nullable String kind() {
    return values().text("kind");
  }

  public final @Nullable String transportId() {
    return values().text("transportId");
  }

  public final @Nullable String codecId() {
    return values().text("codecId");
  }

  @Override
  public final String toString() {
    return type() + " " + values;
  }
}
