package org.klatsch.sctp.rx;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.ForwardTsnChunk;

/// Reassembly of I-DATA chunks, whose fragments are numbered within their message, RFC 8260 §2.2.3.
/// TSNs play no part in it.
final class InterleavedReassembly implements Reassembly {
  private static final int MAX_GUESSED = 4;

  /// Messages under construction at once; more than any sender's scheduler interleaves.
  private static final int MAX_PARTIALS = 4096;

  /// A message of which fragments are missing.
  private static final class Partial {
    final int streamId;
    final int messageId;
    final boolean unordered;
    final MessageAssembler assembler = new MessageAssembler();
    int nextFsn;
    int ppid;
    boolean ended;

    /// Fragments ahead of the next one, by FSN; null until there is one.
    @Nullable TreeMap<Integer, byte[]> early;

    /// FSN of the last fragment, once it came early.
    int lastFsn = -1;

    long bytes;

    Partial(int streamId, int messageId, boolean unordered) {
      this.streamId = streamId;
      this.messageId = messageId;
      this.unordered = unordered;
    }

    boolean is(DataChunk chunk) {
      return messageId == chunk.sequence()
          && streamId == chunk.streamId()
          && unordered == chunk.isUnordered();
    }

    long held() {
      int earlyCount = early == null ? 0 : early.size();
      return bytes + (long) (1 + earlyCount) * DataReceiver.MESSAGE_OVERHEAD;
    }
  }

  private final ReassemblySink sink;
  private final int maxMessageSize;
  private final IncomingStreams streams = new IncomingStreams(true);
  private final Map<Long, Partial> partials = new HashMap<>();

  /// The message that the last fragment belonged to; the next one mostly does too.
  private @Nullable Partial current;

  private boolean oversized;

  InterleavedReassembly(ReassemblySink sink, int maxMessageSize) {
    this.sink = sink;
    this.maxMessageSize = maxMessageSize;
  }

  @Override
  public boolean isAssembling() {
    return !partials.isEmpty();
  }

  @Override
  public boolean isOversized() {
    return oversized;
  }

  @Override
  public long add(DataChunk chunk, boolean inOrder) {
    int length = chunk.payloadLength();
    if (chunk.isBeginning() && chunk.isEnding()) {
      if (length > maxMessageSize) {
        oversized = true;
      }
      byte[] message = new byte[length];
      System.arraycopy(chunk.array(), chunk.payloadOffset(), message, 0, length);
      boolean kept =
          complete(chunk.streamId(), chunk.sequence(), chunk.isUnordered(), chunk.ppid(), message);
      return kept ? length + DataReceiver.MESSAGE_OVERHEAD : 0;
    }
    Partial partial = current;
    long held = 0;
    if (partial == null || !partial.is(chunk)) {
      if (!chunk.isUnordered() && streams.stream(chunk.streamId()).isPast(chunk.sequence())) {
        return 0; // Of a message that was given up.
      }
      long key = key(chunk.streamId(), chunk.isUnordered(), chunk.sequence());
      partial = partials.get(key);
      if (partial == null) {
        partial = new Partial(chunk.streamId(), chunk.sequence(), chunk.isUnordered());
        // Guessing the length is for the common case of few messages at once; for many it would
        // hold
        // far more memory than the window counts.
        int expected =
            partials.size() < MAX_GUESSED ? streams.stream(chunk.streamId()).expectedLength : 0;
        partial.assembler.start(Math.max(length, expected));
        partials.put(key, partial);
        if (partials.size() > MAX_PARTIALS) {
          oversized = true;
        }
        held += DataReceiver.MESSAGE_OVERHEAD;
      }
      current = partial;
    }
    if (chunk.isBeginning()) {
      partial.ppid = chunk.ppid();
    }
    if (chunk.fsn() != partial.nextFsn) {
      return held + addEarly(partial, chunk);
    }
    partial.bytes += length;
    held += length;
    if (partial.bytes > maxMessageSize) {
      oversized = true;
    }
    partial.assembler.append(chunk.array(), chunk.payloadOffset(), length);
    partial.nextFsn++;
    partial.ended = chunk.isEnding();
    if (partial.early != null) {
      held += takeEarly(partial);
    }
    if (partial.ended) {
      partials.remove(key(partial.streamId, partial.unordered, partial.messageId));
      current = null;
      streams.stream(partial.streamId).expectedLength = partial.assembler.size();
      long all = partial.held();
      byte[] message = partial.assembler.finish();
      if (!complete(
          partial.streamId, partial.messageId, partial.unordered, partial.ppid, message)) {
        held -= all;
      }
    }
    return held;
  }

