package org.klatsch.media;

/// Why a packet or frame was dropped; each has a counter.
public enum DropReason {
  /// Not an RTP packet.
  MALFORMED_RTP,
  /// Not an RTCP packet.
  MALFORMED_RTCP,
  /// A payload that does not follow its format.
  MALFORMED_PAYLOAD,
  /// Names a media section that is not received, RFC 8843 §9.2.
  UNKNOWN_MID,
  /// No section takes its SSRC, RID or payload type, RFC 8843 §9.2.
  UNROUTED,
  /// A payload type that its section did not agree on.
  UNKNOWN_PAYLOAD_TYPE,
  /// Retransmission of a stream that is not known.
  UNPAIRED_RETRANSMISSION,
  /// More streams than are kept.
  TOO_MANY_STREAMS,
  /// A frame to send before the transport was connected.
  NOT_CONNECTED,
  /// A frame to send found the queue full.
  QUEUE_FULL,
  /// A frame to send would have waited too long for the pacer, or refers to one that was dropped.
  PACER_FULL,
  /// Repetitions that would have come later than a key frame, all that waited counting once.
  STALE_REPETITIONS,
  /// A frame to send of a codec without a payload format here.
  UNKNOWN_CODEC,
  /// A frame to send does not fit a packet and its format cannot be cut.
  TOO_LARGE
}
