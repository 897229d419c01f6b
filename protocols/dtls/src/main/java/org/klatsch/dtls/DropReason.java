package org.klatsch.dtls;

/// Why a record, a fragment or a packet was discarded. RFC 6347 §4.1.2.7 wants invalid records
/// discarded in silence; each is counted under one of these.
public enum DropReason {
  /// Shorter than its header or its length field says.
  TRUNCATED_RECORD,
  /// A content type that the version does not have.
  UNKNOWN_CONTENT_TYPE,
  /// A record with a connection id, RFC 9146, which we never ask for.
  UNKNOWN_CONNECTION_ID,
  /// A record header of another version.
  WRONG_VERSION,
  /// Longer than 2^14 bytes and the cipher's expansion, or than the limit we announced.
  OVERSIZED_RECORD,
  /// A record of an epoch that is over.
  OLD_EPOCH,
  /// A record of an epoch that cannot come next.
  UNKNOWN_EPOCH,
  /// Its sequence number was seen before or is behind the window.
  REPLAYED,
  /// Authentication failed.
  BAD_RECORD_MAC,
  /// A content that may not stand in a record of that epoch or at that time.
  UNEXPECTED_CONTENT,
  /// Handshake fragments that do not parse, or contradict earlier ones.
  MALFORMED_FRAGMENT,
  /// A handshake message of a sequence number too far ahead.
  HANDSHAKE_TOO_FAR_AHEAD,
  /// A handshake message processed before: the peer retransmits, or the network doubled it.
  HANDSHAKE_REPEATED,
  /// A handshake message longer than the limit, or no room left for one more.
  HANDSHAKE_BUFFER_FULL,
  /// Early packets or records beyond the limit.
  EARLY_BUFFER_FULL,
  /// A ClientHello without a valid cookie while cookies are required; a new cookie went out.
  COOKIE_REQUIRED,
  /// An alert that does not parse or must not be believed.
  IGNORED_ALERT,
  /// An ACK that does not parse, or comes without version 1.3.
  IGNORED_ACK,
  /// Renegotiation asked for, and refused.
  RENEGOTIATION_REFUSED,
  /// Anything that arrived after the connection ended.
  CLOSED,
  /// Application data handed to [DtlsConnection#protect] that could not be sent.
  UNSENDABLE_DATA
}
