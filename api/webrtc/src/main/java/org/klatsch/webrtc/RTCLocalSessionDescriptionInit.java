package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A local description to be applied, W3C WebRTC §4.6.2.
///
/// @param type null: an offer or an answer, as the signaling state asks for
/// @param sdp empty: the last created one of that type
public record RTCLocalSessionDescriptionInit(@Nullable RTCSdpType type, String sdp) {
  public RTCLocalSessionDescriptionInit() {
    this(null, "");
  }

  public RTCLocalSessionDescriptionInit(RTCSdpType type) {
    this(type, "");
  }
}
