package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// `icecandidateerror`: a STUN or TURN server did not answer as it should, W3C WebRTC §4.8.3.
public final class RTCPeerConnectionIceErrorEvent extends Event {
  private final RTCPeerConnectionIceErrorEventInit init;

  public RTCPeerConnectionIceErrorEvent(String type, RTCPeerConnectionIceErrorEventInit init) {
    super(type);
    this.init = init;
  }

  /// The local address that asked the server.
  public @Nullable String address() {
    return init.address();
  }

  public @Nullable Integer port() {
    return init.port();
  }

  /// The server's URL.
  public String url() {
    return init.url();
  }

  /// The STUN error code (RFC 8489 §14.8), or 701 when the server could not be reached.
  public int errorCode() {
    return init.errorCode();
  }

  public String errorText() {
    return init.errorText();
  }
}
