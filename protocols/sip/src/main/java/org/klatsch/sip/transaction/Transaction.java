package org.klatsch.sip.transaction;

import java.time.Duration;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.Timers;
import org.klatsch.sip.Flow;
import org.klatsch.sip.SipRequest;

/// What both sides of a transaction share.
public abstract sealed class Transaction permits ClientTransaction, ServerTransaction {
  /// The states of all four machines, RFC 3261 §17 and RFC 6026 §7.
  public enum State {
    /// The request of a client is out without answer, §17.1.1.2.
    CALLING,

    /// The same of requests other than INVITE, §17.1.2.2; at a server, no response yet.
    TRYING,
    PROCEEDING,

    /// A 2xx to INVITE has passed, RFC 6026 §7.1.
    ACCEPTED,
    COMPLETED,

    /// The ACK has come, §17.2.1.
    CONFIRMED,
    TERMINATED
  }

  /// The timers of RFC 3261, table 4, by what they do.
  enum Timer {
    /// A, E, G.
    RETRANSMIT,

    /// B, F, H.
    GIVE_UP,

    /// D, I, J, K, L, M: how long to absorb retransmissions.
    LINGER,

    /// A 100 unless the user answers an INVITE within 200 ms, §17.2.1.
    TRYING
  }

  final TransactionLayer layer;
  final TransactionOptions options;
  final Timers<Timer> timers = new Timers<>(Timer.class);
  final Flow flow;
  final SipRequest request;

  /// When the layer looks at this transaction again; [ProtocolCore#NEVER] while it is not in its
  /// queue.
  long scheduled = ProtocolCore.NEVER;

  private State state;
  private long interval;

  Transaction(TransactionLayer layer, Flow flow, SipRequest request, State state) {
    this.layer = layer;
    this.options = layer.options();
    this.flow = flow;
    this.request = request;
    this.state = state;
  }

  /// The request that began it.
  public final SipRequest request() {
    return request;
  }

  /// Where the request came from or was sent to.
  public final Flow flow() {
    return flow;
  }

  public final State state() {
    return state;
  }

  public final boolean isTerminated() {
    return state == State.TERMINATED;
  }

  final void state(State next) {
    state = next;
  }

  final boolean isInvite() {
    return request.is(SipRequest.INVITE);
  }

  final boolean isReliable() {
    return flow.transport().isReliable();
  }

  final long timeout() {
    return 64 * options.t1().toNanos();
  }

  /// Enters the last state before the end.
  final void linger(long now, State next, long nanos) {
    timers.cancelAll();
    state = next;
    if (nanos == 0) {
      terminate();
    } else {
      timers.set(Timer.LINGER, now + nanos);
    }
  }

  final void linger(long now, State next, Duration duration) {
    linger(now, next, duration.toNanos());
  }

  final void terminate() {
    timers.cancelAll();
    state = State.TERMINATED;
    layer.forget(this);
  }

  final void startRetransmissions(long now) {
    interval = options.t1().toNanos();
    timers.set(Timer.RETRANSMIT, now + interval);
  }

  /// @param cap the longest interval, [Long#MAX_VALUE] for timer A
  final void scheduleRetransmission(long now, long cap) {
    interval = Math.min(2 * interval, cap);
    timers.set(Timer.RETRANSMIT, now + interval);
  }

  abstract void handleTimer(long now, Timer timer);
}
