package org.klatsch.server.media;

/// How far a [Leg] is: ICE and DTLS together.
public enum LegState {
  NEW,
  CONNECTING,
  CONNECTED,

  /// Nothing comes at present; it may recover by itself or by an ICE restart.
  DISCONNECTED,

  /// The end: nothing came for too long, the handshake failed, or no connection was made in time.
  FAILED,

  /// The end: one side has closed it.
  CLOSED;

  public boolean isEnd() {
    return this == FAILED || this == CLOSED;
  }
}
