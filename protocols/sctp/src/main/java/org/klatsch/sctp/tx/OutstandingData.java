package org.klatsch.sctp.tx;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.SerialNumbers;
import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.SackChunk;
import org.klatsch.sctp.packet.Wire;

/// Chunks that have a TSN and are not cumulatively acknowledged, with what is known of each.
///
/// Everything is kept in rings indexed by TSN: parallel arrays of a power of two that grow with the
/// window, bit sets of acknowledged and lost chunks that are worked on 64 at a time, and a list in
/// order of (re)transmission threaded through the slots, from which time-based loss detection (RFC
/// 8985) takes its candidates at the front. Nothing is sorted, hashed or allocated per chunk.
final class OutstandingData {
  /// Gap ack blocks are 16-bit offsets (RFC 9260 §3.3.4): what lies further cannot be reported.
  static final int MAX_CHUNKS = 65_000;

  private static final int INITIAL_CAPACITY = 64;
  private static final int NONE = -1;

  /// A SACK with this many gap blocks fills most of a small packet.
  private static final int TRUNCATED_GAPS = 200;

  // Bits of `flags` above those of the wire (E, B).
  private static final int IN_FLIGHT = 0x10;
  private static final int LOST = 0x20;
  private static final int ABANDONED = 0x40;
  private static final int LARGE_PACKET = 0x08;
  private static final int WIRE_FLAGS = DataChunk.FLAG_B | DataChunk.FLAG_E;

  private @Nullable OutgoingMessage[] messages = new OutgoingMessage[INITIAL_CAPACITY];
  private int[] starts = new int[INITIAL_CAPACITY];
  private int[] lengths = new int[INITIAL_CAPACITY];
  private int[] fsns = new int[INITIAL_CAPACITY];
  private int[] flags = new int[INITIAL_CAPACITY];
  private int[] transmissions = new int[INITIAL_CAPACITY];
  private long[] sentAt = new long[INITIAL_CAPACITY];

  /// Serial number of the chunk's last transmission: orders chunks sent at the same moment.
  private int[] sentOrder = new int[INITIAL_CAPACITY];

  private int[] previous = new int[INITIAL_CAPACITY];
  private int[] next = new int[INITIAL_CAPACITY];
  private long[] acked = new long[INITIAL_CAPACITY / 64];
  private long[] lost = new long[INITIAL_CAPACITY / 64];
  private int mask = INITIAL_CAPACITY - 1;
  private int oldest = NONE;
  private int newest = NONE;

  private final CongestionControl congestionControl;
  private int headerLength = DataChunk.HEADER_LENGTH;
  private boolean partialReliability;
  private int cumulativeAck;
  private int nextTsn;
  private int advancedAck;
  private int highestAcked;
  private int lostCount;
  private int ackedCount;
  private int abandonedCount;
  private long inFlight;
  private long inFlightPayload;
  private long unackedPayload;
  private int transmissionCounter;

  // RACK, RFC 8985 §5.
  private int rackOrder;
  private boolean rackValid;
  private long rackRtt;
  private boolean reorderingSeen;
  private int reorderWindowMultiplier = 1;
  private long minRtt = Long.MAX_VALUE;
  private long rackDeadline = ProtocolCore.NEVER;

  /// After T3-rtx the next SACK's gap blocks are taken as the whole truth.
  private boolean resynchronize;

  /// Whether the last SACK was so long that gap blocks may have been left out of it.
  private boolean sackTruncated;

  // Outcome of the last SACK.
  private long ackedBytes;
  private long newestAckedSentAt;
  private long rttSample;

  private long retransmitted;
  private long messagesAbandoned;
  private int largeLostInRow;

  OutstandingData(CongestionControl congestionControl) {
    this.congestionControl = congestionControl;
  }

  void start(int initialTsn, boolean interleaved, boolean withPartialReliability) {
    nextTsn = initialTsn;
    cumulativeAck = initialTsn - 1;
    advancedAck = cumulativeAck;
    highestAcked = cumulativeAck;
    headerLength = DataChunk.headerLength(interleaved);
    partialReliability = withPartialReliability;
  }

  int nextTsn() {
    return nextTsn;
  }

  int cumulativeAck() {
    return cumulativeAck;
  }

  int advancedAck() {
    return advancedAck;
  }

  boolean isEmpty() {
    return nextTsn == cumulativeAck + 1;
  }

  int size() {
    return nextTsn - cumulativeAck - 1;
  }

  boolean hasRoom() {
    return size() < MAX_CHUNKS;
  }

