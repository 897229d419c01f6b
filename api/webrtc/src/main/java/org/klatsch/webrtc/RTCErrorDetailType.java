package org.klatsch.webrtc;

/// What part of WebRTC failed, W3C WebRTC §11.1.
public enum RTCErrorDetailType {
  DATA_CHANNEL_FAILURE("data-channel-failure"),
  DTLS_FAILURE("dtls-failure"),
  FINGERPRINT_FAILURE("fingerprint-failure"),
  SCTP_FAILURE("sctp-failure"),
  SDP_SYNTAX_ERROR("sdp-syntax-error"),
  HARDWARE_ENCODER_NOT_AVAILABLE("hardware-encoder-not-available"),
  HARDWARE_ENCODER_ERROR("hardware-encoder-error");

  private final String value;

  RTCErrorDetailType(String value) {
    this.value = value;
  }

  /// The constant with the given W3C string.
  ///
  /// @throws DOMException a TypeError for any other string
  public static RTCErrorDetailType of(String value) {
    return EnumNames.of(values(), value);
  }

  /// The W3C string.
  @Override
  public String toString() {
    return value;
  }
}
