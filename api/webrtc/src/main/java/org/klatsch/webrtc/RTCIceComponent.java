package org.klatsch.webrtc;

/// The component of a transport, W3C WebRTC §5.6.6; RTCP shares the port of RTP, so it is always
/// rtp.
public enum RTCIceComponent {
  RTP("rtp"),
  RTCP("rtcp");

  private final String value;

  RTCIceComponent(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceComponent of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