  /// Bytes of chunks, header and padding included, sent and neither acknowledged nor deemed lost.
  long inFlight() {
    return inFlight;
  }

  /// User data of the same chunks: what the peer's window must hold.
  long inFlightPayload() {
    return inFlightPayload;
  }

  /// User data of all chunks that are not acknowledged.
  long unackedPayload() {
    return unackedPayload;
  }

  boolean hasLost() {
    return lostCount > 0;
  }

  int lostCount() {
    return lostCount;
  }

  long retransmitted() {
    return retransmitted;
  }

  long messagesAbandoned() {
    return messagesAbandoned;
  }

  long rackDeadline() {
    return rackDeadline;
  }

  long ackedBytes() {
    return ackedBytes;
  }

  long newestAckedSentAt() {
    return newestAckedSentAt;
  }

  /// A measurement from the last SACK, 0 for none.
  long rttSample() {
    return rttSample;
  }

  long minRtt() {
    return minRtt;
  }

  /// Large packets lost since one was acknowledged, RFC 8899 §4.3.
  int largeLostInRow() {
    return largeLostInRow;
  }

  void resetLargeLost() {
    largeLostInRow = 0;
  }

  /// Gives a fragment the next TSN and counts it as sent.
  int add(long now, OutgoingMessage message, int length, boolean end, boolean largePacket) {
    int tsn = append(message, message.offset + message.sent, length);
    int slot = tsn & mask;
    flags[slot] =
        (message.sent == 0 ? DataChunk.FLAG_B : 0)
            | (end ? DataChunk.FLAG_E : 0)
            | (largePacket ? LARGE_PACKET : 0)
            | IN_FLIGHT;
    transmissions[slot] = 1;
    stamp(now, slot);
    addInFlight(slot);
    unackedPayload += length;
    return tsn;
  }

  private int append(OutgoingMessage message, int start, int length) {
    if (size() == mask + 1) {
      grow();
    }
    int tsn = nextTsn++;
    int slot = tsn & mask;
    messages[slot] = message;
    starts[slot] = start;
    lengths[slot] = length;
    fsns[slot] = message.nextFsn++;
    flags[slot] = 0;
    if (message.sent == 0) {
      message.firstTsn = tsn;
    }
    message.lastTsn = tsn;
    return tsn;
  }

  /// The lost chunk with the lowest TSN; there is one, see [#hasLost()].
  int firstLost() {
    int tsn = cumulativeAck + 1;
    int slot = tsn & mask;
    int word = slot >>> 6;
    long bits = lost[word] & -1L << (slot & 63);
    for (int i = 0; i <= lost.length; i++) {
      if (bits != 0) {
        int found = (word << 6) + Long.numberOfTrailingZeros(bits);
        return tsn + (found - slot & mask);
      }
      word = word + 1 & lost.length - 1;
      bits = lost[word];
    }
    throw new IllegalStateException("no lost chunk, count " + lostCount);
  }

  /// Counts a lost chunk as sent again.
  void retransmit(long now, int tsn) {
    int slot = tsn & mask;
    clearLost(slot);
    flags[slot] = flags[slot] & ~LARGE_PACKET | IN_FLIGHT;
    transmissions[slot]++;
    retransmitted++;
    stamp(now, slot);
    addInFlight(slot);
  }

  /// Takes the chunk sent last out of flight, to be sent again as a probe (RFC 8985 §7.3).
  boolean loseNewest() {
    if (newest == NONE) {
      return false;
    }
    int slot = highestInFlight();
    removeInFlight(slot);
    setLost(slot);
    return true;
  }

  private int highestInFlight() {
    for (int tsn = nextTsn - 1; ; tsn--) {
      if ((flags[tsn & mask] & IN_FLIGHT) != 0) {
        return tsn & mask;
      }
    }
  }

  OutgoingMessage message(int tsn) {
    OutgoingMessage message = messages[tsn & mask];
    if (message == null) {
      throw new IllegalStateException("TSN " + tsn + " is not outstanding");
    }
    return message;
  }

  int length(int tsn) {
    return lengths[tsn & mask];
  }

  int start(int tsn) {
    return starts[tsn & mask];
  }

  int fsn(int tsn) {
    return fsns[tsn & mask];
  }

  /// B and E bits as on the wire.
  int wireFlags(int tsn) {
    return flags[tsn & mask] & WIRE_FLAGS;
  }

