package org.klatsch.stun;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// A client of one STUN server: requests with retransmission and authentication, RFC 8489 §6.2 and
/// §9. Over UDP requests are repeated, over a stream they are sent once and the driver cuts what
/// comes in with [StunStreamDecoder]. Not thread-safe.
public final class StunClient implements PacketCore<StunClientEvent> {
  /// Challenges answered per request: the realm, and a stale nonce once more.
  private static final int MAX_CHALLENGES = 3;

  /// The least RTO that is estimated from answers; below it a busy server looks like a lost packet.
  private static final long MIN_RTO_NANOS = 100_000_000;

  /// Comprehension-required attributes understood in responses, ascending.
  private static final int[] UNDERSTOOD = {
    StunAttributeType.MAPPED_ADDRESS,
    StunAttributeType.USERNAME,
    StunAttributeType.ERROR_CODE,
    StunAttributeType.UNKNOWN_ATTRIBUTES,
    StunAttributeType.LIFETIME,
    StunAttributeType.REALM,
    StunAttributeType.NONCE,
    StunAttributeType.XOR_RELAYED_ADDRESS,
    StunAttributeType.PASSWORD_ALGORITHM,
    StunAttributeType.USERHASH,
    StunAttributeType.XOR_MAPPED_ADDRESS,
    StunAttributeType.RESERVATION_TOKEN,
    StunAttributeType.CONNECTION_ID,
  };

  private static final class Pending {
    final TransactionId request;
    final int method;
    final List<StunAttribute> attributes;
    StunTransaction transaction;
    int challenges;
    boolean authenticated;

    Pending(
        TransactionId request,
        int method,
        List<StunAttribute> attributes,
        StunTransaction transaction) {
      this.request = request;
      this.method = method;
      this.attributes = attributes;
      this.transaction = transaction;
    }
  }

  private final TransportAddress local;
  private final TransportAddress server;
  private final boolean reliable;
  private final RetransmissionSchedule schedule;
  private final SecureRandom random;
  private final int maxPending;
  private final StunCredential.@Nullable ShortTerm shortTerm;
  private final @Nullable MessageIntegrity shortTermIntegrity;
  private final @Nullable LongTermSession longTerm;
  private final Map<TransactionId, Pending> pending = new LinkedHashMap<>();
  private final Queue<StunClientEvent> events = new ArrayDeque<>();
  private final StunMessage message = new StunMessage();
  private final StunMessageWriter writer = new StunMessageWriter();
  private long smoothedRtt = -1;
  private long rttVariation;
  private long dropped;

  /// @param reliable whether packets go over a stream
  /// @param credential null for requests without authentication
  /// @param maxPending how many requests may be under way
  public StunClient(
      TransportAddress local,
      TransportAddress server,
      boolean reliable,
      RetransmissionSchedule schedule,
      @Nullable StunCredential credential,
      int maxPending,
      SecureRandom random) {
    this.local = local;
    this.server = server;
    this.reliable = reliable;
    this.schedule = schedule;
    this.maxPending = maxPending;
    this.random = random;
    this.shortTerm = credential instanceof StunCredential.ShortTerm s ? s : null;
    this.shortTermIntegrity =
        shortTerm == null
            ? null
            : MessageIntegrity.sha1(LongTermKey.shortTerm(shortTerm.password()));
    this.longTerm = credential instanceof StunCredential.LongTerm l ? new LongTermSession(l) : null;
  }

  /// Sends a request; credentials, integrity and FINGERPRINT are added.
  ///
  /// @return names the request in its event
  public TransactionId send(long now, int method, List<StunAttribute> attributes) {
    if (pending.size() >= maxPending) {
      throw new IllegalStateException(
          "at most " + maxPending + " requests may be under way, not one more");
    }
    TransactionId id = TransactionId.random(random);
    pending.put(id, new Pending(id, method, List.copyOf(attributes), transaction(id, now)));
    return id;
  }

  private StunTransaction transaction(TransactionId id, long now) {
    return reliable
        ? StunTransaction.overReliable(id, schedule, now)
        : StunTransaction.overUdp(id, schedule.withRto(rto()), now);
  }

  /// RFC 8489 §6.2.1 with the estimator of RFC 6298 §2.
  private Duration rto() {
    return smoothedRtt < 0
        ? schedule.rto()
        : Duration.ofNanos(Math.max(MIN_RTO_NANOS, smoothedRtt + 4 * rttVariation));
  }

