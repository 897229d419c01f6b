package org.klatsch.dtls;

/// Which end of the handshake a connection plays. In WebRTC the endpoint with `a=setup:active` is
/// the client, RFC 8842 §5.2.
public enum DtlsRole {
  CLIENT,
  SERVER;

  /// The role of the peer.
  public DtlsRole opposite() {
    return this == CLIENT ? SERVER : CLIENT;
  }
}