  /// Takes a SACK. Old ones and those that acknowledge what was never sent are refused.
  boolean handleSack(long now, SackChunk sack) {
    int cumulative = sack.cumulativeTsnAck();
    // RFC 9260 §6.2.1 D i: a SACK older than one taken before is dropped.
    if (SerialNumbers.isLess(cumulative, cumulativeAck)
        || SerialNumbers.isLess(nextTsn - 1, cumulative)) {
      return false;
    }
    ackedBytes = 0;
    newestAckedSentAt = -1;
    rttSample = 0;
    if (resynchronize) {
      resynchronize = false;
      forgetGapAcks();
    }
    while (cumulativeAck != cumulative) {
      cumulativeAck++;
      release(now, cumulativeAck);
    }
    if (SerialNumbers.isLess(highestAcked, cumulative)) {
      highestAcked = cumulative;
    }
    sackTruncated = sack.gapCount() >= TRUNCATED_GAPS;
    int highestSent = nextTsn - 1;
    for (int i = 0; i < sack.gapCount(); i++) {
      int start = cumulative + sack.gapStart(i);
      int end = cumulative + sack.gapEnd(i);
      if (sack.gapStart(i) == 0
          || SerialNumbers.isLess(end, start)
          || SerialNumbers.isLess(highestSent, end)) {
        continue;
      }
      ackRange(now, start, end);
    }
    if (sack.duplicateCount() > 0 && reorderingSeen) {
      // RFC 8985 §6.2 step 4: duplicates tell that chunks were declared lost too early.
      reorderWindowMultiplier = Math.min(reorderWindowMultiplier + 1, 16);
    }
    if (SerialNumbers.isLess(advancedAck, cumulativeAck)) {
      advancedAck = cumulativeAck;
    }
    return true;
  }

  private void ackRange(long now, int start, int end) {
    int tsn = start;
    int left = end - start + 1;
    while (left > 0) {
      int slot = tsn & mask;
      int bit = slot & 63;
      int count = Math.min(64 - bit, left);
      long range = (count == 64 ? -1L : (1L << count) - 1) << bit;
      int word = slot >>> 6;
      long fresh = range & ~acked[word];
      acked[word] |= range;
      while (fresh != 0) {
        int offset = Long.numberOfTrailingZeros(fresh);
        fresh &= fresh - 1;
        ackedCount++;
        handleAcked(now, tsn + (offset - bit), (word << 6) + offset);
      }
      tsn += count;
      left -= count;
    }
    if (SerialNumbers.isLess(highestAcked, end)) {
      highestAcked = end;
    }
  }

  private void release(long now, int tsn) {
    int slot = tsn & mask;
    long bit = 1L << (slot & 63);
    if ((acked[slot >>> 6] & bit) != 0) {
      acked[slot >>> 6] &= ~bit;
      ackedCount--;
    } else {
      handleAcked(now, tsn, slot);
    }
    if ((flags[slot] & ABANDONED) != 0) {
      abandonedCount--;
    }
    messages[slot] = null;
  }

  private void handleAcked(long now, int tsn, int slot) {
    int state = flags[slot];
    if ((state & (IN_FLIGHT | LOST)) == 0) {
      return; // Abandoned.
    }
    unackedPayload -= lengths[slot];
    if ((state & LOST) != 0) {
      clearLost(slot);
    } else {
      removeInFlight(slot);
    }
    if ((state & LARGE_PACKET) != 0) {
      largeLostInRow = 0;
    }
    ackedBytes += size(slot);
    long rtt = now - sentAt[slot];
    if (transmissions[slot] > 1) {
      // RFC 8985 §6.2 step 2: too early to be the answer to the retransmission.
      if (rtt < minRtt) {
        return;
      }
    } else if (SerialNumbers.isLess(tsn, highestAcked)) {
      reorderingSeen = true;
    }
    if (sentAt[slot] >= newestAckedSentAt) {
      newestAckedSentAt = sentAt[slot];
      // Karn's rule, RFC 9260 §6.3.1 C5.
      rttSample = transmissions[slot] == 1 ? Math.max(1, rtt) : 0;
    }
    if (!rackValid || sentOrder[slot] - rackOrder > 0) {
      rackValid = true;
      rackOrder = sentOrder[slot];
      rackRtt = rtt;
    }
  }

  void handleMinRtt(long rtt) {
    minRtt = Math.min(minRtt, rtt);
  }

