package org.klatsch.turn;

/// How a client reaches its TURN server, RFC 8656 §3.1.
public enum TurnTransport {
  UDP,
  TCP,
  TLS,
  DTLS;

  /// Whether packets go over a stream, which loses none of them.
  public boolean isStream() {
    return this == TCP || this == TLS;
  }
}
