package org.klatsch.webrtc;

/// The ICE states of all transports of a connection in one, W3C WebRTC §4.3.4.
public enum RTCIceConnectionState {
  CLOSED("closed"),
  FAILED("failed"),
  DISCONNECTED("disconnected"),
  NEW("new"),
  CHECKING("checking"),
  COMPLETED("completed"),
  CONNECTED("connected");

  private final String value;

  RTCIceConnectionState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceConnectionState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
