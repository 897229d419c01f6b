package org.klatsch.webrtc;

/// Where a candidate comes from, W3C WebRTC §4.8.1.3 and RFC 8445 §4.
public enum RTCIceCandidateType {
  HOST("host"),
  SRFLX("srflx"),
  PRFLX("prflx"),
  RELAY("relay");

  private final String value;

  RTCIceCandidateType(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceCandidateType of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
