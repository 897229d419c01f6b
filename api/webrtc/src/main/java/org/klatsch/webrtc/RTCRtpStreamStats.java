package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What all statistics of RTP streams have, W3C WebRTC Statistics §8.2.
public sealed interface RTCRtpStreamStats extends RTCStats
    permits RTCReceivedRtpStreamStats, RTCSentRtpStreamStats {
  @Nullable Long ssrc();

  /// `audio` or `video`.
  @Nullable String kind();

  @Nullable String transportId();

  @Nullable String codecId();
}
