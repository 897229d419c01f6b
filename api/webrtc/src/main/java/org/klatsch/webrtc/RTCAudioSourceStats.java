package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// An audio track that is sent, W3C WebRTC Statistics §8.10. Null means unknown.
public final class RTCAudioSourceStats extends RTCMediaSourceStats {
  RTCAudioSourceStats(StatsValues values) {
    super(values);
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
}
