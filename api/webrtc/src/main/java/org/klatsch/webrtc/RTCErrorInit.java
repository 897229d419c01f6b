package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// What an [RTCError] tells beside its message, W3C WebRTC §11.2.
///
/// @param sdpLineNumber the line that could not be parsed, counted from 1
/// @param sctpCauseCode the cause code of the peer's ABORT, RFC 9260 §3.3.10
/// @param receivedAlert the DTLS alert received, RFC 8446 §6
/// @param sentAlert the DTLS alert sent
public record RTCErrorInit(
    RTCErrorDetailType errorDetail,
    @Nullable Integer sdpLineNumber,
    @Nullable Integer sctpCauseCode,
    @Nullable Long receivedAlert,
    @Nullable Long sentAlert) {
  public RTCErrorInit(RTCErrorDetailType errorDetail) {
    this(errorDetail, null, null, null, null);
  }

  public RTCErrorInit withSdpLineNumber(int value) {
    return new RTCErrorInit(errorDetail, value, sctpCauseCode, receivedAlert, sentAlert);
  }

  public RTCErrorInit withSctpCauseCode(int value) {
    return new RTCErrorInit(errorDetail, sdpLineNumber, value, receivedAlert, sentAlert);
  }

  public RTCErrorInit withReceivedAlert(long value) {
    return new RTCErrorInit(errorDetail, sdpLineNumber, sctpCauseCode, value, sentAlert);
  }

  public RTCErrorInit withSentAlert(long value) {
    return new RTCErrorInit(errorDetail, sdpLineNumber, sctpCauseCode, receivedAlert, value);
  }
}
