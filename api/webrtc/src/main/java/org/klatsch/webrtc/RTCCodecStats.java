package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A codec in use, W3C WebRTC Statistics §8.1. Null means unknown.
public record RTCCodecStats(
    double timestamp,
    String id,
    int payloadType,
    String transportId,
    String mimeType,
    @Nullable Integer clockRate,
    @Nullable Integer channels,
    @Nullable String sdpFmtpLine)
    implements RTCStats {
  @Override
  public RTCStatsType type() {
    return RTCStatsType.CODEC;
  }
}
