package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;

/// Alert codes, RFC 5246 §7.2, RFC 8446 §6 and their extensions.
public enum AlertDescription {
  CLOSE_NOTIFY(0),
  UNEXPECTED_MESSAGE(10),
  BAD_RECORD_MAC(20),
  RECORD_OVERFLOW(22),
  HANDSHAKE_FAILURE(40),
  BAD_CERTIFICATE(42),
  UNSUPPORTED_CERTIFICATE(43),
  CERTIFICATE_REVOKED(44),
  CERTIFICATE_EXPIRED(45),
  CERTIFICATE_UNKNOWN(46),
  ILLEGAL_PARAMETER(47),
  UNKNOWN_CA(48),
  ACCESS_DENIED(49),
  DECODE_ERROR(50),
  DECRYPT_ERROR(51),
  PROTOCOL_VERSION(70),
  INSUFFICIENT_SECURITY(71),
  INTERNAL_ERROR(80),
  /// RFC 7507 §3.
  INAPPROPRIATE_FALLBACK(86),
  USER_CANCELED(90),
  NO_RENEGOTIATION(100),
  MISSING_EXTENSION(109),
  UNSUPPORTED_EXTENSION(110),
  UNRECOGNIZED_NAME(112),
  BAD_CERTIFICATE_STATUS_RESPONSE(113),
  UNKNOWN_PSK_IDENTITY(115),
  CERTIFICATE_REQUIRED(116),
  /// RFC 7301 §3.2.
  NO_APPLICATION_PROTOCOL(120),
  /// A code that none of the above has.
  UNKNOWN(255);

  private final int code;

  AlertDescription(int code) {
    this.code = code;
  }

  /// The byte on the wire.
  public int code() {
    return code;
  }

  static AlertDescription ofCode(int code) {
    @Nullable AlertDescription found = null;
    for (AlertDescription description : values()) {
      if (description.code == code) {
        found = description;
      }
    }
    return found == null ? UNKNOWN : found;
  }
}
