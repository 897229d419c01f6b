package org.klatsch.ice;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.CandidatePair.State;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.MessageIntegrity;
import org.klatsch.stun.RetransmissionSchedule;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunErrorCode;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.StunTransaction;
import org.klatsch.stun.TransactionId;

/// The client half of connectivity checks, RFC 8445 §7.2: sends requests and takes their answers.
final class ConnectivityChecks {
  /// How many times the RTO to wait after the last transmission (Rm), RFC 8489 §6.2.1.
  private static final int RM = 16;

  /// More than are under way at a time: a flight of DTLS takes three checks of a pair.
  private static final int MAX_CARRIERS = 32;

  /// The least RTO for a pair whose round trip is known.
  private static final long MIN_KNOWN_RTO_NANOS = 30_000_000;

  private final IceAgent agent;
  private final IceOptions options;
  private final SecureRandom random;
  private final IceStatistics.Counters counters;
  private final Pacer pacer;

  /// Checks beside a pair's transaction whose answers are wanted for what they carry, and those
  /// whose answer may come twice; the oldest first.
  private final Deque<Carrier> carriers = new ArrayDeque<>();

  private record Carrier(TransactionId id, CandidatePair pair) {}

  ConnectivityChecks(
      IceAgent agent, IceOptions options, SecureRandom random, IceStatistics.Counters counters) {
    this.agent = agent;
    this.options = options;
    this.random = random;
    this.counters = counters;
    this.pacer = new Pacer(options.pacing().toNanos(), options.checkBurst());
  }

  /// When a check is to be sent, sent again or given up; [ProtocolCore#NEVER] when there is none.
  long nextTimeout(IceSession session) {
    long next = session.checkList.nextTransactionDeadline();
    if (!session.isStarted() || options.lite()) {
      return next;
    }
    if (session.checkList.isNominationNext()) {
      return 0;
    }
    return session.checkList.hasNext(!session.concluded) || wantedByExtension(session) != null
        ? Math.min(next, pacer.nextAt())
        : next;
  }

  /// Gives up checks without an answer.
  void handleTimeout(long now, IceSession session) {
    if (session.checkList.nextTransactionDeadline() > now) {
      return;
    }
    for (CandidatePair pair : session.checkList.inFlight().toArray(CandidatePair[]::new)) {
      StunTransaction transaction = pair.transaction;
      if (transaction != null && transaction.isTimedOut(now)) {
        agent.onCheckFailed(now, pair);
      }
    }
  }

  /// Writes the next check of a session that is due.
  boolean pollTransmit(long now, IceSession session, TransmitBuffer out, StunMessageWriter writer) {
    CheckList list = session.checkList;
    if (list.nextTransactionDeadline() <= now) {
      for (CandidatePair pair : list.inFlight()) {
        StunTransaction transaction = pair.transaction;
        if (transaction != null && transaction.isTransmissionDue(now)) {
          send(now, pair, transaction, out, writer);
          return true;
        }
      }
    }
    if (!session.isStarted() || options.lite()) {
      return false;
    }
    boolean nomination = list.isNominationNext();
    if (!nomination && !pacer.isReady(now)) {
      return false;
    }
    CandidatePair pair = list.pollNext(!session.concluded);
    if (pair == null) {
      pair = wantedByExtension(session);
      if (pair == null) {
        return false;
      }
      pacer.note(now);
      sendCarrier(now, pair, out, writer);
      return true;
    }
    if (!nomination) {
      pacer.note(now);
    }
    TransactionId id = TransactionId.random(random);
    StunTransaction transaction =
        pair.local.tcpType == null
            ? StunTransaction.overUdp(id, schedule(pair), now)
            : StunTransaction.overReliable(id, RetransmissionSchedule.DEFAULT, now);
    list.startTransaction(pair, transaction);
    pair.sentAsControlling = agent.role() == IceRole.CONTROLLING;
    pair.sentUseCandidate = pair.sentAsControlling && pair.nominating;
    send(now, pair, transaction, out, writer);
    return true;
  }

