package org.klatsch.webrtc;

/// The ICE and DTLS states of a connection in one, W3C WebRTC §4.3.3.
public enum RTCPeerConnectionState {
  CLOSED("closed"),
  FAILED("failed"),
  DISCONNECTED("disconnected"),
  NEW("new"),
  CONNECTING("connecting"),
  CONNECTED("connected");

  private final String value;

  RTCPeerConnectionState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCPeerConnectionState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
