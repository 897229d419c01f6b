package org.klatsch.gateway.calls;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.dialog.SessionTimer;

/// Finds out that a side of a call is gone without goodbye: session timers (RFC 4028) where the far
/// end has them, and a question now and then. Belongs to the call's mailbox.
final class LegTimers {
  private static final System.Logger LOGGER = System.getLogger(LegTimers.class.getName());

  /// How soon a telephone that is gone is noticed where there is no session timer, whose least
  /// interval is 90 s.
  private static final Duration ALIVE = Duration.ofSeconds(60);

  private final CallSession call;

  LegTimers(CallSession call) {
    this.call = call;
  }

  /// Begins to ask telephones whether they still know the call.
  void begin() {
    call.after(ALIVE, this::ask);
  }

  private void ask() {
    if (call.isOver()) {
      return;
    }
    List<SipLeg> legs = call.legs();
    for (SipLeg leg : legs) {
      if (!leg.browser && leg.confirmed && !leg.ended) {
        call.send(leg, leg.request(SipRequest.OPTIONS));
      }
    }
    call.after(ALIVE, this::ask);
  }

  /// The far end of a leg took our INVITE or UPDATE.
  void accepted(SipLeg leg, SipResponse response) {
    leg.timer.handleAnswer(Mailbox.now(), response);
    watch(leg);
  }

  /// Agrees on the session timer where the far end has one, RFC 4028 §9.
  void agree(SipLeg leg, SipRequest request, SipResponse ok) {
    if (request.has(SipHeader.SESSION_EXPIRES)) {
      leg.timer.answer(Mailbox.now(), request, ok);
      watch(leg);
    }
  }

  private void watch(SipLeg leg) {
    long next = leg.timer.nextTimeout();
    if (next != Long.MAX_VALUE) {
      call.after(Duration.ofNanos(Math.max(0, next - Mailbox.now())), () -> due(leg));
    }
  }

  private void due(SipLeg leg) {
    if (call.isOver() || leg.ended) {
      return;
    }
    SessionTimer.Action action = leg.timer.handleTimeout(Mailbox.now());
    if (action == SessionTimer.Action.EXPIRE) {
      LOGGER.log(Level.DEBUG, "the session of {0} expired", leg.name());
      call.hungUp(leg);
      return;
    }
    if (action == SessionTimer.Action.REFRESH) {
      SipRequest update = leg.request(SipRequest.UPDATE);
      leg.timer.ask(update);
      call.send(leg, update);
    }
    if (action != null) {
      watch(leg);
    }
  }
}