  /// The pair under way that the extension wants another check of, or null.
  private @Nullable CandidatePair wantedByExtension(IceSession session) {
    for (CandidatePair pair : session.checkList.inFlight()) {
      if (!pair.sentUseCandidate && agent.extension().wantsCheck(pair)) {
        return pair;
      }
    }
    return null;
  }

  private void sendCarrier(
      long now, CandidatePair pair, TransmitBuffer out, StunMessageWriter writer) {
    TransactionId id = TransactionId.random(random);
    remember(id, pair);
    pair.requestsSent++;
    write(now, pair, id, false, out, writer);
  }

  private void remember(TransactionId id, CandidatePair pair) {
    if (agent.extension().equals(IceCheckExtension.NONE)) {
      return;
    }
    if (carriers.size() == MAX_CARRIERS) {
      carriers.removeFirst();
    }
    carriers.addLast(new Carrier(id, pair));
  }

  // Deviates from RFC 8445 §14.3: the RTO begins at 100 ms rather than 500 ms, or at twice the
  // round trip where it is known, because one lost packet must not cost half a second; browsers
  // repeat checks every 48 ms. It still grows with the number of pairs.
  private RetransmissionSchedule schedule(CandidatePair pair) {
    long rto =
        Math.max(
            options.checkRto().toNanos(),
            options.pacing().toNanos() * pair.session.checkList.pending());
    if (pair.roundTripNanos >= 0) {
      rto = Math.clamp(2 * pair.roundTripNanos, MIN_KNOWN_RTO_NANOS, rto);
    }
    return new RetransmissionSchedule(
        Duration.ofNanos(rto), options.checkTransmissions(), RM, Duration.ofNanos(rto * RM));
  }

  private void send(
      long now,
      CandidatePair pair,
      StunTransaction transaction,
      TransmitBuffer out,
      StunMessageWriter writer) {
    transaction.transmitted(now);
    pair.requestsSent++;
    write(now, pair, transaction.id(), pair.sentUseCandidate, out, writer);
  }

  /// Writes a consent check, which is a check without USE-CANDIDATE, RFC 7675 §5.1.
  void sendConsent(
      long now,
      CandidatePair pair,
      TransactionId id,
      TransmitBuffer out,
      StunMessageWriter writer) {
    pair.consentRequestsSent++;
    write(now, pair, id, false, out, writer);
  }

  private void write(
      long now,
      CandidatePair pair,
      TransactionId id,
      boolean useCandidate,
      TransmitBuffer out,
      StunMessageWriter writer) {
    MessageIntegrity integrity = pair.session.remoteIntegrity;
    if (integrity == null) {
      throw new IllegalStateException("a check before the peer's parameters");
    }
    boolean controlling = agent.role() == IceRole.CONTROLLING;
    writer
        .start(out, StunClass.REQUEST, StunMethod.BINDING, id)
        .bytes(StunAttributeType.USERNAME, pair.session.outgoingUsername)
        .u64(
            controlling ? StunAttributeType.ICE_CONTROLLING : StunAttributeType.ICE_CONTROLLED,
            agent.tieBreaker())
        .u32(StunAttributeType.PRIORITY, pair.local.peerReflexivePriority());
    if (useCandidate) {
      writer.flag(StunAttributeType.USE_CANDIDATE);
      if (pair.nomination > 0) {
        writer.u32(StunAttributeType.NOMINATION, pair.nomination);
      }
    }
    agent.extension().writeRequest(now, pair, writer);
    writer.integrity(integrity).fingerprint();
    out.route(pair.localAddress(), pair.remoteAddress());
    out.commit(writer.length());
    pair.lastSentAt = now;
  }

  /// Sends the check of a pair under way again soon, since the peer's own check has just come
  /// through. RFC 8445 §7.3.1.4 starts a new check instead; repeating the same one has the same
  /// effect on NATs, and waiting a little spares it when the answer is already on its way.
  void hasten(long now, CandidatePair pair) {
    StunTransaction transaction = pair.transaction;
    if (transaction != null && transaction.transmissions() > 0) {
      transaction.hasten(Math.max(now, transaction.lastSentAt() + options.pacing().toNanos()));
    }
  }

