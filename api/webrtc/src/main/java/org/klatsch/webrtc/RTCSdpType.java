package org.klatsch.webrtc;

/// What a description is for, W3C WebRTC §4.6.1.
public enum RTCSdpType {
  OFFER("offer"),
  PRANSWER("pranswer"),
  ANSWER("answer"),
  ROLLBACK("rollback");

  private final String value;

  RTCSdpType(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCSdpType of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
