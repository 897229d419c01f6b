package org.klatsch.webrtc;

/// How a TCP candidate makes its connection, W3C WebRTC §4.8.1.2 and RFC 6544 §4.5.
public enum RTCIceTcpCandidateType {
  ACTIVE("active"),
  PASSIVE("passive"),
  SO("so");

  private final String value;

  RTCIceTcpCandidateType(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceTcpCandidateType of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