  private @Nullable CandidatePair find(IceSession session, StunMessage message) {
    for (CandidatePair pair : session.checkList.inFlight()) {
      StunTransaction transaction = pair.transaction;
      TransactionId superseded = pair.superseded;
      if (transaction != null && message.belongsTo(transaction.id())
          || superseded != null && message.belongsTo(superseded)) {
        return pair;
      }
    }
    for (Carrier carrier : carriers) {
      if (carrier.pair.session == session && message.belongsTo(carrier.id)) {
        return carrier.pair;
      }
    }
    return null;
  }

  /// Takes a response, RFC 8445 §7.2.5.
  ///
  /// @return whether it answers a check of this session
  boolean handleResponse(
      long now,
      IceSession session,
      TransportAddress local,
      TransportAddress remote,
      StunMessage message)
      throws MalformedStunException {
    CandidatePair pair = find(session, message);
    if (pair == null) {
      return false;
    }
    MessageIntegrity integrity = session.remoteIntegrity;
    if (integrity == null || !integrity.matches(message)) {
      // As if it had never come: the check goes on, RFC 8489 §9.1.4.
      counters.wrongIntegrity++;
      return true;
    }
    StunTransaction transaction = pair.transaction;
    boolean current = transaction != null && message.belongsTo(transaction.id());
    pair.responsesReceived++;
    if (transaction == null) {
      // The pair has its answer already: only what this one carries is news.
      if (message.messageClass() == StunClass.SUCCESS_RESPONSE && pair.connects(local, remote)) {
        pair.lastReceivedAt = now;
        agent.extension().handleAuthenticated(now, pair, message);
      }
      return true;
    }
    if (message.messageClass() == StunClass.ERROR_RESPONSE) {
      handleError(now, pair, message, current);
      return true;
    }
    // Behind some NATs the answer comes from another port than the request went to: such a path
    // does not work both ways, RFC 8445 §7.2.5.2.1. A role conflict counts nevertheless.
    if (!pair.connects(local, remote)) {
      counters.asymmetric++;
      agent.onCheckFailed(now, pair);
      return true;
    }
    pair.lastReceivedAt = now;
    TransportAddress mapped = message.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS);
    if (mapped == null || message.unknownRequired(SUCCESS_UNDERSTOOD).length > 0) {
      agent.onCheckFailed(now, pair);
      return true;
    }
    boolean nominated = current && pair.sentUseCandidate && pair.sentAsControlling;
    if (current) {
      remember(transaction.id(), pair);
      pair.noteRoundTrip(transaction.roundTripNanos(now));
    }
    if (current || !pair.sentUseCandidate) {
      session.checkList.finishTransaction(pair);
      pair.state = State.SUCCEEDED;
    }
    agent.extension().handleAuthenticated(now, pair, message);
    agent.onCheckSucceeded(now, pair, mapped, nominated);
    return true;
  }

  private static final int[] SUCCESS_UNDERSTOOD = {
    StunAttributeType.MAPPED_ADDRESS,
    StunAttributeType.USERNAME,
    StunAttributeType.XOR_MAPPED_ADDRESS,
    StunAttributeType.PRIORITY,
    StunAttributeType.USE_CANDIDATE,
  };

  private void handleError(long now, CandidatePair pair, StunMessage message, boolean current)
      throws MalformedStunException {
    if (message.errorCode() != StunErrorCode.ROLE_CONFLICT) {
      agent.onCheckFailed(now, pair);
      return;
    }
    counters.roleConflicts++;
    if (!current) {
      return;
    }
    pair.session.checkList.finishTransaction(pair);
    pair.state = State.WAITING;
    // RFC 8445 §7.2.5.1: a role that has already changed since the request stays.
    if (pair.sentAsControlling == (agent.role() == IceRole.CONTROLLING)) {
      agent.switchRole(now, pair.sentAsControlling ? IceRole.CONTROLLED : IceRole.CONTROLLING);
      agent.renewTieBreaker();
    }
    pair.session.checkList.trigger(pair);
  }
}
