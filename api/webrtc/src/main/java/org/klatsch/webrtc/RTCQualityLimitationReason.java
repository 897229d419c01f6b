package org.klatsch.webrtc;

/// Why a video is worse than its source, W3C WebRTC Statistics §8.7.
public enum RTCQualityLimitationReason {
  NONE("none"),
  CPU("cpu"),
  BANDWIDTH("bandwidth"),
  OTHER("other");

  private final String value;

  RTCQualityLimitationReason(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCQualityLimitationReason of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
