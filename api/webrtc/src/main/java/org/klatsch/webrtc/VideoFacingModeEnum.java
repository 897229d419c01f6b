package org.klatsch.webrtc;

/// Where a camera looks, Media Capture and Streams §4.3.8.
public enum VideoFacingModeEnum {
  USER("user"),
  ENVIRONMENT("environment"),
  LEFT("left"),
  RIGHT("right");

  private final String value;

  VideoFacingModeEnum(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static VideoFacingModeEnum of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
