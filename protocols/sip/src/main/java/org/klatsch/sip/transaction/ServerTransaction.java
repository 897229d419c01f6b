package org.klatsch.sip.transaction;

import org.jspecify.annotations.Nullable;
import org.klatsch.sip.Flow;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStatus;

/// The receiver's side, RFC 3261 §17.2 and RFC 6026 §7.1.
public final class ServerTransaction extends Transaction {
  /// RFC 3261 §17.2.1.
  private static final long TRYING_NANOS = 200_000_000L;

  private final String key;
  private final Flow responseFlow;
  private @Nullable SipResponse last;
  private @Nullable String localTag;

  ServerTransaction(
      TransactionLayer layer, Flow flow, Flow responseFlow, SipRequest request, String key) {
    super(layer, flow, request, request.is(SipRequest.INVITE) ? State.PROCEEDING : State.TRYING);
    this.responseFlow = responseFlow;
    this.key = key;
  }

  String key() {
    return key;
  }

  /// Whether a final response has been given.
  public boolean isAnswered() {
    return last != null && last.isFinal();
  }

  /// The last response given; null before the first.
  public @Nullable SipResponse lastResponse() {
    return last;
  }

  /// The To tag of the responses so far.
  @Nullable String localTag() {
    return localTag;
  }

  void start(long now) {
    if (isInvite()) {
      timers.set(Timer.TRYING, now + TRYING_NANOS);
    }
  }

  void handleRetransmission() {
    if (last != null && (state() == State.PROCEEDING || state() == State.COMPLETED)) {
      layer.transmit(responseFlow, last);
    }
  }

  void handleAck(long now) {
    if (state() == State.COMPLETED && isInvite()) {
      linger(now, State.CONFIRMED, isReliable() ? 0 : options.t4().toNanos());
    }
  }

  void respond(long now, SipResponse response) {
    if (isAnswered() && !(state() == State.ACCEPTED && response.isSuccess())) {
      throw new IllegalStateException(
          "a "
              + request.method()
              + " in state "
              + state()
              + " cannot be answered with "
              + response.status());
    }
    if (state() == State.TERMINATED) {
      return; // The flow is gone, or an unanswered request was given up.
    }
    last = response;
    String tag = response.to().tag();
    if (tag != null) {
      localTag = tag;
    }
    timers.cancel(Timer.TRYING);
    layer.transmit(responseFlow, response);
    if (response.isProvisional()) {
      state(State.PROCEEDING);
    } else if (!isInvite()) {
      linger(now, State.COMPLETED, isReliable() ? 0 : timeout());
    } else if (response.isSuccess()) {
      linger(now, State.ACCEPTED, timeout());
    } else {
      timers.cancelAll();
      state(State.COMPLETED);
      if (!isReliable()) {
        startRetransmissions(now);
      }
      timers.set(Timer.GIVE_UP, now + timeout());
    }
  }

  @Override
  void handleTimer(long now, Timer timer) {
    switch (timer) {
      case TRYING -> {
        if (last == null) {
          respond(now, request.response(SipStatus.TRYING));
        }
      }
      case RETRANSMIT -> {
        if (last != null) {
          layer.transmit(responseFlow, last);
        }
        scheduleRetransmission(now, options.t2().toNanos());
      }
      case GIVE_UP -> {
        terminate();
        layer.emit(new TransactionEvent.AckMissed(this));
      }
      case LINGER -> terminate();
    }
  }
}
