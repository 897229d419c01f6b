package org.klatsch.sctp.rx;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.SerialNumbers;
import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.ForwardTsnChunk;

/// Reassembly of DATA chunks, whose fragments have consecutive TSNs, RFC 9260 §6.9.
///
/// What arrives in TSN order goes straight into the message under construction. What arrives early
/// waits in a ring indexed by TSN; runs of neighbouring fragments of one message know their two
/// ends, so that a message which is complete ahead of a gap is found without a search.
final class TsnReassembly implements Reassembly {
  private static final int INITIAL_CAPACITY = 64;

  /// An early fragment.
  private static final class Fragment {
    final int tsn;
    final int streamId;
    final int sequence;
    final int ppid;
    final int flags;
    final byte[] data;

    /// Ends of the run of fragments; right only at the ends themselves.
    int runStart;

    int runEnd;

    Fragment(DataChunk chunk) {
      tsn = chunk.tsn();
      streamId = chunk.streamId();
      sequence = chunk.sequence();
      ppid = chunk.ppid();
      flags = chunk.flags();
      data = new byte[chunk.payloadLength()];
      System.arraycopy(chunk.array(), chunk.payloadOffset(), data, 0, data.length);
      runStart = tsn;
      runEnd = tsn;
    }

    boolean begins() {
      return (flags & DataChunk.FLAG_B) != 0;
    }

    boolean ends() {
      return (flags & DataChunk.FLAG_E) != 0;
    }

    boolean continues(Fragment before) {
      return !begins() && !before.ends() && streamId == before.streamId;
    }
  }

  private final ReassemblySink sink;
  private final int maxMessageSize;
  private final IncomingStreams streams = new IncomingStreams(false);
  private @Nullable Fragment[] early = new Fragment[INITIAL_CAPACITY];
  private int mask = INITIAL_CAPACITY - 1;

  /// No TSN above this one is in the ring; none at all when it is not above the cumulative TSN.
  private int highestEarly;

  private int earlyCount;
  private final MessageAssembler open = new MessageAssembler();
  private boolean isOpen;
  private int openStream;
  private int openSequence;
  private int openPpid;
  private boolean openUnordered;
  private boolean oversized;

  TsnReassembly(ReassemblySink sink, int maxMessageSize) {
    this.sink = sink;
    this.maxMessageSize = maxMessageSize;
  }

  @Override
  public boolean isAssembling() {
    return isOpen || earlyCount > 0;
  }

  @Override
  public boolean isOversized() {
    return oversized;
  }

  @Override
  public long add(DataChunk chunk, boolean inOrder) {
    long held = chunk.payloadLength() + (chunk.isBeginning() ? DataReceiver.MESSAGE_OVERHEAD : 0);
    long dropped =
        inOrder
            ? addInOrder(
                chunk.streamId(),
                chunk.sequence(),
                chunk.ppid(),
                chunk.flags(),
                chunk.array(),
                chunk.payloadOffset(),
                chunk.payloadLength())
            : addEarly(chunk);
    return held - dropped;
  }

  @Override
  public long advanceOver(int tsn) {
    if (earlyCount == 0) {
      return 0;
    }
    Fragment fragment = at(tsn);
    if (fragment == null) {
      return 0; // Delivered ahead of the gap.
    }
    early[tsn & mask] = null;
    earlyCount--;
    return -addInOrder(
        fragment.streamId,
        fragment.sequence,
        fragment.ppid,
        fragment.flags,
        fragment.data,
        0,
        fragment.data.length);
  }

  /// @return bytes dropped
  private long addInOrder(
      int streamId, int sequence, int ppid, int flags, byte[] array, int offset, int length) {
    boolean begins = (flags & DataChunk.FLAG_B) != 0;
    boolean ends = (flags & DataChunk.FLAG_E) != 0;
    long dropped = 0;
    if (begins) {
      dropped += dropOpen();
      if (ends) {
        if (length > maxMessageSize) {
          oversized = true;
        }
        byte[] message = new byte[length];
        System.arraycopy(array, offset, message, 0, length);
        return dropped
            + complete(streamId, sequence, ppid, (flags & DataChunk.FLAG_U) != 0, message);
      }
      open.start(Math.max(length, streams.stream(streamId).expectedLength));
      isOpen = true;
      openStream = streamId;
      openSequence = sequence;
      openPpid = ppid;
      openUnordered = (flags & DataChunk.FLAG_U) != 0;
    } else if (!isOpen || streamId != openStream) {
      // A fragment whose beginning was given up or never sent.
      return length;
    }
    open.append(array, offset, length);
    if (open.size() > maxMessageSize) {
      oversized = true;
      return dropped + dropOpen();
    }
    if (ends) {
      isOpen = false;
      streams.stream(openStream).expectedLength = open.size();
      dropped += complete(openStream, openSequence, openPpid, openUnordered, open.finish());
    }
    return dropped;
  }

