package org.klatsch.webrtc;

/// The kind of a device, Media Capture and Streams §9.3.
public enum MediaDeviceKind {
  AUDIOINPUT("audioinput"),
  AUDIOOUTPUT("audiooutput"),
  VIDEOINPUT("videoinput");

  private final String value;

  MediaDeviceKind(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static MediaDeviceKind of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
