package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What a sender of a stream knows, W3C WebRTC Statistics §8.6.
public sealed interface RTCSentRtpStreamStats extends RTCRtpStreamStats
    permits RTCOutboundRtpStreamStats, RTCRemoteOutboundRtpStreamStats {
  /// Retransmissions included.
  @Nullable Long packetsSent();

  /// Payload, without headers and padding.
  @Nullable Long bytesSent();
}
