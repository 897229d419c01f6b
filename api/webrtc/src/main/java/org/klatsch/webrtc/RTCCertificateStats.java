package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A certificate, W3C WebRTC Statistics §8.17. Null means unknown.
public record RTCCertificateStats(
    double timestamp,
    String id,
    String fingerprint,
    String fingerprintAlgorithm,
    String base64Certificate,
    @Nullable String issuerCertificateId)
    implements RTCStats {
  @Override
  public RTCStatsType type() {
    return RTCStatsType.CERTIFICATE;
  }
}
