package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// The arguments of an [RTCPeerConnectionIceEvent], W3C WebRTC §4.8.2.
public record RTCPeerConnectionIceEventInit(
    @Nullable RTCIceCandidate candidate, @Nullable String url) {
  public RTCPeerConnectionIceEventInit(@Nullable RTCIceCandidate candidate) {
    this(candidate, null);
  }
}
