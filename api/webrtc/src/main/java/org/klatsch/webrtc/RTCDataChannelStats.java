package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A data channel, W3C WebRTC Statistics §8.13. Null means unknown.
public record RTCDataChannelStats(
    double timestamp,
    String id,
    String label,
    String protocol,
    @Nullable Integer dataChannelIdentifier,
    RTCDataChannelState state,
    long messagesSent,
    long bytesSent,
    long messagesReceived,
    long bytesReceived)
    implements RTCStats {
  @Override
  public RTCStatsType type() {
    return RTCStatsType.DATA_CHANNEL;
  }
}
