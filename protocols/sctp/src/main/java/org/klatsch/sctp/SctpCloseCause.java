package org.klatsch.sctp;

/// Why an association ended.
///
/// @param kind the manner of its end
/// @param errorCause the error cause code of the peer's ABORT (RFC 9260 §3.3.10), 0 when none
/// @param detail for logs
public record SctpCloseCause(Kind kind, int errorCause, String detail) {
  /// The manners in which an association ends.
  public enum Kind {
    /// Both sides shut down in good order, RFC 9260 §9.2.
    SHUTDOWN,
    /// The peer sent an ABORT, RFC 9260 §9.1.
    ABORTED_BY_PEER,
    /// This side aborted: the application asked for it, or the peer broke the protocol.
    ABORTED,
    /// INIT or COOKIE ECHO was not answered, RFC 9260 §5.1.
    HANDSHAKE_TIMEOUT,
    /// The peer acknowledged nothing for too long, RFC 9260 §8.1.
    PEER_UNREACHABLE
  }
}
