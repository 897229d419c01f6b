package org.klatsch.sctp.tx;

import org.jspecify.annotations.Nullable;

/// The sending half of a stream: its queue and its place among the others.
final class OutgoingStream {
  final int id;
  @Nullable OutgoingMessage head;
  private @Nullable OutgoingMessage tail;
  long bufferedAmount;
  long lowThreshold;

  /// Next stream sequence number (16 bits), RFC 9260 §6.5.
  int nextSsn;

  /// Next message identifiers, RFC 8260 §2.1: ordered and unordered messages count apart.
  int nextOrderedMid;

  int nextUnorderedMid;

  /// Share among streams with data, RFC 8260 §3.6.
  int weight = SendQueue.DEFAULT_WEIGHT;

  /// Virtual time at which the next unit of this stream starts.
  long virtualStart;

  boolean scheduled;

  /// Nothing is sent while a reset of the stream is under way, RFC 6525 §5.1.2.
  boolean paused;

  OutgoingStream(int id) {
    this.id = id;
  }

  void append(OutgoingMessage message) {
    OutgoingMessage last = tail;
    if (last == null) {
      head = message;
    } else {
      last.next = message;
    }
    tail = message;
  }

  void removeHead() {
    OutgoingMessage first = head;
    if (first == null) {
      throw new IllegalStateException("stream " + id + " has no message");
    }
    head = first.next;
    first.next = null;
    if (head == null) {
      tail = null;
    }
  }
}
