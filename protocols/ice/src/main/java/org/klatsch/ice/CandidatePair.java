package org.klatsch.ice;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunTransaction;
import org.klatsch.stun.TransactionId;

/// A local and a remote candidate that may reach each other, RFC 8445 §6.1.2. The local one is
/// always a base, for that is what packets are sent from.
public final class CandidatePair {
  /// The states of RFC 8445 §6.1.2.6.
  public enum State {
    FROZEN,
    WAITING,
    IN_PROGRESS,
    SUCCEEDED,
    FAILED
  }

  final IceSession session;
  final LocalCandidate local;
  final RemoteCandidate remote;
  final TransportAddress remoteAddress;
  private final int id;
  State state = State.FROZEN;
  long priority;

  /// The local candidate as the peer sees it, known once a check has succeeded.
  @Nullable LocalCandidate mapped;

  /// Member of the valid list, RFC 8445 §7.2.5.3.2.
  boolean valid;

  boolean nominated;
  boolean inTriggeredQueue;

  /// Controlling: the next check carries USE-CANDIDATE. Controlled: such a check has come, and the
  /// pair is nominated when its own check succeeds, RFC 8445 §7.3.1.5.
  boolean nominating;

  /// The number of a renomination, or 0.
  long nomination;

  @Nullable StunTransaction transaction;

  /// An earlier check of this pair whose answer still counts, RFC 8445 §7.3.1.4.
  @Nullable TransactionId superseded;

  boolean sentAsControlling;
  boolean sentUseCandidate;

  long roundTripNanos = -1;
  long totalRoundTripNanos;
  long requestsSent;
  long requestsReceived;
  long responsesSent;
  long responsesReceived;
  long consentRequestsSent;
  long packetsSent;
  long packetsReceived;
  long bytesSent;
  long bytesReceived;

  /// When an authenticated message or, as the session notes it, data last came; -1 for never.
  long lastReceivedAt = -1;

  long lastSentAt = -1;

  CandidatePair(int id, IceSession session, LocalCandidate local, RemoteCandidate remote) {
    this.id = id;
    this.session = session;
    this.local = local;
    this.remote = remote;
    this.remoteAddress = remote.address.withScopeId(scopeOf(local, remote));
  }

  /// A link-local address means something only on the interface it is used on, RFC 4007 §6.
  private static int scopeOf(LocalCandidate local, RemoteCandidate remote) {
    return remote.address.isIpv6() && remote.address.isLinkLocal() ? local.base.scopeId() : 0;
  }

  /// RFC 8445 §6.1.2.3: G is the controlling agent's candidate priority, D the controlled one's.
  void updatePriority(IceRole role) {
    long localPriority = local.description.priority();
    long remotePriority = remote.description.priority();
    long g = role == IceRole.CONTROLLING ? localPriority : remotePriority;
    long d = role == IceRole.CONTROLLING ? remotePriority : localPriority;
    // The largest value is below 2^63, since a candidate's priority is at most 2^31 - 1; more is
    // cut, as the peer may send anything.
    g = Math.min(g, Integer.MAX_VALUE);
    d = Math.min(d, Integer.MAX_VALUE);
    priority = (Math.min(g, d) << 32) + 2 * Math.max(g, d) + (g > d ? 1 : 0);
  }

  boolean hasSameFoundation(CandidatePair other) {
    return local.description.foundation().equals(other.local.description.foundation())
        && remote.description.foundation().equals(other.remote.description.foundation());
  }

  boolean connects(TransportAddress base, TransportAddress peer) {
    return remoteAddress.equals(peer) && local.base.equals(base);
  }

  /// A number that tells this pair from the agent's others.
  public int id() {
    return id;
  }

  /// The local candidate: the one the peer sees once that is known, else the base's.
  public IceCandidate local() {
    return (mapped != null ? mapped : local).description;
  }

  /// The remote candidate.
  public IceCandidate remote() {
    return remote.description;
  }

  /// The local address to send from: a port of the driver.
  public TransportAddress localAddress() {
    return local.base;
  }

  /// The address to send to.
  public TransportAddress remoteAddress() {
    return remoteAddress;
  }

  public State state() {
    return state;
  }

  /// RFC 8445 §6.1.2.3.
  public long priority() {
    return priority;
  }

  /// Whether the controlling agent has chosen this pair.
  public boolean isNominated() {
    return nominated;
  }

  /// Whether a check of this pair has succeeded, so that data may be sent over it.
  public boolean isValid() {
    return valid;
  }

  /// A copy of the counters.
  public PairStatistics statistics() {
    return new PairStatistics(
        requestsSent,
        requestsReceived,
        responsesSent,
        responsesReceived,
        consentRequestsSent,
        roundTripNanos,
        totalRoundTripNanos,
        packetsSent,
        packetsReceived,
        bytesSent,
        bytesReceived,
        lastSentAt,
        lastReceivedAt);
  }

  void noteRoundTrip(long nanos) {
    if (nanos >= 0) {
      roundTripNanos = nanos;
      totalRoundTripNanos += nanos;
    }
  }

  @Override
  public String toString() {
    return local.base + " → " + remoteAddress + " " + state + (nominated ? " nominated" : "");
  }
}