  private long complete(int streamId, int sequence, int ppid, boolean unordered, byte[] message) {
    if (unordered) {
      sink.deliver(streamId, ppid, true, message);
      return 0;
    }
    return streams.stream(streamId).add(sequence, ppid, message, sink)
        ? 0
        : message.length + DataReceiver.MESSAGE_OVERHEAD;
  }

  private long dropOpen() {
    if (!isOpen) {
      return 0;
    }
    isOpen = false;
    return open.finish().length + DataReceiver.MESSAGE_OVERHEAD;
  }

  private long addEarly(DataChunk chunk) {
    int tsn = chunk.tsn();
    Fragment fragment = new Fragment(chunk);
    if (earlyCount == 0 || SerialNumbers.isLess(highestEarly, tsn)) {
      highestEarly = tsn;
    }
    while (early[tsn & mask] != null) {
      grow();
    }
    early[tsn & mask] = fragment;
    earlyCount++;
    Fragment before = at(tsn - 1);
    if (before != null && fragment.continues(before)) {
      fragment.runStart = before.runStart;
    }
    Fragment after = at(tsn + 1);
    if (after != null && after.continues(fragment)) {
      fragment.runEnd = after.runEnd;
    }
    int start = fragment.runStart;
    int end = fragment.runEnd;
    Fragment first = required(start);
    Fragment last = required(end);
    first.runEnd = end;
    last.runStart = start;
    return first.begins() && last.ends() ? deliverEarly(start, end) : 0;
  }

  private long deliverEarly(int start, int end) {
    Fragment first = required(start);
    byte[] message = first.data;
    if (start != end) {
      long length = 0;
      for (int tsn = start; tsn - end <= 0; tsn++) {
        length += required(tsn).data.length;
      }
      if (length > maxMessageSize) {
        oversized = true;
        return 0;
      }
      message = new byte[(int) length];
      int position = 0;
      for (int tsn = start; tsn - end <= 0; tsn++) {
        byte[] data = required(tsn).data;
        System.arraycopy(data, 0, message, position, data.length);
        position += data.length;
      }
    }
    for (int tsn = start; tsn - end <= 0; tsn++) {
      early[tsn & mask] = null;
      earlyCount--;
    }
    return complete(
        first.streamId, first.sequence, first.ppid, (first.flags & DataChunk.FLAG_U) != 0, message);
  }

  @Override
  public long forward(ForwardTsnChunk chunk, int oldCumulative) {
    int newCumulative = chunk.newCumulativeTsn();
    long dropped = dropOpen();
    for (int tsn = oldCumulative + 1;
        earlyCount > 0 && tsn - newCumulative <= 0 && tsn - highestEarly <= 0;
        tsn++) {
      Fragment fragment = at(tsn);
      if (fragment != null) {
        early[tsn & mask] = null;
        earlyCount--;
        dropped += fragment.data.length + (fragment.begins() ? DataReceiver.MESSAGE_OVERHEAD : 0);
      }
    }
    for (ForwardTsnChunk.Skip skip : chunk.skips()) {
      streams.stream(skip.streamId()).skipTo(skip.sequence(), sink);
    }
    // The run that a dropped fragment began keeps its rest; it is dropped when its turn comes.
    Fragment rest = at(newCumulative + 1);
    if (rest != null && !rest.begins()) {
      rest.runStart = newCumulative + 1;
      required(rest.runEnd).runStart = newCumulative + 1;
    }
    return -dropped;
  }

  @Override
  public long reset(int[] streamIds) {
    if (streamIds.length == 0) {
      return -streams.resetAll();
    }
    long dropped = 0;
    for (int id : streamIds) {
      dropped += streams.reset(id);
    }
    return -dropped;
  }

  private @Nullable Fragment at(int tsn) {
    Fragment fragment = early[tsn & mask];
    return fragment != null && fragment.tsn == tsn ? fragment : null;
  }

  private Fragment required(int tsn) {
    Fragment fragment = at(tsn);
    if (fragment == null) {
      throw new IllegalStateException("no fragment with TSN " + tsn);
    }
    return fragment;
  }

  private void grow() {
    int newMask = mask * 2 + 1;
    @Nullable Fragment[] grown = new Fragment[newMask + 1];
    for (Fragment fragment : early) {
      if (fragment != null) {
        grown[fragment.tsn & newMask] = fragment;
      }
    }
    early = grown;
    mask = newMask;
  }
}
