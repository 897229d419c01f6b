package org.klatsch.sip.transaction;

import org.klatsch.sip.CSeq;
import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.Via;

/// The sender's side, RFC 3261 §17.1 and RFC 6026 §7.2.
public final class ClientTransaction extends Transaction {
  /// RFC 3261 §17.1.1.2: at least 32 s, as long as the other side may send its response again.
  private static final long TIMER_D_NANOS = 32_000_000_000L;

  private final String branch;
  private boolean cancelWanted;
  private boolean cancelled;

  ClientTransaction(TransactionLayer layer, Flow flow, SipRequest request, String branch) {
    super(layer, flow, request, request.is(SipRequest.INVITE) ? State.CALLING : State.TRYING);
    this.branch = branch;
  }

  /// Identifies the transaction together with the method, RFC 3261 §17.1.3.
  public String branch() {
    return branch;
  }

  void start(long now) {
    layer.transmit(flow, request);
    if (!isReliable()) {
      startRetransmissions(now);
    }
    timers.set(Timer.GIVE_UP, now + timeout());
  }

  /// A CANCEL goes out once a provisional response has come, RFC 3261 §9.1.
  void cancel(long now) {
    if (!isInvite()) {
      throw new IllegalStateException("only an INVITE can be cancelled, not " + request.method());
    }
    cancelWanted = true;
    if (state() == State.PROCEEDING) {
      sendCancel(now);
    }
  }

  private void sendCancel(long now) {
    if (cancelled) {
      return;
    }
    cancelled = true;
    // RFC 3261 §9.1: without a final response 64*T1 later the transaction counts as cancelled.
    timers.set(Timer.GIVE_UP, now + timeout());
    SipRequest cancel = hopByHop(SipRequest.CANCEL, request.to());
    layer.start(now, new ClientTransaction(layer, flow, cancel, branch));
  }

  /// CANCEL and the ACK of a failure: the same hop, §9.1 and §17.1.1.3.
  private SipRequest hopByHop(String method, NameAddr to) {
    SipRequest hop =
        SipRequest.of(
            method, request.uri(), request.from(), to, request.callId(), request.cseq().number());
    hop.addFirst(SipHeader.VIA, request.via());
    hop.setAll(SipHeader.ROUTE, request.all(SipHeader.ROUTE));
    return hop;
  }

  boolean matches(SipResponse response) {
    Via via = response.via();
    CSeq cseq = response.cseq();
    return cseq.method().equals(request.method())
        && cseq.number() == request.cseq().number()
        && via.sentBy().hasSameHost(request.via().sentBy());
  }

  void handleResponse(long now, SipResponse response) {
    if (isInvite()) {
      handleInviteResponse(now, response);
    } else {
      handleOtherResponse(now, response);
    }
  }

  private void handleInviteResponse(long now, SipResponse response) {
    switch (state()) {
      case CALLING, PROCEEDING -> {
        if (response.isProvisional()) {
          timers.cancel(Timer.RETRANSMIT);
          if (state() == State.CALLING) {
            timers.cancel(Timer.GIVE_UP);
            state(State.PROCEEDING);
          }
          if (cancelWanted) {
            sendCancel(now);
          }
          layer.emit(new TransactionEvent.ResponseArrived(this, response));
        } else if (response.isSuccess()) {
          linger(now, State.ACCEPTED, timeout());
          layer.emit(new TransactionEvent.ResponseArrived(this, response));
        } else {
          layer.transmit(flow, hopByHop(SipRequest.ACK, response.to()));
          linger(now, State.COMPLETED, isReliable() ? 0 : TIMER_D_NANOS);
          layer.emit(new TransactionEvent.ResponseArrived(this, response));
        }
      }
      case ACCEPTED -> {
        // Retransmissions, and answers of other branches of a fork: the user acknowledges each.
        if (response.isSuccess()) {
          layer.emit(new TransactionEvent.ResponseArrived(this, response));
        }
      }
      case COMPLETED -> {
        if (response.isFinal() && !response.isSuccess()) {
          layer.transmit(flow, hopByHop(SipRequest.ACK, response.to()));
        }
      }
      default -> layer.count(TransactionLayer.Drop.LATE_RESPONSE);
    }
  }

  private void handleOtherResponse(long now, SipResponse response) {
    switch (state()) {
      case TRYING, PROCEEDING -> {
        if (response.isProvisional()) {
          state(State.PROCEEDING);
        } else {
          linger(now, State.COMPLETED, isReliable() ? 0 : options.t4().toNanos());
        }
        if (!request.is(SipRequest.CANCEL)) {
          layer.emit(new TransactionEvent.ResponseArrived(this, response));
        }
      }
      default -> layer.count(TransactionLayer.Drop.LATE_RESPONSE);
    }
  }

  @Override
  void handleTimer(long now, Timer timer) {
    switch (timer) {
      case RETRANSMIT -> {
        layer.transmit(flow, request);
        if (isInvite()) {
          scheduleRetransmission(now, Long.MAX_VALUE);
        } else if (state() == State.PROCEEDING) {
          timers.set(Timer.RETRANSMIT, now + options.t2().toNanos());
        } else {
          scheduleRetransmission(now, options.t2().toNanos());
        }
      }
      case GIVE_UP -> {
        terminate();
        if (!request.is(SipRequest.CANCEL)) {
          layer.emit(new TransactionEvent.TimedOut(this));
        }
      }
      case LINGER, TRYING -> terminate();
    }
  }

  /// The transport has lost the flow, or could not make it.
  void handleSendFailure() {
    switch (state()) {
      case CALLING, TRYING, PROCEEDING -> {
        terminate();
        if (!request.is(SipRequest.CANCEL)) {
          layer.emit(new TransactionEvent.SendFailed(this));
        }
      }
      default -> {
        // The answer is there; what is sent from here on only repeats.
      }
    }
  }
}
