package org.klatsch.rtp.payload;

import org.klatsch.rtp.MalformedRtpException;

/// Exceptions of the payload parsers.
final class Malformed {
  private Malformed() {}

  static MalformedRtpException payload(String message) {
    return new MalformedRtpException(MalformedRtpException.Reason.PAYLOAD, message);
  }

  static MalformedRtpException truncated(String what, int length) {
    return new MalformedRtpException(
        MalformedRtpException.Reason.TRUNCATED, what + " in a payload of " + length + " bytes");
  }
}
