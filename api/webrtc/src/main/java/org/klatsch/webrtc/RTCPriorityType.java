package org.klatsch.webrtc;

/// The priority of a data channel, W3C WebRTC Priority Control §3.
public enum RTCPriorityType {
  VERY_LOW("very-low"),
  LOW("low"),
  MEDIUM("medium"),
  HIGH("high");

  private final String value;

  RTCPriorityType(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCPriorityType of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
