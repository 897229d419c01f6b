package org.klatsch.gateway.calls;

import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.config.Trunk;
import org.klatsch.gateway.media.AudioLeg;
import org.klatsch.gateway.transport.SipTransports;
import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipMessage;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.Uri;
import org.klatsch.sip.auth.DigestClient;
import org.klatsch.sip.dialog.SessionTimer;
import org.klatsch.sip.dialog.SessionTimerOptions;
import org.klatsch.sip.transaction.ClientTransaction;
import org.klatsch.sip.transaction.ServerTransaction;

/// One dialog of a call, RFC 3261 §12, and its media. Belongs to the mailbox of its call.
final class SipLeg {
  private static final List<String> METHODS =
      List.of(
          "INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "INFO", "UPDATE", "PRACK", "REFER",
          "NOTIFY");

  private static final List<String> EXTENSIONS = List.of("timer", "100rel");

  final String callId;
  final boolean browser;
  final @Nullable Trunk trunk;

  /// Where the far end is, and for browsers the only way there.
  final Flow flow;

  final NameAddr contact;
  NameAddr local;
  NameAddr remote;
  Uri target;
  List<NameAddr> route = List.of();
  private long localSequence;
  long remoteSequence = -1;

  /// The INVITE that began it, at its side.
  @Nullable ServerTransaction incoming;

  @Nullable ClientTransaction outgoing;

  /// A re-INVITE of ours that has no answer yet.
  @Nullable ClientTransaction reInvite;

  /// The media; null before they are needed.
  @Nullable AudioLeg media;

  /// Our description as it was said in answer or offer; null before.
  @Nullable String description;

  /// Whether [#description] is an offer that waits for its answer.
  boolean offered;

  /// Whether both sides' descriptions are known.
  boolean agreed;

  /// Refreshes the dialog, or ends it when the far end does not, RFC 4028.
  final SessionTimer timer = new SessionTimer(SessionTimerOptions.DEFAULT);

  /// Knows the password of the trunk; null where there is none.
  @Nullable DigestClient digest;

  boolean confirmed;
  boolean ended;
  boolean holding;

  SipLeg(
      String callId,
      boolean browser,
      @Nullable Trunk trunk,
      Flow flow,
      NameAddr contact,
      NameAddr local,
      NameAddr remote,
      Uri target,
      long firstSequence) {
    this.callId = callId;
    this.browser = browser;
    this.trunk = trunk;
    this.flow = flow;
    this.contact = contact;
    this.local = local;
    this.remote = remote;
    this.target = target;
    this.localSequence = firstSequence;
  }

  /// The next CSeq number.
  long nextSequence() {
    return ++localSequence;
  }

  /// Takes over what an INVITE says of its sender, RFC 3261 §12.1.1.
  void dialogOf(SipRequest invite) {
    remoteSequence = invite.cseq().number();
    NameAddr far = invite.contact();
    if (far != null) {
      target = far.uri();
    }
    route = invite.all(SipHeader.RECORD_ROUTE);
  }

  /// Takes over what a response says of its sender, RFC 3261 §12.1.2.
  void dialogOf(SipResponse response) {
    remote = response.to();
    NameAddr far = response.contact();
    if (far != null) {
      target = far.uri();
    }
    List<NameAddr> recorded = new ArrayList<>(response.all(SipHeader.RECORD_ROUTE));
    Collections.reverse(recorded);
    route = recorded;
  }

  /// A request within the dialog, RFC 3261 §12.2.1.1.
  SipRequest request(String method, long sequence) {
    SipRequest request = SipRequest.of(method, target, local, remote, callId, sequence);
    request.setAll(SipHeader.ROUTE, route);
    if (!method.equals(SipRequest.BYE) && !method.equals(SipRequest.ACK)) {
      request.add(SipHeader.CONTACT, contact);
    }
    return request;
  }

  SipRequest request(String method) {
    return request(method, nextSequence());
  }

  /// The ACK of a 2xx, RFC 3261 §13.2.2.4: with the credentials of its INVITE.
  SipRequest acknowledgement(SipRequest invite) {
    SipRequest ack = request(SipRequest.ACK, invite.cseq().number());
    ack.setAll(SipHeader.AUTHORIZATION, invite.all(SipHeader.AUTHORIZATION));
    ack.setAll(SipHeader.PROXY_AUTHORIZATION, invite.all(SipHeader.PROXY_AUTHORIZATION));
    return ack;
  }

  /// A request again with the password that a trunk asks for, RFC 3261 §22.2 and §22.3; null when
  /// it does not ask, or the password was wrong.
  @Nullable SipRequest answered(SipRequest request, SipResponse challenge) {
    DigestClient known = digest;
    SipRequest again = known == null ? null : known.answer(request, challenge);
    if (again != null) {
      nextSequence();
    }
    return again;
  }

  /// The first extension that a request requires and that is not done here, RFC 3261 §8.2.2.3; null
  /// for none.
  static @Nullable String unknownExtension(SipRequest request) {
    for (String each : request.all(SipHeader.REQUIRE)) {
      if (EXTENSIONS.stream().noneMatch(each::equalsIgnoreCase)) {
        return each;
      }
    }
    return null;
  }

  /// Where a request within the dialog goes: down the connection of a browser, whose contact leads
  /// nowhere (RFC 7118 §5); else to the first router or the contact.
  Flow flowTo(SipTransports transports) {
    if (browser || flow.transport().isReliable()) {
      return flow;
    }
    Uri next = route.isEmpty() ? target : route.getFirst().uri();
    if (next instanceof SipUri uri) {
      try {
        return transports.resolve(uri);
      } catch (UnknownHostException e) {
        return flow;
      }
    }
    return flow;
  }

  /// An answer to a request of the far end.
  SipResponse response(SipRequest request, int status) {
    SipResponse response = request.response(status);
    String tag = local.tag();
    if (tag != null && response.to().tag() == null) {
      response.set(SipHeader.TO, response.to().withTag(tag));
    }
    if (status > 100 && status < 300 && request.is(SipRequest.INVITE)) {
      for (NameAddr each : request.all(SipHeader.RECORD_ROUTE)) {
        response.add(SipHeader.RECORD_ROUTE, each);
      }
      response.add(SipHeader.CONTACT, contact);
      describe(response);
    }
    return response;
  }

  /// What this side can do.
  static void describe(SipMessage message) {
    message.setAll(SipHeader.ALLOW, METHODS);
    message.setAll(SipHeader.SUPPORTED, List.of("timer"));
  }

  /// Whether a message of the far end belongs to this dialog.
  boolean isOf(SipRequest request) {
    return callId.equals(request.callId())
        && java.util.Objects.equals(local.tag(), request.to().tag())
        && java.util.Objects.equals(remote.tag(), request.from().tag());
  }

  /// The far end as CDRs name it.
  String name() {
    String user = remote.uri().userText();
    return user.isEmpty() ? remote.uri().toString() : user;
  }
}
