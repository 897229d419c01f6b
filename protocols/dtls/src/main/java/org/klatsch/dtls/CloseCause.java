package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;

/// Why a connection ended.
///
/// @param alert the alert that went with it: ours for [Kind#FAILED_LOCALLY], the peer's for
///   [Kind#ALERT_RECEIVED], otherwise null
/// @param message for people, in English
public record CloseCause(Kind kind, @Nullable AlertDescription alert, String message) {
  /// Who ended it and how.
  public enum Kind {
    /// [DtlsConnection#close] was called.
    CLOSED_LOCALLY,
    /// The peer sent close_notify.
    CLOSED_BY_PEER,
    /// What the peer sent was refused; `alert` told it so.
    FAILED_LOCALLY,
    /// The peer sent a fatal alert.
    ALERT_RECEIVED,
    /// The handshake did not end within [DtlsOptions#handshakeTimeout].
    TIMED_OUT
  }

  /// Whether the connection ended as one of the two ends wished.
  public boolean isOrderly() {
    return kind == Kind.CLOSED_LOCALLY || kind == Kind.CLOSED_BY_PEER;
  }
}
