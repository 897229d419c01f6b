package org.klatsch.webrtc;

/// What of a video is given up first when the path carries too little, W3C MediaStreamTrack Content
/// Hints §5.
public enum RTCDegradationPreference {
  MAINTAIN_FRAMERATE("maintain-framerate"),
  MAINTAIN_RESOLUTION("maintain-resolution"),
  BALANCED("balanced");

  private final String value;

  RTCDegradationPreference(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCDegradationPreference of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
