package org.klatsch.webrtc;

/// Gathering over all transports of a connection, W3C WebRTC §4.3.2.
public enum RTCIceGatheringState {
  NEW("new"),
  GATHERING("gathering"),
  COMPLETE("complete");

  private final String value;

  RTCIceGatheringState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCIceGatheringState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
