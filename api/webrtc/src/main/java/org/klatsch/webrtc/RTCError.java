package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A [DOMException] named `OperationError` with details of WebRTC, W3C WebRTC §11.2.
public final class RTCError extends DOMException {
  private static final long serialVersionUID = 1;

  private final transient RTCErrorInit init;

  public RTCError(RTCErrorInit init, String message) {
    super(message, "OperationError");
    this.init = init;
  }

  public RTCErrorDetailType errorDetail() {
    return init.errorDetail();
  }

  /// The SDP line that could not be parsed, counted from 1; null for other errors.
  public @Nullable Integer sdpLineNumber() {
    return init.sdpLineNumber();
  }

  /// The cause code of the peer's ABORT, RFC 9260 §3.3.10; null for other errors.
  public @Nullable Integer sctpCauseCode() {
    return init.sctpCauseCode();
  }

  /// The DTLS alert received; null for other errors.
  public @Nullable Long receivedAlert() {
    return init.receivedAlert();
  }

  /// The DTLS alert sent; null for other errors.
  public @Nullable Long sentAlert() {
    return init.sentAlert();
  }
}
