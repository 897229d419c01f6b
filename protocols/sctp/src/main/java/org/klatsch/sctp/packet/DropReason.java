package org.klatsch.sctp.packet;

/// Why a packet or chunk from the network was dropped; each has a counter.
public enum DropReason {
  /// A packet, chunk or parameter shorter than its format.
  TRUNCATED,
  /// A length field that does not fit its surroundings or its type.
  BAD_LENGTH,
  /// CRC32c mismatch, RFC 9260 §6.8.
  BAD_CHECKSUM,
  /// Ports of another association.
  BAD_PORT,
  /// Verification tag mismatch, RFC 9260 §8.5.
  BAD_VERIFICATION_TAG,
  /// A field with a value its format forbids.
  BAD_VALUE,
  /// A chunk that must stand alone was bundled, or the reverse.
  BAD_BUNDLING,
  /// A chunk that makes no sense in this state.
  UNEXPECTED_CHUNK,
  /// State cookie not made by us, or altered.
  FORGED_COOKIE,
  /// State cookie past its lifetime, RFC 9260 §5.2.6.
  STALE_COOKIE,
  /// Chunk type not known, RFC 9260 §3.2.
  UNKNOWN_CHUNK,
  /// Data beyond the receive window.
  BEYOND_WINDOW,
  /// Data further ahead of the cumulative TSN than is kept.
  BEYOND_TSN_RANGE,
  /// Data on a stream that was not negotiated, RFC 9260 §6.5.
  INVALID_STREAM,
  /// SACK of data never sent, or older than one processed already.
  STALE_SACK,
  /// Too many answers are queued already.
  QUEUE_FULL,
  /// A packet after the association ended.
  CLOSED
}
