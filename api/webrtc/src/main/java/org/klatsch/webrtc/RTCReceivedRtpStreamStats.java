package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What a receiver of a stream knows, W3C WebRTC Statistics §8.3.
public sealed interface RTCReceivedRtpStreamStats extends RTCRtpStreamStats
    permits RTCInboundRtpStreamStats, RTCRemoteInboundRtpStreamStats {
  @Nullable Long packetsReceived();

  /// May be negative, RFC 3550 §6.4.1.
  @Nullable Long packetsLost();

  /// In seconds.
  @Nullable Double jitter();
}
