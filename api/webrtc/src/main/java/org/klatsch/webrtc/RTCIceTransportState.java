package org.klatsch.webrtc;

/// The state of one ICE transport, W3C WebRTC §5.6.4.
public enum RTCIceTransportState {
  CLOSED("closed"),
  FAILED("failed"),
  DISCONNECTED("disconnected"),
  NEW("new"),
  CHECKING("checking"),
  COMPLETED("completed"),
  CONNECTED("connected");

  private final String value;

  RTCIceTransportState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceTransportState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
