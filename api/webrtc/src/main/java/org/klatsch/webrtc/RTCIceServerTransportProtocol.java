package org.klatsch.webrtc;

/// How a client reaches its relay, W3C WebRTC §4.8.1.4.
public enum RTCIceServerTransportProtocol {
  UDP("udp"),
  TCP("tcp"),
  TLS("tls");

  private final String value;

  RTCIceServerTransportProtocol(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceServerTransportProtocol of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
