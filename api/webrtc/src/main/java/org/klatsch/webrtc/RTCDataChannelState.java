package org.klatsch.webrtc;

/// The state of a data channel, W3C WebRTC §6.2.
public enum RTCDataChannelState {
  CONNECTING("connecting"),
  OPEN("open"),
  CLOSING("closing"),
  CLOSED("closed");

  private final String value;

  RTCDataChannelState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCDataChannelState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
