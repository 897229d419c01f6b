package org.klatsch.webrtc;

/// Which sounds an echo canceller removes, Media Capture and Streams §4.3.8.
public enum EchoCancellationModeEnum {
  ALL("all"),
  REMOTE_ONLY("remote-only");

  private final String value;

  EchoCancellationModeEnum(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static EchoCancellationModeEnum of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
