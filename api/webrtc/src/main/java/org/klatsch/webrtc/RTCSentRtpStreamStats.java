package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What a sender of a stream knows, W3C WebRTC Statistics §8.6.
public abstract sealed class RTCSentRtpStreamStats extends RTCRtpStreamStats
    permits RTCOutboundRtpStreamStats, RTCRemoteOutboundRtpStreamStats {
  RTCSentRtpStreamStats(StatsValues values) {
    super(values);
  }

  /// Retransmissions included.
  public final @Nullable Long packetsSent() {
    return values().whole("packetsSent");
  }

  /// Payload, without headers and padding.
  public final @Nullable Long bytesSent() {
    return values().whole("bytesSent");
  }
}
