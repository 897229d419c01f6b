package org.klatsch.webrtc;

import java.util.List;

/// How a connection is made, W3C WebRTC §4.2.1. `new RTCConfiguration()` has the W3C's defaults;
/// the `with` methods give changed copies.
///
/// @param certificates none: a fresh ECDSA P-256 certificate is made
/// @param iceCandidatePoolSize 0 to 255, gathering before the first offer
public record RTCConfiguration(
    List<RTCIceServer> iceServers,
    RTCIceTransportPolicy iceTransportPolicy,
    RTCBundlePolicy bundlePolicy,
    RTCRtcpMuxPolicy rtcpMuxPolicy,
    List<RTCCertificate> certificates,
    int iceCandidatePoolSize) {
  public RTCConfiguration {
    iceServers = List.copyOf(iceServers);
    certificates = List.copyOf(certificates);
    if (iceCandidatePoolSize < 0 || iceCandidatePoolSize > 255) {
      throw DOMException.typeError(
          "iceCandidatePoolSize " + iceCandidatePoolSize + " is not in 0 to 255");
    }
  }

  public RTCConfiguration() {
    this(
        List.of(),
        RTCIceTransportPolicy.ALL,
        RTCBundlePolicy.BALANCED,
        RTCRtcpMuxPolicy.REQUIRE,
        List.of(),
        0);
  }

  public RTCConfiguration withIceServers(List<RTCIceServer> value) {
    return new RTCConfiguration(
        value, iceTransportPolicy, bundlePolicy, rtcpMuxPolicy, certificates, iceCandidatePoolSize);
  }

  public RTCConfiguration withIceServers(RTCIceServer... value) {
    return withIceServers(List.of(value));
  }

  public RTCConfiguration withIceTransportPolicy(RTCIceTransportPolicy value) {
    return new RTCConfiguration(
        iceServers, value, bundlePolicy, rtcpMuxPolicy, certificates, iceCandidatePoolSize);
  }

  public RTCConfiguration withBundlePolicy(RTCBundlePolicy value) {
    return new RTCConfiguration(
        iceServers, iceTransportPolicy, value, rtcpMuxPolicy, certificates, iceCandidatePoolSize);
  }

  public RTCConfiguration withRtcpMuxPolicy(RTCRtcpMuxPolicy value) {
    return new RTCConfiguration(
        iceServers, iceTransportPolicy, bundlePolicy, value, certificates, iceCandidatePoolSize);
  }

  public RTCConfiguration withCertificates(List<RTCCertificate> value) {
    return new RTCConfiguration(
        iceServers, iceTransportPolicy, bundlePolicy, rtcpMuxPolicy, value, iceCandidatePoolSize);
  }

  public RTCConfiguration withCertificates(RTCCertificate... value) {
    return withCertificates(List.of(value));
  }

  public RTCConfiguration withIceCandidatePoolSize(int value) {
    return new RTCConfiguration(
        iceServers, iceTransportPolicy, bundlePolicy, rtcpMuxPolicy, certificates, value);
  }
}
