package org.klatsch.webrtc;

/// Which candidates may be used, W3C WebRTC §4.2.3.
public enum RTCIceTransportPolicy {
  RELAY("relay"),
  ALL("all");

  private final String value;

  RTCIceTransportPolicy(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceTransportPolicy of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
