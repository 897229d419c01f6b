package org.klatsch.sctp.tx;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.ForwardTsnChunk;
import org.klatsch.sctp.packet.SackChunk;
import org.klatsch.sctp.packet.Wire;

/// The sending half of an association: takes messages from the [SendQueue], cuts them into chunks
/// when a packet has room for them, and sends chunks again until they are acknowledged or given up.
///
/// Losses are found by time (RACK) with tail loss probes, RFC 8985, adapted to TSNs; T3-rtx (RFC
/// 9260 §6.3) is the last resort.
public final class DataSender {
  /// A fragment below this size is not worth its header unless it ends a message.
  private static final int MIN_FRAGMENT = 128;

  /// How long a peer may delay its acknowledgement of a lone packet, RFC 9260 §6.2.
  private static final long PEER_SACK_DELAY = 200_000_000;

  private static final long NEVER = ProtocolCore.NEVER;

  private final SendQueue queue;
  private final CongestionControl congestionControl;
  private final RetransmissionTimeout rto;
  private final Pacer pacer;
  private final OutstandingData outstanding;
  private boolean started;
  private boolean interleaved;
  private boolean partialReliability;

  /// Largest user data of a chunk: it fits into a packet of the base size, so that every chunk can
  /// be sent again over any path.
  private int maxPayload;

  private long advertisedWindow;
  private long t3Deadline = NEVER;
  private long probeDeadline = NEVER;
  private boolean probePending;
  private boolean probeOutstanding;
  private boolean windowProbe;
  private boolean windowLimited;
  private boolean recovering;
  private int recoveryTsn;
  private long pacingDeadline = NEVER;
  private long lastSentAt = -1;
  private long lastRttSampleAt = -1;
  private boolean forwardTsnDue;
  private int forwardedTsn;
  private long forwardedAt = -1;
  private boolean immediateSack;
  private long messagesSent;
  private long timeouts;
  private long tailProbes;

  /// @param packetSize base packet size, SCTP header included
  /// @param pacing whether packets are spread over the round trip
  public DataSender(
      SendQueue queue,
      CongestionControl congestionControl,
      RetransmissionTimeout rto,
      int packetSize,
      boolean pacing) {
    this.queue = queue;
    this.congestionControl = congestionControl;
    this.rto = rto;
    this.pacer = new Pacer(pacing, packetSize);
    this.outstanding = new OutstandingData(congestionControl);
  }

  /// Begins with a new association.
  ///
  /// @param window the receive window the peer advertised
  /// @param maxChunkPayload largest user data of a chunk
  public void start(
      int initialTsn,
      long window,
      int maxChunkPayload,
      boolean useInterleaving,
      boolean usePartialReliability) {
    started = true;
    interleaved = useInterleaving;
    partialReliability = usePartialReliability;
    maxPayload = maxChunkPayload;
    advertisedWindow = window;
    forwardedTsn = initialTsn - 1;
    queue.interleaved(useInterleaving);
    outstanding.start(initialTsn, useInterleaving, usePartialReliability);
  }

  /// Drops all queued messages, when the association they were meant for is gone.
  public void clearQueue() {
    queue.clear();
  }

  public int nextTsn() {
    return outstanding.nextTsn();
  }

  /// Whether everything sent is acknowledged and nothing waits.
  public boolean isIdle() {
    return outstanding.isEmpty() && queue.queuedMessages() == 0;
  }

  /// Whether chunks are sent and not yet cumulatively acknowledged.
  public boolean hasOutstanding() {
    return !outstanding.isEmpty();
  }

  /// Bytes of messages held: unsent, or sent and not acknowledged.
  public long heldBytes() {
    return queue.queuedBytes() + outstanding.unackedPayload();
  }

  public long inFlight() {
    return outstanding.inFlight();
  }

  /// The peer's window as far as it is free.
  public long peerWindow() {
    return Math.max(0, advertisedWindow - outstanding.inFlightPayload());
  }

  public long messagesSent() {
    return messagesSent;
  }

  public long messagesAbandoned() {
    return outstanding.messagesAbandoned() + queue.messagesAbandoned();
  }

  public long chunksRetransmitted() {
    return outstanding.retransmitted();
  }

  public long timeouts() {
    return timeouts;
  }

  public long tailProbes() {
    return tailProbes;
  }

  public long minRtt() {
    return outstanding.minRtt() == Long.MAX_VALUE ? 0 : outstanding.minRtt();
  }

