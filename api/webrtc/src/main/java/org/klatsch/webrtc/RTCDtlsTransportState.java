package org.klatsch.webrtc;

/// The state of the DTLS connection, W3C WebRTC §5.5.
public enum RTCDtlsTransportState {
  NEW("new"),
  CONNECTING("connecting"),
  CONNECTED("connected"),
  CLOSED("closed"),
  FAILED("failed");

  private final String value;

  RTCDtlsTransportState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCDtlsTransportState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
