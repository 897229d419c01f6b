package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// How the audio that is listened to is played, W3C WebRTC Statistics §8.12. Null means unknown.
public final class RTCAudioPlayoutStats implements RTCStats {
  private final StatsValues values;

  RTCAudioPlayoutStats(StatsValues values) {
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
    return RTCStatsType.MEDIA_PLAYOUT;
  }

  @Override
  public String id() {
    return values.id();
  }

  public @Nullable String kind() {
    return values().text("kind");
  }

  /// In seconds.
  public @Nullable Double synthesizedSamplesDuration() {
    return values().real("synthesizedSamplesDuration");
  }

  public @Nullable Long synthesizedSamplesEvents() {
    return values().whole("synthesizedSamplesEvents");
  }

  /// In seconds.
  public @Nullable Double totalSamplesDuration() {
    return values().real("totalSamplesDuration");
  }

  /// Sum over the samples, in seconds.
  public @Nullable Double totalPlayoutDelay() {
    return values().real("totalPlayoutDelay");
  }

  public @Nullable Long totalSamplesCount() {
    return values().whole("totalSamplesCount");
  }

  @Override
  public String toString() {
    return type() + " " + values;
  }
}