  private void noteRoundTrip(long rtt) {
    if (rtt < 0) {
      return;
    }
    if (smoothedRtt < 0) {
      smoothedRtt = rtt;
      rttVariation = rtt / 2;
    } else {
      rttVariation = (3 * rttVariation + Math.abs(smoothedRtt - rtt)) / 4;
      smoothedRtt = (7 * smoothedRtt + rtt) / 8;
    }
  }

  /// Packets that were no answer to a request under way.
  public long dropped() {
    return dropped;
  }

  @Override
  public void handlePacket(
      long now,
      TransportAddress to,
      TransportAddress from,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    try {
      message.reset(buffer, offset, length);
      if (!from.equals(server) || !handleResponse(now)) {
        dropped++;
      }
    } catch (MalformedStunException e) {
      dropped++;
    }
  }

  private boolean handleResponse(long now) throws MalformedStunException {
    Pending found = null;
    for (Pending candidate : pending.values()) {
      if (message.belongsTo(candidate.transaction.id())) {
        found = candidate;
      }
    }
    StunClass messageClass = message.messageClass();
    if (found == null
        || message.method() != found.method
        || messageClass != StunClass.SUCCESS_RESPONSE && messageClass != StunClass.ERROR_RESPONSE
        || message.has(StunAttributeType.FINGERPRINT) && !Fingerprint.matches(message)) {
      return false;
    }
    int code = message.errorCode();
    boolean success = messageClass == StunClass.SUCCESS_RESPONSE;
    if (!success && code < 0) {
      return false;
    }
    boolean challenge = code == StunErrorCode.UNAUTHENTICATED || code == StunErrorCode.STALE_NONCE;
    // A challenge has no integrity; anything else must have it once the request had, RFC 8489
    // §9.1.4 and §9.2.5.
    MessageIntegrity key = longTerm != null ? longTerm.integrity() : shortTermIntegrity;
    if (found.authenticated && key != null && !challenge && !key.matches(message)) {
      return false;
    }
    List<StunAttribute> attributes = message.attributes();
    noteRoundTrip(found.transaction.roundTripNanos(now));
    if (challenge
        && longTerm != null
        && ++found.challenges < MAX_CHALLENGES
        && longTerm.handleChallenge(message)) {
      // A new transaction, RFC 8489 §9.2.5; the caller knows the request by its first identifier.
      found.transaction = transaction(TransactionId.random(random), now);
      return true;
    }
    pending.remove(found.request);
    if (success && message.unknownRequired(UNDERSTOOD).length > 0) {
      // RFC 8489 §6.3.3: such a response is a failure.
      events.add(
          new StunClientEvent.Refused(
              found.request, StunErrorCode.UNKNOWN_ATTRIBUTE, null, attributes));
    } else if (success) {
      events.add(new StunClientEvent.Succeeded(found.request, attributes));
    } else {
      TransportAddress alternate =
          code == StunErrorCode.TRY_ALTERNATE
              ? message.address(StunAttributeType.ALTERNATE_SERVER)
              : null;
      events.add(new StunClientEvent.Refused(found.request, code, alternate, attributes));
    }
    return true;
  }

  @Override
  public void handleTimeout(long now) {
    for (Iterator<Pending> all = pending.values().iterator(); all.hasNext(); ) {
      Pending candidate = all.next();
      if (candidate.transaction.isTimedOut(now)) {
        all.remove();
        events.add(new StunClientEvent.TimedOut(candidate.request));
      }
    }
  }

  @Override
  public long nextTimeout() {
    long next = ProtocolCore.NEVER;
    for (Pending candidate : pending.values()) {
      next = Math.min(next, candidate.transaction.deadline());
    }
    return next;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    for (Pending candidate : pending.values()) {
      if (candidate.transaction.isTransmissionDue(now)) {
        candidate.transaction.transmitted(now);
        out.route(local, server);
        write(candidate, out);
        out.commit(writer.length());
        return true;
      }
    }
    return false;
  }

  private void write(Pending request, TransmitBuffer out) {
    writer.start(out, StunClass.REQUEST, request.method, request.transaction.id());
    writer.add(request.attributes);
    if (longTerm != null && longTerm.isReady()) {
      longTerm.authenticate(writer);
      request.authenticated = true;
    } else if (shortTerm != null && shortTermIntegrity != null) {
      writer.text(StunAttributeType.USERNAME, OpaqueString.enforce(shortTerm.username()));
      writer.integrity(shortTermIntegrity);
      request.authenticated = true;
    }
    writer.fingerprint();
  }

  @Override
  public @Nullable StunClientEvent pollEvent() {
    return events.poll();
  }

  /// The requests under way, for a driver that closes its connection.
  public List<TransactionId> pendingRequests() {
    return new ArrayList<>(pending.keySet());
  }
}
