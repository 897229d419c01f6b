package org.klatsch.webrtc;

/// `error`: a transport or a channel failed, W3C WebRTC §11.3.
public final class RTCErrorEvent extends Event {
  private final RTCError error;

  public RTCErrorEvent(String type, RTCErrorEventInit init) {
    super(type);
    this.error = init.error();
  }

  public RTCError error() {
    return error;
  }
}
