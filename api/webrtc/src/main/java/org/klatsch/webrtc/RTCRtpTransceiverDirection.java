package org.klatsch.webrtc;

/// What a transceiver sends and receives, W3C WebRTC §5.4.
public enum RTCRtpTransceiverDirection {
  SENDRECV("sendrecv"),
  SENDONLY("sendonly"),
  RECVONLY("recvonly"),
  INACTIVE("inactive"),
  STOPPED("stopped");

  private final String value;

  RTCRtpTransceiverDirection(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCRtpTransceiverDirection of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
