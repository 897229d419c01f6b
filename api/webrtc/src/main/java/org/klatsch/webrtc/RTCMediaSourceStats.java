package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A track that is sent, W3C WebRTC Statistics §8.8. Null means unknown.
public abstract sealed class RTCMediaSourceStats implements RTCStats
    permits RTCAudioSourceStats, RTCVideoSourceStats {
  private final StatsValues values;

  RTCMediaSourceStats(StatsValues values) {
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
  public final RTCStatsType type() {
    return RTCStatsType.MEDIA_SOURCE;
  }

  @Override
  public final String id() {
    return values.id();
  }

  public final @Nullable String trackIdentifier() {
    return values().text("trackIdentifier");
  }

  /// `audio` or `video`.
  public final @Nullable String kind() {
    return values().text("kind");
  }

  @Override
  public final String toString() {
    return type() + " " + values;
  }
}
