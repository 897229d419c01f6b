package org.klatsch.webrtc;

/// A local and a remote candidate that packets travel between, W3C WebRTC §5.6.2.
public record RTCIceCandidatePair(RTCIceCandidate local, RTCIceCandidate remote) {}
