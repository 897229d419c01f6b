package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// An audio track that is sent, W3C WebRTC Statistics §8.10. Null means unknown.
public final class RTCAudioSourceStats implements RTCMediaSourceStats {
  private final StatsValues values;

  RTCAudioSourceStats(StatsValues values) {
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

  /// Linear, 1 is the loudest.
  public @Nullable Double audioLevel() {
    return values().real("audioLevel");
  }

  public @Nullable Double totalAudioEnergy() {
    return values().real("totalAudioEnergy");
  }

  /// In seconds.
  public @Nullable Double totalSamplesDuration() {
    return values().real("totalSamplesDuration");
  }

  @Override
  public String toString() {
    return type() + " " + values;
  }
}
