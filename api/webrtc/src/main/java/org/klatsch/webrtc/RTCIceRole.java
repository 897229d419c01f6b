package org.klatsch.webrtc;

/// Who nominates, W3C WebRTC §5.6.5 and RFC 8445 §2.3.
public enum RTCIceRole {
  UNKNOWN("unknown"),
  CONTROLLING("controlling"),
  CONTROLLED("controlled");

  private final String value;

  RTCIceRole(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceRole of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