  /// Packets above the base size lost since one got through, RFC 8899 §4.3.
  public int largePacketsLost() {
    return outstanding.largeLostInRow();
  }

  public void resetLargePacketsLost() {
    outstanding.resetLargeLost();
  }

  /// Adapts to a new packet size.
  public void packetSize(int bytes) {
    congestionControl.packetSize(bytes);
    pacer.packetSize(bytes);
  }

  /// The packets take another path: estimates are void, and what waits for a backed-off timer is
  /// sent again soon.
  public void handlePathChanged(long now) {
    rto.reset();
    congestionControl.handlePathChanged(now);
    pacer.rate(now, Long.MAX_VALUE);
    if (!outstanding.isEmpty()) {
      t3Deadline = now + rto.rto();
    }
  }

  /// Takes a SACK.
  ///
  /// @return false for one that is old or acknowledges what was never sent
  public boolean handleSack(long now, SackChunk sack) {
    int before = outstanding.cumulativeAck();
    long inFlightBefore = outstanding.inFlight();
    if (!outstanding.handleSack(now, sack)) {
      return false;
    }
    advertisedWindow = sack.advertisedWindow();
    long acked = outstanding.ackedBytes();
    boolean progress = acked > 0 || outstanding.cumulativeAck() != before;
    if (outstanding.rttSample() > 0) {
      measure(now, outstanding.rttSample());
    }
    if (progress) {
      rto.resetBackoff();
      probeOutstanding = false;
      windowProbe = false;
    } else if (windowProbe && advertisedWindow > 0) {
      // The peer had no room for the probe and has now.
      windowProbe = false;
      outstanding.loseProbe();
    }
    if (recovering && recoveryTsn - outstanding.cumulativeAck() <= 0) {
      recovering = false;
    }
    if (outstanding.detectLosses(now, rto.srtt(), recovering)) {
      enterRecovery();
    }
    if (acked > 0) {
      congestionControl.handleAcked(
          now, acked, inFlightBefore, outstanding.newestAckedSentAt(), windowLimited);
      pacer.rate(now, congestionControl.pacingRate(rto.srtt()));
    }
    checkForwardTsn(now);
    if (outstanding.isEmpty()) {
      t3Deadline = NEVER;
      probeDeadline = NEVER;
    } else if (progress) {
      // Deviates from RFC 9260 §6.3.2 R3: any newly acknowledged chunk restarts T3-rtx, because
      // time-based detection keeps repairing the earliest one while others get through.
      t3Deadline = now + rto.rto();
      armProbe(now);
    }
    return true;
  }

  private void measure(long now, long rtt) {
    outstanding.handleMinRtt(rtt);
    congestionControl.handleRtt(now, rtt);
    // RFC 9260 §6.3.1 C4: about one measurement per round trip.
    if (lastRttSampleAt < 0 || now - lastRttSampleAt >= rto.srtt()) {
      lastRttSampleAt = now;
      rto.handleRtt(rtt);
    }
  }

  private void enterRecovery() {
    recovering = true;
    recoveryTsn = outstanding.nextTsn() - 1;
    pacer.rate(lastRttSampleAt, congestionControl.pacingRate(rto.srtt()));
  }

  private void checkForwardTsn(long now) {
    if (!partialReliability || !outstanding.advance()) {
      return;
    }
    // Once when the point moves, then once a round trip until it is acknowledged.
    if (forwardedTsn != outstanding.advancedAck()
        || forwardedAt < 0
        || now - forwardedAt >= rto.srtt()) {
      forwardTsnDue = true;
    }
  }

  public long nextTimeout() {
    return Math.min(
        Math.min(t3Deadline, probeDeadline), Math.min(outstanding.rackDeadline(), pacingDeadline));
  }

  /// Runs due timers.
  ///
  /// @return whether T3-rtx expired, which counts against the peer's reachability
  public boolean handleTimeout(long now) {
    if (pacingDeadline <= now) {
      pacingDeadline = NEVER;
    }
    if (outstanding.rackDeadline() <= now
        && outstanding.detectLosses(now, rto.srtt(), recovering)) {
      enterRecovery();
      checkForwardTsn(now);
    }
    if (t3Deadline <= now) {
      expireT3(now);
      return true;
    }
    if (probeDeadline <= now) {
      probeDeadline = NEVER;
      if (outstanding.inFlight() > 0 && !outstanding.hasLost()) {
        probePending = true;
        probeOutstanding = true;
        tailProbes++;
      }
    }
    return false;
  }

