package org.klatsch.webrtc;

/// The transport protocol of a candidate, W3C WebRTC §4.8.1.1.
public enum RTCIceProtocol {
  UDP("udp"),
  TCP("tcp");

  private final String value;

  RTCIceProtocol(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceProtocol of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