  /// Declares chunks lost that were sent sufficiently before one that was delivered, RFC 8985 §6.2
  /// step 5.
  ///
  /// @return whether any chunk was lost
  boolean detectLosses(long now, long srtt, boolean inRecovery) {
    rackDeadline = ProtocolCore.NEVER;
    if (!rackValid) {
      return false;
    }
    long window;
    if (!reorderingSeen && (inRecovery || lostCount > 0 || ackedCount >= 3)) {
      window = 0;
    } else {
      long base = minRtt == Long.MAX_VALUE ? rackRtt : minRtt;
      window = Math.min(reorderWindowMultiplier * (base / 4), srtt);
    }
    boolean any = false;
    while (oldest != NONE && sentOrder[oldest] - rackOrder < 0) {
      int slot = oldest;
      if (sackTruncated && SerialNumbers.isLess(highestAcked, tsn(slot))) {
        break; // It may have arrived and found no room in the SACK.
      }
      long deadline = sentAt[slot] + rackRtt + window;
      if (deadline > now) {
        rackDeadline = deadline;
        break;
      }
      loseOrAbandon(now, slot);
      any = true;
    }
    return any;
  }

  /// Declares everything in flight lost, RFC 9260 §6.3.3 E3.
  void loseAll(long now) {
    while (oldest != NONE) {
      int slot = oldest;
      if ((flags[slot] & LARGE_PACKET) != 0) {
        largeLostInRow++;
      }
      removeInFlight(slot);
      setLost(slot);
      giveUpIfSpent(now, slot);
    }
    resynchronize = ackedCount > 0;
    rackValid = false;
    rackDeadline = ProtocolCore.NEVER;
    reorderWindowMultiplier = 1;
  }

  /// Declares one chunk lost without telling congestion control: a zero window probe that the peer
  /// dropped.
  void loseProbe() {
    while (oldest != NONE) {
      int slot = oldest;
      removeInFlight(slot);
      setLost(slot);
    }
  }

  private void loseOrAbandon(long now, int slot) {
    congestionControl.handleLost(now, size(slot), sentAt[slot]);
    if ((flags[slot] & LARGE_PACKET) != 0) {
      largeLostInRow++;
    }
    removeInFlight(slot);
    setLost(slot);
    giveUpIfSpent(now, slot);
  }

  private void giveUpIfSpent(long now, int slot) {
    OutgoingMessage message = messages[slot];
    if (message != null && isSpent(now, message, slot)) {
      abandon(message);
    }
  }

  private boolean isSpent(long now, OutgoingMessage message, int slot) {
    return partialReliability
        && (message.maxRetransmits >= 0 && transmissions[slot] > message.maxRetransmits
            || message.expiresAt <= now);
  }

  /// Whether the chunk's message may not be sent again any more.
  boolean isSpent(long now, int tsn) {
    return message(tsn).expiresAt <= now && partialReliability;
  }

  /// Gives up all chunks of a message, RFC 3758 §3.5 A1.
  void abandon(OutgoingMessage message) {
    if (!message.abandoned) {
      message.abandoned = true;
      messagesAbandoned++;
    }
    if (message.sent == 0) {
      return;
    }
    int first = message.firstTsn;
    if (SerialNumbers.isLess(first, cumulativeAck + 1)) {
      first = cumulativeAck + 1;
    }
    for (int tsn = first; SerialNumbers.isLessOrEqual(tsn, message.lastTsn); tsn++) {
      int slot = tsn & mask;
      if (messages[slot] != message || (flags[slot] & ABANDONED) != 0) {
        continue;
      }
      if ((flags[slot] & IN_FLIGHT) != 0) {
        removeInFlight(slot);
        unackedPayload -= lengths[slot];
      } else if ((flags[slot] & LOST) != 0) {
        clearLost(slot);
        unackedPayload -= lengths[slot];
      }
      flags[slot] |= ABANDONED;
      abandonedCount++;
    }
  }

  /// Takes a TSN for the part of an abandoned message that was never sent, so that a FORWARD-TSN
  /// can say the message is over even when all its sent fragments were acknowledged.
  void addPlaceholder(OutgoingMessage message) {
    int tsn = append(message, message.offset, 0);
    flags[tsn & mask] = DataChunk.FLAG_E | ABANDONED;
    abandonedCount++;
  }

  /// Moves the Advanced.Peer.Ack.Point over abandoned chunks, RFC 3758 §3.5 C2.
  ///
  /// @return whether it is ahead of the cumulative TSN ack, so that a FORWARD-TSN is due
  boolean advance() {
    if (abandonedCount == 0) {
      return false;
    }
    while (advancedAck + 1 != nextTsn && (flags[advancedAck + 1 & mask] & ABANDONED) != 0) {
      advancedAck++;
    }
    return advancedAck != cumulativeAck;
  }

