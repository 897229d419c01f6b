package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A video track that is sent, W3C WebRTC Statistics §8.11. Null means unknown.
public final class RTCVideoSourceStats implements RTCMediaSourceStats {
  private final StatsValues values;

  RTCVideoSourceStats(StatsValues values) {
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
    return RTCStatsType.MEDIA_SOURCE;
  }

  @Override
  public String id() {
    return values.id();
  }

  @Override
  public @Nullable String trackIdentifier() {
    return values().text("trackIdentifier");
  }

  @Override
  public @Nullable String kind() {
    return values().text("kind");
  }

  public @Nullable Integer width() {
    return values().number("width");
  }

  public @Nullable Integer height() {
    return values().number("height");
  }

  public @Nullable Long frames() {
    return values().whole("frames");
  }

  public @Nullable Double framesPerSecond() {
    return values().real("framesPerSecond");
  }

  @Override
  public String toString() {
    return type() + " " + values;
  }
}
