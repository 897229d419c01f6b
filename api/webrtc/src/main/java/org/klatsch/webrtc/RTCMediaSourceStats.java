package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A track that is sent, W3C WebRTC Statistics §8.8.
public sealed interface RTCMediaSourceStats extends RTCStats
    permits RTCAudioSourceStats, RTCVideoSourceStats {
  @Nullable String trackIdentifier();

  /// `audio` or `video`.
  @Nullable String kind();
}