  private void forgetGapAcks() {
    // RFC 9260 §6.2.1 D iii: a receiver may take back what it acknowledged by gap blocks only.
    for (int tsn = cumulativeAck + 1; ackedCount > 0 && tsn != nextTsn; tsn++) {
      int slot = tsn & mask;
      long bit = 1L << (slot & 63);
      if ((acked[slot >>> 6] & bit) != 0) {
        acked[slot >>> 6] &= ~bit;
        ackedCount--;
        if ((flags[slot] & ABANDONED) == 0) {
          unackedPayload += lengths[slot];
          setLost(slot);
        }
      }
    }
  }

  private int tsn(int slot) {
    int base = cumulativeAck + 1;
    return base + (slot - base & mask);
  }

  private int size(int slot) {
    return headerLength + Wire.padded(lengths[slot]);
  }

  private void stamp(long now, int slot) {
    sentAt[slot] = now;
    sentOrder[slot] = transmissionCounter++;
  }

  private void addInFlight(int slot) {
    inFlight += size(slot);
    inFlightPayload += lengths[slot];
    previous[slot] = newest;
    next[slot] = NONE;
    if (newest == NONE) {
      oldest = slot;
    } else {
      next[newest] = slot;
    }
    newest = slot;
  }

  private void removeInFlight(int slot) {
    flags[slot] &= ~IN_FLIGHT;
    inFlight -= size(slot);
    inFlightPayload -= lengths[slot];
    int before = previous[slot];
    int after = next[slot];
    if (before == NONE) {
      oldest = after;
    } else {
      next[before] = after;
    }
    if (after == NONE) {
      newest = before;
    } else {
      previous[after] = before;
    }
  }

  private void setLost(int slot) {
    flags[slot] |= LOST;
    lost[slot >>> 6] |= 1L << (slot & 63);
    lostCount++;
  }

  private void clearLost(int slot) {
    flags[slot] &= ~LOST;
    lost[slot >>> 6] &= ~(1L << (slot & 63));
    lostCount--;
  }

  private void grow() {
    int oldMask = mask;
    int capacity = (mask + 1) * 2;
    int newMask = capacity - 1;
    int base = cumulativeAck + 1;
    @Nullable OutgoingMessage[] newMessages = new OutgoingMessage[capacity];
    int[] newStarts = new int[capacity];
    int[] newLengths = new int[capacity];
    int[] newFsns = new int[capacity];
    int[] newFlags = new int[capacity];
    int[] newTransmissions = new int[capacity];
    long[] newSentAt = new long[capacity];
    int[] newSentOrder = new int[capacity];
    int[] newPrevious = new int[capacity];
    int[] newNext = new int[capacity];
    long[] newAcked = new long[capacity / 64];
    long[] newLost = new long[capacity / 64];
    Arrays.fill(newPrevious, NONE);
    Arrays.fill(newNext, NONE);
    for (int tsn = base; tsn != nextTsn; tsn++) {
      int from = tsn & oldMask;
      int to = tsn & newMask;
      newMessages[to] = messages[from];
      newStarts[to] = starts[from];
      newLengths[to] = lengths[from];
      newFsns[to] = fsns[from];
      newFlags[to] = flags[from];
      newTransmissions[to] = transmissions[from];
      newSentAt[to] = sentAt[from];
      newSentOrder[to] = sentOrder[from];
      newPrevious[to] = moved(previous[from], base, oldMask, newMask);
      newNext[to] = moved(next[from], base, oldMask, newMask);
      newAcked[to >>> 6] |= (acked[from >>> 6] >>> (from & 63) & 1) << (to & 63);
      newLost[to >>> 6] |= (lost[from >>> 6] >>> (from & 63) & 1) << (to & 63);
    }
    oldest = moved(oldest, base, oldMask, newMask);
    newest = moved(newest, base, oldMask, newMask);
    messages = newMessages;
    starts = newStarts;
    lengths = newLengths;
    fsns = newFsns;
    flags = newFlags;
    transmissions = newTransmissions;
    sentAt = newSentAt;
    sentOrder = newSentOrder;
    previous = newPrevious;
    next = newNext;
    acked = newAcked;
    lost = newLost;
    mask = newMask;
  }

  /// The slot that a chunk has in the grown rings.
  private static int moved(int slot, int base, int oldMask, int newMask) {
    return slot == NONE ? NONE : base + (slot - base & oldMask) & newMask;
  }
}
