package org.klatsch.sip.transaction;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Via;

/// Where responses go, and answers without a transaction: RFC 3261 §8.2.7, §18.2, RFC 3581 §4.
public final class StatelessResponses {
  private StatelessResponses() {}

  /// Notes in the topmost Via where a request came from, RFC 3261 §18.2.1 and RFC 3581 §4. Done
  /// once, when a request comes in.
  public static void stamp(SipRequest request, Flow flow) {
    Via via = request.first(SipHeader.VIA);
    if (via == null) {
      return;
    }
    TransportAddress source = flow.remote();
    String address = source.withScopeId(0).host();
    String host = via.sentBy().host();
    boolean symmetric = via.parameters().has("rport");
    Via stamped = via;
    if (symmetric || !host.equals(source.isIpv6() ? "[" + address + "]" : address)) {
      stamped = stamped.withParameter("received", address);
    }
    if (symmetric) {
      stamped = stamped.withParameter("rport", Integer.toString(source.port()));
    }
    if (!stamped.equals(via)) {
      request.setFirst(SipHeader.VIA, stamped);
    }
  }

  /// The way back of a stamped request: the connection it came by; over UDP its source, with the
  /// port of the Via unless that asks for the one it was sent from.
  public static Flow responseFlow(SipRequest request, Flow flow) {
    Via via = request.first(SipHeader.VIA);
    if (flow.transport() != SipTransport.UDP || via == null || via.parameters().has("rport")) {
      return flow;
    }
    int port = via.sentBy().portOr(SipTransport.UDP.defaultPort());
    return port == 0 || port == flow.remote().port()
        ? flow
        : new Flow(
            flow.transport(), flow.local(), flow.remote().withPort(port), flow.connection(), null);
  }

  /// An answer to a stamped request that keeps no state.
  ///
  /// @param tag the To tag, which must be the same for retransmissions to be stateless
  public static Outgoing of(SipRequest request, Flow flow, SipResponse response, String tag) {
    NameAddr to = response.first(SipHeader.TO);
    if (to != null && to.tag() == null) {
      response.set(SipHeader.TO, to.withTag(tag));
    }
    return new Outgoing(responseFlow(request, flow), response);
  }

  /// The answer that a malformed request earns; null when it is a response, or cannot be answered.
  public static @Nullable Outgoing refusal(Flow flow, MalformedSipException fault, String tag) {
    SipRequest request = fault.request();
    if (request == null) {
      return null;
    }
    stamp(request, flow);
    return of(request, flow, request.response(fault.status()), tag);
  }
}
