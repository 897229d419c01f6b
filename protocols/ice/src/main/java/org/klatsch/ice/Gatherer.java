package org.klatsch.ice;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.RetransmissionSchedule;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunErrorCode;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.StunTransaction;
import org.klatsch.stun.TransactionId;

/// Asks every STUN server from every base what address it sees, RFC 8445 §5.1.1.2. All are asked at
/// once; one that is silent delays nobody.
final class Gatherer {
  /// A question to one server from one base.
  private static final class Query {
    final LocalCandidate host;
    TransportAddress server;
    @Nullable StunTransaction transaction;
    boolean answered;
    boolean redirected;

    /// When the mapping is to be refreshed; [ProtocolCore#NEVER] when there is none.
    long refreshAt = ProtocolCore.NEVER;

    Query(LocalCandidate host, TransportAddress server) {
      this.host = host;
      this.server = server;
    }
  }

  /// The code of the W3C for a server that does not answer.
  static final int UNREACHABLE = 701;

  private final IceOptions options;
  private final SecureRandom random;
  private final IceAgent agent;
  private final List<Query> queries = new ArrayList<>();
  private final Pacer pacer;
  private long deadline = ProtocolCore.NEVER;

  Gatherer(IceOptions options, SecureRandom random, IceAgent agent) {
    this.options = options;
    this.random = random;
    this.agent = agent;
    // A server takes any burst; the pace spares the NAT, RFC 8445 appendix B.1.
    this.pacer = new Pacer(options.pacing().toNanos(), options.checkBurst());
  }

  /// Starts asking from a base.
  void start(long now, LocalCandidate host, Iterable<TransportAddress> servers) {
    for (TransportAddress server : servers) {
      if (canReach(host.base, server)) {
        Query query = new Query(host, server);
        query.transaction = newTransaction(now);
        queries.add(query);
        deadline =
            Math.max(
                deadline == ProtocolCore.NEVER ? 0 : deadline,
                now + options.gatheringPatience().toNanos());
      }
    }
  }

  static boolean canReach(TransportAddress base, TransportAddress server) {
    return base.family() == server.family()
        && base.isLoopback() == server.isLoopback()
        && base.isLinkLocal() == server.isLinkLocal();
  }

  private StunTransaction newTransaction(long now) {
    return StunTransaction.overUdp(
        TransactionId.random(random), RetransmissionSchedule.DEFAULT, now);
  }

  /// Whether answers are still waited for.
  boolean isGathering() {
    return deadline != ProtocolCore.NEVER;
  }

  void stop() {
    queries.clear();
    deadline = ProtocolCore.NEVER;
  }

  void remove(TransportAddress base) {
    queries.removeIf(query -> query.host.base.equals(base));
  }

  /// Whether `address` is one of the servers asked.
  boolean isServer(TransportAddress address) {
    for (Query query : queries) {
      if (query.server.equals(address)) {
        return true;
      }
    }
    return false;
  }

  /// Takes a response.
  ///
  /// @return whether it belongs to a question asked here
  boolean handleResponse(
      long now, TransportAddress local, TransportAddress remote, StunMessage message)
      throws MalformedStunException {
    for (Query query : queries) {
      StunTransaction transaction = query.transaction;
      if (transaction != null && message.belongsTo(transaction.id())) {
        // Nothing but the identifier and the addresses protects this answer.
        if (!query.server.equals(remote) || !query.host.base.equals(local)) {
          return false;
        }
        handleAnswer(now, query, message);
        return true;
      }
    }
    return false;
  }

  private void handleAnswer(long now, Query query, StunMessage message)
      throws MalformedStunException {
    if (message.messageClass() == StunClass.SUCCESS_RESPONSE) {
      TransportAddress seen = message.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS);
      if (seen == null) {
        seen = message.address(StunAttributeType.MAPPED_ADDRESS);
      }
      query.transaction = null;
      boolean first = !query.answered;
      query.answered = true;
      query.refreshAt = now + options.serverKeepalive().toNanos();
      if (seen != null && isUsable(seen)) {
        agent.onServerReflexive(query.host, seen, IceServer.stun(query.server));
      }
      if (first && isGathering()) {
        hasten(now);
      }
      return;
    }
    int code = message.errorCode();
    TransportAddress alternate = message.address(StunAttributeType.ALTERNATE_SERVER);
    if (code == StunErrorCode.TRY_ALTERNATE
        && alternate != null
        && !query.redirected
        && canReach(query.host.base, alternate)) {
      query.redirected = true;
      query.server = alternate;
      query.transaction = newTransaction(now);
      return;
    }
    query.transaction = null;
    query.answered = true;
    agent.tell(
        new IceEvent.ServerFailed(
            query.host.base, IceServer.stun(query.server), code, StunErrorCode.reason(code)));
  }

  static boolean isUsable(TransportAddress seen) {
    return seen.port() != 0 && !seen.isAnyLocal() && !seen.isMulticast();
  }

  /// Once every base and family has an answer, the other servers get only a moment more.
  private void hasten(long now) {
    for (Query query : queries) {
      if (query.transaction != null && !hasAnswer(query.host)) {
        return;
      }
    }
    deadline = Math.min(deadline, now + options.redundantServerPatience().toNanos());
  }

  private boolean hasAnswer(LocalCandidate host) {
    for (Query query : queries) {
      if (query.host == host && query.answered) {
        return true;
      }
    }
    return false;
  }

  /// Gives up servers whose time is over and refreshes mappings.
  ///
  /// @param keepAlive whether mappings are still wanted
  void handleTimeout(long now, boolean keepAlive) {
    boolean patienceOver = now >= deadline;
    boolean waiting = false;
    for (Query query : queries) {
      StunTransaction transaction = query.transaction;
      if (transaction != null && (transaction.isTimedOut(now) || patienceOver)) {
        query.transaction = null;
        if (!query.answered) {
          query.answered = true;
          agent.tell(
              new IceEvent.ServerFailed(
                  query.host.base,
                  IceServer.stun(query.server),
                  UNREACHABLE,
                  "the STUN server does not answer"));
        }
      } else if (transaction == null && now >= query.refreshAt) {
        query.refreshAt = ProtocolCore.NEVER;
        if (keepAlive) {
          query.transaction = newTransaction(now);
        }
      }
      waiting |= query.transaction != null && !query.answered;
    }
    if (!waiting && isGathering()) {
      deadline = ProtocolCore.NEVER;
    }
  }

  long nextTimeout() {
    long next = deadline;
    boolean waiting = false;
    for (Query query : queries) {
      StunTransaction transaction = query.transaction;
      if (transaction == null) {
        next = Math.min(next, query.refreshAt);
      } else {
        waiting |= !query.answered;
        long due = transaction.deadline();
        next =
            Math.min(next, transaction.transmissions() == 0 ? Math.max(due, pacer.nextAt()) : due);
      }
    }
    // With nothing left to wait for the end is due at once.
    return isGathering() && !waiting ? 0 : next;
  }

  /// Writes the next question that is due.
  boolean pollTransmit(long now, TransmitBuffer out, StunMessageWriter writer) {
    for (Query query : queries) {
      StunTransaction transaction = query.transaction;
      if (transaction == null || !transaction.isTransmissionDue(now)) {
        continue;
      }
      if (transaction.transmissions() == 0) {
        if (!pacer.isReady(now)) {
          continue;
        }
        pacer.note(now);
      }
      transaction.transmitted(now);
      out.route(query.host.base, query.server);
      writer.start(out, StunClass.REQUEST, StunMethod.BINDING, transaction.id()).fingerprint();
      out.commit(writer.length());
      return true;
    }
    return false;
  }
}
