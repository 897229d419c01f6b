package org.klatsch.peer;

/// Which side of the DTLS handshake an endpoint is, RFC 8842 §5.
public enum DtlsRole {
  /// Not settled yet: it was offered as `actpass`.
  AUTO,
  /// Sends the ClientHello (`active`).
  CLIENT,
  /// Waits for the ClientHello (`passive`).
  SERVER;

  /// The role the other side has.
  public DtlsRole opposite() {
    return switch (this) {
      case AUTO -> AUTO;
      case CLIENT -> SERVER;
      case SERVER -> CLIENT;
    };
  }
}
