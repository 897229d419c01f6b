package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// How the audio of a receiver is handed to whoever listens, W3C WebRTC Statistics §8.12. Null
/// means unknown.
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

  /// Silence in the place of samples that were not made in time, in seconds: this machine is too
  /// slow. What the network failed to bring is in [RTCInboundRtpStreamStats#concealedSamples].
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

  /// Unknown: samples are handed over, and who listens knows what becomes of them.
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
