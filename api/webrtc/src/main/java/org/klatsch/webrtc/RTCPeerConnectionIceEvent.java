package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// `icecandidate`: a candidate to be sent to the peer, W3C WebRTC §4.8.2.
public final class RTCPeerConnectionIceEvent extends Event {
  private final RTCPeerConnectionIceEventInit init;

  public RTCPeerConnectionIceEvent(String type, RTCPeerConnectionIceEventInit init) {
    super(type);
    this.init = init;
  }

  /// The candidate; one whose text is empty ends a generation, null says that all gathering is
  /// over.
  public @Nullable RTCIceCandidate candidate() {
    return init.candidate();
  }

  /// The server that told the candidate.
  public @Nullable String url() {
    return init.url();
  }
}