  private void expireT3(long now) {
    timeouts++;
    probeDeadline = NEVER;
    probePending = false;
    probeOutstanding = false;
    recovering = false;
    immediateSack = true;
    if (windowProbe) {
      // RFC 9260 §6.1 A: probing a closed window says nothing about congestion.
      outstanding.loseProbe();
    } else {
      congestionControl.handleTimeout(now);
      outstanding.loseAll(now);
    }
    rto.backOff();
    pacer.rate(now, Long.MAX_VALUE);
    t3Deadline = now + rto.rto();
    checkForwardTsn(now);
    if (partialReliability && outstanding.advance()) {
      forwardTsnDue = true; // RFC 3758 §3.5 C5.
    }
  }

  private void abandon(OutgoingMessage message) {
    outstanding.abandon(message);
    dropRest(message);
  }

  private void dropRest(OutgoingMessage message) {
    if (message.remaining() > 0) {
      queue.remove(message);
      if (message.sent > 0) {
        outstanding.addPlaceholder(message);
      }
    }
  }

  /// Whether a data chunk may be sent now; sets the pacing timer when only that forbids it.
  public boolean wantsToSend(long now) {
    if (!started) {
      return false;
    }
    if (!outstanding.hasLost() && queue.queuedMessages() == 0 && !probePending) {
      windowLimited = false;
      return false;
    }
    if (probePending) {
      return true;
    }
    if (!windowAllows()) {
      return false;
    }
    if (!outstanding.hasLost() && !mayStartNew(now)) {
      return false;
    }
    if (!pacer.maySend(now)) {
      pacingDeadline = pacer.nextTime(now);
      return false;
    }
    return true;
  }

  private boolean windowAllows() {
    if (outstanding.inFlight() < congestionControl.cwnd()) {
      return true;
    }
    windowLimited = true;
    return false;
  }

  private boolean mayStartNew(long now) {
    OutgoingMessage message = nextMessage(now);
    return message != null
        && outstanding.hasRoom()
        && receiverAllows(Math.min(maxPayload, message.remaining()));
  }

  private @Nullable OutgoingMessage nextMessage(long now) {
    while (true) {
      OutgoingMessage message = queue.peek(now, partialReliability);
      if (message == null || !message.abandoned && !isExpired(now, message)) {
        return message;
      }
      if (message.abandoned) {
        dropRest(message);
      } else {
        abandon(message);
      }
      checkForwardTsn(now);
    }
  }

  private boolean isExpired(long now, OutgoingMessage message) {
    return partialReliability && message.expiresAt <= now;
  }

  private boolean receiverAllows(int payload) {
    long free = advertisedWindow - outstanding.inFlightPayload();
    // RFC 9260 §6.1 A: with nothing in flight one chunk may always be sent, to probe the window.
    return free >= payload || outstanding.inFlight() == 0;
  }

  /// Appends DATA chunks to a packet under construction.
  ///
  /// @param position where the next chunk goes
  /// @param baseLimit where a packet of the base size ends; packets with retransmissions end there
  /// @param largeLimit where a packet of the proven path MTU ends
  /// @return the position behind the last chunk
  public int write(long now, byte[] packet, int position, int baseLimit, int largeLimit) {
    int start = position;
    int end = position;
    if (lastSentAt >= 0 && outstanding.inFlight() == 0 && now - lastSentAt > rto.rto()) {
      congestionControl.handleIdle(now, now - lastSentAt, rto.rto());
    }
    boolean probe = probePending;
    probePending = false;
    if (probe && !outstanding.hasLost() && !mayStartNew(now)) {
      outstanding.loseNewest();
    }
    int lastTsn = 0;
    while (outstanding.hasLost() && (windowAllows() || probe)) {
      int tsn = outstanding.firstLost();
      if (outstanding.isSpent(now, tsn)) {
        abandon(outstanding.message(tsn));
        checkForwardTsn(now);
        continue;
      }
      int size = DataChunk.headerLength(interleaved) + Wire.padded(outstanding.length(tsn));
      if (end + size > baseLimit) {
        return finish(now, packet, start, end, lastTsn);
      }
      outstanding.retransmit(now, tsn);
      end = writeChunk(packet, end, tsn);
      lastTsn = tsn;
      probe = false;
    }
    int limit = end > start ? baseLimit : largeLimit;
    while (windowAllows() || probe) {
      OutgoingMessage message = nextMessage(now);
      if (message == null || !outstanding.hasRoom()) {
        break;
      }
      int room = limit - end - DataChunk.headerLength(interleaved);
      int remaining = message.remaining();
      int length = Math.min(Math.min(remaining, room), maxPayload);
      if (length < remaining) {
        length &= ~3;
        if (length < Math.min(MIN_FRAGMENT, maxPayload)) {
          break;
        }
      }
      if (length <= 0) {
        break;
      }
      if (!receiverAllows(length)) {
        break;
      }
      windowProbe = advertisedWindow - outstanding.inFlightPayload() < length;
      if (message.sent == 0) {
        queue.begin(message);
      }
      boolean last = length == remaining;
      int chunkEnd = end + DataChunk.headerLength(interleaved) + Wire.padded(length);
      int tsn = outstanding.add(now, message, length, last, chunkEnd > baseLimit);
      queue.take(message, length);
      if (last) {
        messagesSent++;
      }
      end = writeChunk(packet, end, tsn);
      lastTsn = tsn;
      probe = false;
    }
    return finish(now, packet, start, end, lastTsn);
  }

