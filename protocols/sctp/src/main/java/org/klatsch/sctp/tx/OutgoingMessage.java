package org.klatsch.sctp.tx;

import org.jspecify.annotations.Nullable;

/// A user message on its way out. Its bytes are owned by the association and never copied before
/// they are written into a packet.
final class OutgoingMessage {
  final OutgoingStream stream;
  final int ppid;
  final byte[] data;
  final int offset;
  final int length;
  final boolean unordered;

  /// RFC 7496 §3.1, -1 for no limit.
  final int maxRetransmits;

  /// When the message is given up, RFC 3758 §4.1; [Long#MAX_VALUE] for never.
  final long expiresAt;

  /// By how much it raised the buffered amount.
  int counted;

  /// Bytes that were put into chunks.
  int sent;

  /// Fragment sequence number of the next fragment.
  int nextFsn;

  /// Stream sequence number or message identifier, given with the first fragment.
  int sequence;

  /// First and last TSN given to it, valid once `sent > 0`.
  int firstTsn;

  int lastTsn;
  boolean abandoned;

  /// The next message of its stream.
  @Nullable OutgoingMessage next;

  OutgoingMessage(
      OutgoingStream stream,
      int ppid,
      byte[] data,
      int offset,
      int length,
      int counted,
      boolean unordered,
      int maxRetransmits,
      long expiresAt) {
    this.stream = stream;
    this.ppid = ppid;
    this.data = data;
    this.offset = offset;
    this.length = length;
    this.counted = counted;
    this.unordered = unordered;
    this.maxRetransmits = maxRetransmits;
    this.expiresAt = expiresAt;
  }

  int remaining() {
    return length - sent;
  }
}
