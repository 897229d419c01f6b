package org.klatsch.webrtc;

import org.klatsch.dtls.AlertDescription;
import org.klatsch.dtls.CloseCause;
import org.klatsch.peer.jsep.JsepException;
import org.klatsch.sctp.SctpCloseCause;

/// The W3C's errors for the failures of the layers below.
final class Errors {
  private Errors() {}

  static DOMException of(JsepException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.kind()) {
      case INVALID_STATE -> DOMException.invalidState(message);
      case INVALID_ACCESS -> DOMException.invalidAccess(message);
      case INVALID_MODIFICATION -> DOMException.invalidModification(message);
      case OPERATION -> DOMException.operation(message);
      case TYPE -> DOMException.typeError(message);
      case SDP_SYNTAX ->
          new RTCError(
              new RTCErrorInit(RTCErrorDetailType.SDP_SYNTAX_ERROR)
                  .withSdpLineNumber(e.sdpLineNumber()),
              message);
    };
  }

  static RTCError dtls(CloseCause cause) {
    AlertDescription alert = cause.alert();
    RTCErrorInit init =
        new RTCErrorInit(
            alert == AlertDescription.BAD_CERTIFICATE
                    && cause.kind() == CloseCause.Kind.FAILED_LOCALLY
                ? RTCErrorDetailType.FINGERPRINT_FAILURE
                : RTCErrorDetailType.DTLS_FAILURE);
    if (alert != null) {
      init =
          cause.kind() == CloseCause.Kind.ALERT_RECEIVED
              ? init.withReceivedAlert(alert.code())
              : init.withSentAlert(alert.code());
    }
    return new RTCError(init, cause.message());
  }

  static RTCError sctp(SctpCloseCause cause) {
    RTCErrorInit init = new RTCErrorInit(RTCErrorDetailType.SCTP_FAILURE);
    if (cause.errorCause() != 0) {
      init = init.withSctpCauseCode(cause.errorCause());
    }
    return new RTCError(init, cause.detail());
  }

  static RTCError dataChannel(String detail) {
    return new RTCError(new RTCErrorInit(RTCErrorDetailType.DATA_CHANNEL_FAILURE), detail);
  }
}
