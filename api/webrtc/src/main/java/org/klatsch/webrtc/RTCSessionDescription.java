package org.klatsch.webrtc;

/// A description that a connection has, W3C WebRTC §4.6.2.
public record RTCSessionDescription(RTCSdpType type, String sdp) {
  public RTCSessionDescription(RTCSessionDescriptionInit init) {
    this(init.type(), init.sdp());
  }

  /// The description in the form in which it is applied.
  public RTCSessionDescriptionInit toInit() {
    return new RTCSessionDescriptionInit(type, sdp);
  }

  /// The description as JSON, as browsers write it.
  public String toJSON() {
    return toInit().toJSON();
  }
}
