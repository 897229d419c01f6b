package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A video track that is sent, W3C WebRTC Statistics §8.11. Null means unknown.
public final class RTCVideoSourceStats extends RTCMediaSourceStats {
  RTCVideoSourceStats(StatsValues values) {
    super(values);
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
}