  private int finish(long now, byte[] packet, int start, int end, int lastTsn) {
    if (end == start) {
      return end;
    }
    if (immediateSack || probeOutstanding) {
      // RFC 9260 §3.3.1: the I bit asks for an acknowledgement without delay.
      int size = DataChunk.headerLength(interleaved) + Wire.padded(outstanding.length(lastTsn));
      packet[end - size + 1] |= DataChunk.FLAG_I;
      immediateSack = false;
    }
    pacer.handleSent(end - start);
    lastSentAt = now;
    if (t3Deadline == NEVER) {
      t3Deadline = now + rto.rto();
    }
    armProbe(now);
    return end;
  }

  private void armProbe(long now) {
    if (probeOutstanding || recovering || rto.srtt() == 0 || outstanding.inFlight() == 0) {
      probeDeadline = NEVER;
      return;
    }
    // RFC 8985 §7.2: two round trips, and the peer's delay when it may wait for a second packet.
    long timeout = 2 * rto.srtt() + 2_000_000;
    if (outstanding.inFlight() <= 2L * (maxPayload + DataChunk.HEADER_LENGTH)) {
      timeout += PEER_SACK_DELAY;
    }
    long deadline = now + timeout;
    probeDeadline = deadline < t3Deadline ? deadline : NEVER;
  }

  private int writeChunk(byte[] packet, int position, int tsn) {
    OutgoingMessage message = outstanding.message(tsn);
    int length = outstanding.length(tsn);
    int header = DataChunk.headerLength(interleaved);
    DataChunk.write(
        packet,
        position,
        interleaved,
        outstanding.wireFlags(tsn) | (message.unordered ? DataChunk.FLAG_U : 0),
        tsn,
        message.stream.id,
        message.sequence,
        message.ppid,
        outstanding.fsn(tsn),
        length);
    System.arraycopy(message.data, outstanding.start(tsn), packet, position + header, length);
    int end = position + header + length;
    int padded = position + header + Wire.padded(length);
    while (end < padded) {
      packet[end++] = 0;
    }
    return padded;
  }

  /// The FORWARD-TSN that is due, or null.
  ///
  /// @param room bytes it may take
  public @Nullable ForwardTsnChunk pollForwardTsn(long now, int room) {
    if (!forwardTsnDue) {
      return null;
    }
    int maxSkips = ForwardTsnChunk.maxSkips(interleaved, room);
    if (maxSkips < 1) {
      return null;
    }
    forwardTsnDue = false;
    if (outstanding.advancedAck() == outstanding.cumulativeAck()) {
      return null;
    }
    Map<Long, ForwardTsnChunk.Skip> skips = new LinkedHashMap<>();
    int newCumulative = outstanding.cumulativeAck();
    while (newCumulative != outstanding.advancedAck()) {
      OutgoingMessage message = outstanding.message(newCumulative + 1);
      if (interleaved || !message.unordered) {
        long key = message.stream.id * 2L + (message.unordered ? 1 : 0);
        if (skips.size() == maxSkips && !skips.containsKey(key)) {
          break;
        }
        skips.put(
            key, new ForwardTsnChunk.Skip(message.stream.id, message.unordered, message.sequence));
      }
      newCumulative++;
    }
    forwardedTsn = outstanding.advancedAck();
    forwardedAt = now;
    if (t3Deadline == NEVER) {
      t3Deadline = now + rto.rto();
    }
    return new ForwardTsnChunk(
        interleaved, newCumulative, skips.values().toArray(new ForwardTsnChunk.Skip[0]));
  }
}
