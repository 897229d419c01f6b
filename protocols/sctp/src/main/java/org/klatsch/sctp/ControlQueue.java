package org.klatsch.sctp;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.sctp.packet.DropReason;

/// Control chunks waiting for a packet, and the counters of what was dropped.
///
/// Both queues are bounded: an answer that does not fit is dropped, the peer asks again.
final class ControlQueue {
  /// A packet of its own: another verification tag, or a chunk that must not be bundled.
  record Standalone(int verificationTag, byte[] chunk, boolean needsChecksum) {}

  private static final int MAX_STANDALONE = 8;
  private static final int MAX_CHUNKS = 32;

  private final ArrayDeque<Standalone> standalone = new ArrayDeque<>(2);
  private final ArrayDeque<byte[]> chunks = new ArrayDeque<>(2);
  private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);

  void addStandalone(int verificationTag, byte[] chunk, boolean needsChecksum) {
    if (standalone.size() >= MAX_STANDALONE) {
      drop(DropReason.QUEUE_FULL);
    } else {
      standalone.add(new Standalone(verificationTag, chunk, needsChecksum));
    }
  }

  void add(byte[] chunk) {
    if (chunks.size() >= MAX_CHUNKS) {
      drop(DropReason.QUEUE_FULL);
    } else {
      chunks.add(chunk);
    }
  }

  boolean hasChunks() {
    return !chunks.isEmpty();
  }

  @Nullable Standalone pollStandalone() {
    return standalone.pollFirst();
  }

  byte @Nullable [] peekChunk() {
    return chunks.peekFirst();
  }

  void removeChunk() {
    chunks.removeFirst();
  }

  void clearChunks() {
    chunks.clear();
  }

  void drop(DropReason reason) {
    drops.merge(reason, 1L, Long::sum);
  }

  Map<DropReason, Long> drops() {
    return Map.copyOf(drops);
  }
}
