package org.klatsch.webrtc;

/// Whether RTCP shares the port of RTP, W3C WebRTC §4.2.5; only one value is left.
public enum RTCRtcpMuxPolicy {
  REQUIRE("require");

  private final String value;

  RTCRtcpMuxPolicy(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCRtcpMuxPolicy of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
