package org.klatsch.webrtc;

/// The state of the SCTP association, W3C WebRTC §6.1.2.
public enum RTCSctpTransportState {
  CONNECTING("connecting"),
  CONNECTED("connected"),
  CLOSED("closed");

  private final String value;

  RTCSctpTransportState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCSctpTransportState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
