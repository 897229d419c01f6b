package org.klatsch.webrtc;

/// Whether pictures may be scaled to a size asked for, Media Capture and Streams §4.3.8.
public enum VideoResizeModeEnum {
  NONE("none"),
  CROP_AND_SCALE("crop-and-scale");

  private final String value;

  VideoResizeModeEnum(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static VideoResizeModeEnum of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
