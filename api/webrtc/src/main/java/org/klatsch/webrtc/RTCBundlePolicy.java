package org.klatsch.webrtc;

/// How m-lines share transports, W3C WebRTC §4.2.4.
public enum RTCBundlePolicy {
  BALANCED("balanced"),
  MAX_COMPAT("max-compat"),
  MAX_BUNDLE("max-bundle");

  private final String value;

  RTCBundlePolicy(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCBundlePolicy of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
