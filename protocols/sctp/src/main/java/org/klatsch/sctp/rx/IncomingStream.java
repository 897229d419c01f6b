package org.klatsch.sctp.rx;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The receiving half of a stream: ordered messages that came too early wait here, RFC 9260 §6.6.
final class IncomingStream {
  /// A whole message that waits for its predecessors.
  record Waiting(int ppid, byte[] data) {}

  final int id;

  /// Sequence number of the next ordered message: 16 bits, or 32 with interleaving.
  private int next;

  /// By distance from sequence number 0, unwrapped; null until a message must wait.
  private @Nullable TreeMap<Long, Waiting> waiting;

  private long nextUnwrapped;
  private final int sequenceMask;

  /// Length of the message before: the next one is likely to have the same.
  int expectedLength = 64;

  /// @param sequenceMask 0xffff, or -1 for message identifiers
  IncomingStream(int id, int sequenceMask) {
    this.id = id;
    this.sequenceMask = sequenceMask;
  }

  /// Delivers an ordered message, and those that waited for it, or lets it wait.
  ///
  /// @return false for a sequence number that was delivered already
  boolean add(int sequence, int ppid, byte[] data, ReassemblySink sink) {
    long distance = distance(sequence);
    if (distance < 0) {
      return false;
    }
    if (distance > 0) {
      TreeMap<Long, Waiting> map = waiting;
      if (map == null) {
        map = new TreeMap<>();
        waiting = map;
      }
      return map.putIfAbsent(nextUnwrapped + distance, new Waiting(ppid, data)) == null;
    }
    step(1);
    sink.deliver(id, ppid, false, data);
    deliverWaiting(sink);
    return true;
  }

  /// Whether the message with this sequence number is over: delivered or skipped.
  boolean isPast(int sequence) {
    return distance(sequence) < 0;
  }

  /// The sender gave up everything up to `sequence`: what waits before it is delivered, RFC 3758
  /// §3.6.
  void skipTo(int sequence, ReassemblySink sink) {
    long distance = distance(sequence);
    if (distance < 0) {
      return;
    }
    long last = nextUnwrapped + distance;
    TreeMap<Long, Waiting> map = waiting;
    while (map != null && !map.isEmpty() && map.firstKey() <= last) {
      Map.Entry<Long, Waiting> first = map.pollFirstEntry();
      sink.deliver(id, first.getValue().ppid(), false, first.getValue().data());
    }
    step(distance + 1);
    deliverWaiting(sink);
  }

  /// Begins anew with 0 after a stream reset. What waits can never be completed and is dropped.
  ///
  /// @return bytes dropped, with the overhead of each message
  long reset() {
    long dropped = 0;
    if (waiting != null) {
      for (Waiting message : waiting.values()) {
        dropped += message.data().length + DataReceiver.MESSAGE_OVERHEAD;
      }
      waiting = null;
    }
    next = 0;
    nextUnwrapped = 0;
    return dropped;
  }

  private void deliverWaiting(ReassemblySink sink) {
    TreeMap<Long, Waiting> map = waiting;
    while (map != null && !map.isEmpty() && map.firstKey() == nextUnwrapped) {
      Waiting message = map.pollFirstEntry().getValue();
      step(1);
      sink.deliver(id, message.ppid(), false, message.data());
    }
  }

  private void step(long count) {
    next = (int) (next + count) & sequenceMask;
    nextUnwrapped += count;
  }

  /// How far `sequence` is ahead of the next one; negative for one in the past.
  private long distance(int sequence) {
    int difference = sequence - next;
    return sequenceMask == -1 ? difference : (short) difference;
  }
}
