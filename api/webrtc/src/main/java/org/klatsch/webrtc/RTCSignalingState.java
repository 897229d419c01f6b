package org.klatsch.webrtc;

/// Where offer and answer stand, W3C WebRTC §4.3.1.
public enum RTCSignalingState {
  STABLE("stable"),
  HAVE_LOCAL_OFFER("have-local-offer"),
  HAVE_REMOTE_OFFER("have-remote-offer"),
  HAVE_LOCAL_PRANSWER("have-local-pranswer"),
  HAVE_REMOTE_PRANSWER("have-remote-pranswer"),
  CLOSED("closed");

  private final String value;

  RTCSignalingState(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCSignalingState of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
