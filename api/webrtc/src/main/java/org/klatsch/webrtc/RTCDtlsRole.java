package org.klatsch.webrtc;

/// The DTLS role in statistics, W3C WebRTC Statistics.
public enum RTCDtlsRole {
  CLIENT("client"),
  SERVER("server"),
  UNKNOWN("unknown");

  private final String value;

  RTCDtlsRole(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCDtlsRole of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
