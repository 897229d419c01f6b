package org.klatsch.webrtc;

/// Gathering of one transport, W3C WebRTC §5.6.3.
public enum RTCIceGathererState {
  NEW("new"),
  GATHERING("gathering"),
  COMPLETE("complete");

  private final String value;

  RTCIceGathererState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceGathererState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