  private long addEarly(Partial partial, DataChunk chunk) {
    int fsn = chunk.fsn();
    TreeMap<Integer, byte[]> early = partial.early;
    if (early == null) {
      early = new TreeMap<>(Integer::compareUnsigned);
      partial.early = early;
    }
    if (Integer.compareUnsigned(fsn, partial.nextFsn) < 0 || early.containsKey(fsn)) {
      return 0; // A second fragment with this number: the first one counts.
    }
    byte[] data = new byte[chunk.payloadLength()];
    System.arraycopy(chunk.array(), chunk.payloadOffset(), data, 0, data.length);
    early.put(fsn, data);
    if (chunk.isEnding()) {
      partial.lastFsn = fsn;
    }
    partial.bytes += data.length;
    if (partial.bytes > maxMessageSize) {
      oversized = true;
    }
    return data.length + DataReceiver.MESSAGE_OVERHEAD;
  }

  private long takeEarly(Partial partial) {
    long released = 0;
    TreeMap<Integer, byte[]> early = partial.early;
    while (early != null && !early.isEmpty() && early.firstKey() == partial.nextFsn) {
      Map.Entry<Integer, byte[]> first = early.pollFirstEntry();
      partial.assembler.append(first.getValue(), 0, first.getValue().length);
      partial.ended |= partial.lastFsn != -1 && partial.lastFsn == partial.nextFsn;
      partial.nextFsn++;
      released -= DataReceiver.MESSAGE_OVERHEAD;
    }
    return released;
  }

  private boolean complete(
      int streamId, int messageId, boolean unordered, int ppid, byte[] message) {
    if (unordered) {
      sink.deliver(streamId, ppid, true, message);
      return true;
    }
    return streams.stream(streamId).add(messageId, ppid, message, sink);
  }

  @Override
  public long advanceOver(int tsn) {
    return 0;
  }

  @Override
  public long forward(ForwardTsnChunk chunk, int oldCumulative) {
    long held = 0;
    for (ForwardTsnChunk.Skip skip : chunk.skips()) {
      Iterator<Partial> iterator = partials.values().iterator();
      while (iterator.hasNext()) {
        Partial partial = iterator.next();
        // RFC 8260 §2.3.1: messages of the stream and kind up to this one are over.
        if (partial.streamId == skip.streamId()
            && partial.unordered == skip.unordered()
            && partial.messageId - skip.sequence() <= 0) {
          iterator.remove();
          held -= partial.held();
        }
      }
      if (!skip.unordered()) {
        streams.stream(skip.streamId()).skipTo(skip.sequence(), sink);
      }
    }
    current = null;
    return held;
  }

  @Override
  public long reset(int[] streamIds) {
    long held = 0;
    Iterator<Partial> iterator = partials.values().iterator();
    while (iterator.hasNext()) {
      Partial partial = iterator.next();
      if (streamIds.length == 0 || contains(streamIds, partial.streamId)) {
        iterator.remove();
        held -= partial.held();
      }
    }
    current = null;
    if (streamIds.length == 0) {
      return held - streams.resetAll();
    }
    for (int id : streamIds) {
      held -= streams.reset(id);
    }
    return held;
  }

  private static boolean contains(int[] ids, int wanted) {
    for (int id : ids) {
      if (id == wanted) {
        return true;
      }
    }
    return false;
  }

  private static long key(int streamId, boolean unordered, int messageId) {
    return (long) streamId << 33 | (unordered ? 1L << 32 : 0) | Integer.toUnsignedLong(messageId);
  }
}
