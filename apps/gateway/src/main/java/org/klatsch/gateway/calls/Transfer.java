package org.klatsch.gateway.calls;

import java.lang.System.Logger.Level;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.calls.CallServices.Destination;
import org.klatsch.gateway.media.UnacceptableMediaException;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStatus;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.transaction.ClientTransaction;
import org.klatsch.sip.transaction.ServerTransaction;

/// One side sends the other to a third party, RFC 3515: here that is called, and when it answers it
/// takes the place of who referred. Until then everybody goes on talking.
final class Transfer {
  private static final System.Logger LOGGER = System.getLogger(Transfer.class.getName());

  private final CallSession call;
  private @Nullable SipLeg referrer;
  private @Nullable SipLeg target;

  Transfer(CallSession call) {
    this.call = call;
  }

  void referred(SipLeg from, ServerTransaction transaction) {
    SipRequest refer = transaction.request();
    NameAddr to = refer.first(SipHeader.REFER_TO);
    if (to == null) {
      call.respond(transaction, from.response(refer, SipStatus.BAD_REQUEST));
      return;
    }
    SipLeg remaining = call.otherOf(from);
    if (!(to.uri() instanceof SipUri uri)
        || remaining == null
        || !remaining.confirmed
        || referrer != null
        || uri.header("Replaces") != null) {
      call.respond(transaction, from.response(refer, SipStatus.DECLINE));
      return;
    }
    Destination destination =
        call.services().destination(call.services().caller(from.flow, refer), uri.withoutHeaders());
    if (destination == null || destination.groups().isEmpty()) {
      call.respond(transaction, from.response(refer, SipStatus.NOT_FOUND));
      return;
    }
    call.respond(transaction, from.response(refer, SipStatus.ACCEPTED));
    referrer = from;
    notify("SIP/2.0 100 Trying", true);
    try {
      List<Target> first = destination.groups().getFirst();
      target = call.branch(first.getFirst(), call.media().agreed(remaining), remaining);
    } catch (UnknownHostException | UnacceptableMediaException e) {
      LOGGER.log(Level.DEBUG, "a transfer failed: {0}", e.getMessage());
      over("SIP/2.0 503 Service Unavailable");
    }
  }

  boolean isTarget(SipLeg leg) {
    return leg == target;
  }

  /// Whether a request is one of ours.
  boolean owns(ClientTransaction transaction) {
    return transaction.request().is(SipRequest.NOTIFY);
  }

  void provisional(SipResponse response) {
    notify("SIP/2.0 " + response.status() + " " + response.reason(), true);
  }

  void answered(SipLeg leg, SipResponse response) {
    SipLeg gone = referrer;
    try {
      if (!leg.agreed) {
        call.media().accept(leg, response.bodyText());
      }
    } catch (UnacceptableMediaException e) {
      call.hangUp(leg);
      over("SIP/2.0 488 Not Acceptable Here");
      return;
    }
    if (gone == null) {
      call.hangUp(leg);
      return;
    }
    call.replace(gone, leg);
    over("SIP/2.0 200 OK");
    call.hangUp(gone);
  }

  void failed(SipLeg leg, int status) {
    over("SIP/2.0 " + status + " " + SipStatus.reason(status));
  }

  /// The call ends.
  void end() {
    SipLeg called = target;
    referrer = null;
    target = null;
    if (called != null) {
      call.giveUp(called);
    }
  }

  private void over(String line) {
    notify(line, false);
    referrer = null;
    target = null;
  }

  /// RFC 3515 §2.4.5: the body tells how far the call is.
  private void notify(String line, boolean active) {
    SipLeg to = referrer;
    if (to == null || to.ended) {
      return;
    }
    SipRequest notify = to.request(SipRequest.NOTIFY);
    notify.set("Event", "refer");
    notify.set(
        "Subscription-State", active ? "active;expires=180" : "terminated;reason=noresource");
    notify.body("message/sipfrag;version=2.0", line + "\r\n");
    call.send(to, notify);
  }
}
