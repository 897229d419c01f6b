package org.klatsch.sctp.rx;

import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.SerialNumbers;
import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.ForwardTsnChunk;

/// The receiving half of an association: which data is taken, when it is acknowledged, RFC 9260
/// §6.2, and how much may still come.
public final class DataReceiver {
  /// What a message costs beside its bytes. Counted, so that a flood of tiny messages cannot hold
  /// many times the receive window.
  public static final long MESSAGE_OVERHEAD = 64;

  /// What became of a chunk.
  public enum Outcome {
    ACCEPTED,
    DUPLICATE,
    BEYOND_WINDOW,
    BEYOND_TSN_RANGE
  }

  private final int window;
  private final int maxMessageSize;
  private final long sackDelay;
  private final ReassemblySink sink;
  private final ReceivedTsns tsns = new ReceivedTsns();
  private Reassembly reassembly;

  /// Bytes in reassembly and of delivered messages that were not consumed, with overhead.
  private long held;

  private int packetsSinceSack;
  private boolean sackPending;
  private long sackDeadline = ProtocolCore.NEVER;
  private long advertised;
  private long duplicates;

  /// @param window bytes held at most
  /// @param sackDelay nanoseconds that an acknowledgement may wait
  /// @param sink takes whole messages; each holds its length and [#MESSAGE_OVERHEAD] until
  ///   [#consumed]
  public DataReceiver(int window, int maxMessageSize, long sackDelay, ReassemblySink sink) {
    this.window = window;
    this.maxMessageSize = maxMessageSize;
    this.sackDelay = sackDelay;
    this.sink = sink;
    this.reassembly = new TsnReassembly(sink, maxMessageSize);
    this.advertised = window;
  }

  /// Begins with a new association.
  public void start(int initialTsn, boolean interleaved) {
    tsns.start(initialTsn);
    reassembly =
        interleaved
            ? new InterleavedReassembly(sink, maxMessageSize)
            : new TsnReassembly(sink, maxMessageSize);
    held = 0;
    packetsSinceSack = 0;
    sackPending = false;
    sackDeadline = ProtocolCore.NEVER;
  }

  public int cumulativeTsn() {
    return tsns.cumulative();
  }

  /// Receive window to advertise.
  public long window() {
    return Math.max(0, window - held);
  }

  public long duplicates() {
    return duplicates;
  }

  /// Whether the peer sent a longer message than allowed.
  public boolean isOversized() {
    return reassembly.isOversized();
  }

  /// Takes a DATA or I-DATA chunk with user data on a valid stream.
  public Outcome handleData(DataChunk chunk) {
    int tsn = chunk.tsn();
    if (tsns.contains(tsn)) {
      duplicates++;
      tsns.addDuplicate(tsn);
      sackPending = true;
      return Outcome.DUPLICATE;
    }
    if (!tsns.isInRange(tsn)) {
      sackPending = true;
      return Outcome.BEYOND_TSN_RANGE;
    }
    boolean inOrder = tsn == tsns.cumulative() + 1;
    // A sender that keeps to the window may still exceed it by the overhead counted here. What
    // completes a message or closes a gap is taken a little longer, or a full window never empties.
    long limit = window + window / 2L;
    if (inOrder && (tsns.hasGaps() || reassembly.isAssembling())) {
      limit += maxMessageSize;
    }
    if (held + chunk.payloadLength() > limit) {
      sackPending = true;
      return Outcome.BEYOND_WINDOW;
    }
    tsns.add(tsn);
    held += reassembly.add(chunk, inOrder);
    if (inOrder) {
      tsns.advance();
      advance();
    }
    if (chunk.wantsImmediateSack()) {
      sackPending = true;
    }
    return Outcome.ACCEPTED;
  }

  /// Counts a TSN as received whose data is refused, such as that of an invalid stream (RFC 9260
  /// §6.5).
  public void handleRefusedData(int tsn) {
    sackPending = true;
    if (!tsns.contains(tsn) && tsns.isInRange(tsn)) {
      tsns.add(tsn);
      advance();
    }
  }

  private void advance() {
    while (tsns.advance()) {
      held += reassembly.advanceOver(tsns.cumulative());
    }
  }

  /// A packet with data was taken whole: decides when to acknowledge, RFC 9260 §6.2.
  public void handlePacketEnd(long now) {
    packetsSinceSack++;
    if (packetsSinceSack >= 2 || tsns.hasGaps() || tsns.hasDuplicates()) {
      sackPending = true;
    } else if (!sackPending && sackDeadline == ProtocolCore.NEVER) {
      sackDeadline = now + sackDelay;
    }
  }

  /// The sender gave up data, RFC 3758 §3.6.
  public void handleForwardTsn(ForwardTsnChunk chunk) {
    sackPending = true;
    if (SerialNumbers.isLessOrEqual(chunk.newCumulativeTsn(), tsns.cumulative())) {
      return; // Out of date; the SACK tells.
    }
    int old = tsns.cumulative();
    held += reassembly.forward(chunk, old);
    tsns.forwardTo(chunk.newCumulativeTsn());
    advance();
  }

  /// The peer reset streams of its own, all when the array is empty.
  public void handleStreamsReset(int[] streamIds) {
    held += reassembly.reset(streamIds);
  }

  /// Window is given back by the application; the peer hears of it at once when it saw too small a
  /// window to go on.
  public void consumed(long bytes) {
    held = Math.max(0, held - bytes);
    // RFC 9260 §6.2: an update is worth a packet once it is substantial.
    if (advertised < window / 4 && window() - advertised >= window / 4) {
      sackPending = true;
    }
  }

  /// Whether a SACK is due on its own.
  public boolean isSackDue() {
    return sackPending;
  }

  /// Whether a SACK should go along with other chunks.
  public boolean hasUnacknowledged() {
    return sackPending || packetsSinceSack > 0;
  }

  public long nextTimeout() {
    return sackDeadline;
  }

  public void handleTimeout(long now) {
    if (sackDeadline <= now) {
      sackDeadline = ProtocolCore.NEVER;
      sackPending = true;
    }
  }

  /// Asks for a SACK in the next packet.
  public void requestSack() {
    sackPending = true;
  }

  /// Writes the SACK.
  ///
  /// @return its length
  public int writeSack(byte[] packet, int offset, int room) {
    sackPending = false;
    packetsSinceSack = 0;
    sackDeadline = ProtocolCore.NEVER;
    advertised = window();
    return tsns.writeSack(packet, offset, room, advertised);
  }
}
