package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What a receiver of a stream knows, W3C WebRTC Statistics §8.3.
public abstract sealed class RTCReceivedRtpStreamStats extends RTCRtpStreamStats
    permits RTCInboundRtpStreamStats, RTCRemoteInboundRtpStreamStats {
  RTCReceivedRtpStreamStats(StatsValues values) {
    super(values);
  }

  /// Retransmissions, and the padding among them, included; at the peer those of the first
  /// transmission only.
  public final @Nullable Long packetsReceived() {
    return values().whole("packetsReceived");
  }

  /// Packets that feedback of RFC 8888 told to be lost.
  public final @Nullable Long packetsReportedAsLost() {
    return values().whole("packetsReportedAsLost");
  }

  /// Of those, packets that later feedback told to have come.
  public final @Nullable Long packetsReportedAsLostButRecovered() {
    return values().whole("packetsReportedAsLostButRecovered");
  }

  /// Repaired or not. May be negative, RFC 3550 §6.4.1.
  public final @Nullable Long packetsLost() {
    return values().whole("packetsLost");
  }

  /// In seconds.
  public final @Nullable Double jitter() {
    return values().real("jitter");
  }
}
