package org.klatsch.webrtc;

/// One object of a statistics report, W3C WebRTC §8.4. The concrete records hold what W3C WebRTC
/// Statistics names.
public sealed interface RTCStats
    permits RTCAudioPlayoutStats,
        RTCCertificateStats,
        RTCCodecStats,
        RTCDataChannelStats,
        RTCIceCandidatePairStats,
        RTCIceCandidateStats,
        RTCMediaSourceStats,
        RTCPeerConnectionStats,
        RTCRtpStreamStats,
        RTCTransportStats {
  /// When it was taken, in milliseconds since 1970.
  double timestamp();

  RTCStatsType type();

  /// Its key in the report, the same for the same object in every report.
  String id();
}
