package org.klatsch.gateway.calls;

import java.lang.System.Logger.Level;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.calls.CallServices.Caller;
import org.klatsch.gateway.calls.CallServices.Destination;
import org.klatsch.gateway.config.Trunk;
import org.klatsch.gateway.media.AudioLeg;
import org.klatsch.gateway.media.Descriptions;
import org.klatsch.gateway.media.UnacceptableMediaException;
import org.klatsch.media.RtpCodec;
import org.klatsch.net.EventLoop;
import org.klatsch.sip.Flow;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.RAck;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipStatus;
import org.klatsch.sip.SipUri;
import org.klatsch.sip.auth.DigestClient;
import org.klatsch.sip.transaction.ClientTransaction;
import org.klatsch.sip.transaction.ServerTransaction;
import org.klatsch.sip.transaction.TransactionEvent;
import org.klatsch.sip.transaction.TransactionOptions;

/// One call: the caller's leg, the branches that ring, the leg that answered, and the bridge
/// between both. All of it happens on the thread of its mailbox.
public final class CallSession extends Mailbox {
  private static final System.Logger LOGGER = System.getLogger(CallSession.class.getName());
  private static final String SDP = "application/sdp";

  /// A telephone that nobody picks up.
  private static final Duration MAX_RINGING = Duration.ofMinutes(3);

  private final CallServices services;
  private final String id;
  private final LegMedia media;

  /// Who called; after a transfer, who is in that place.
  private SipLeg caller;

  private List<List<Target>> groups = List.of();
  private int group = -1;
  private final List<SipLeg> branches = new ArrayList<>();
  private int bestFailure = SipStatus.TEMPORARILY_UNAVAILABLE;
  private boolean records;
  private @Nullable SipLeg called;
  private final Conversation conversation;
  private final LegFactory legs;
  private final CallFigures figures;
  private final List<String> joined = new ArrayList<>();
  private volatile boolean over;
  private final CountDownLatch told = new CountDownLatch(1);
  private int status;
  private @Nullable Alarm ringing;
  private final Transfer transfer = new Transfer(this);
  private final LegTimers timers = new LegTimers(this);
  private final Repetition repetition = new Repetition(this);

  /// Begins a call.
  public static void start(CallServices services, Flow flow, SipRequest invite) {
    EventLoop loop = services.network().nextLoop();
    CallSession call = new CallSession(services, loop, flow, invite);
    services.join(invite.callId(), call);
    call.joined.add(invite.callId());
    call.begin();
    call.message(flow, invite);
  }

  private CallSession(CallServices services, EventLoop loop, Flow flow, SipRequest invite) {
    super("klatsch-call", services.transports(), TransactionOptions.DEFAULT);
    this.services = services;
    this.media = new LegMedia(services, loop);
    this.conversation = new Conversation(this, services);
    this.legs = new LegFactory(services.transports(), tokens);
    this.id = tokens.callId();
    Caller known = services.caller(flow, invite);
    NameAddr from = invite.from();
    this.caller =
        new SipLeg(
            invite.callId(),
            flow.transport().isWebSocket(),
            known == null ? null : known.trunk(),
            flow,
            legs.contact(flow),
            invite.to().withTag(tokens.tag()),
            from,
            from.uri(),
            tokens.cseq());
    this.figures = new CallFigures(id, caller.name(), invite.uri().userText());
  }

  CallServices services() {
    return services;
  }

  LegMedia media() {
    return media;
  }

  // What comes.

  @Override
  void handle(TransactionEvent event) {
    switch (event) {
      case TransactionEvent.RequestArrived e -> request(e.transaction());
      case TransactionEvent.AckArrived e -> acknowledged(e.ack());
      case TransactionEvent.Cancelled e -> cancelled(e.invite());
      case TransactionEvent.ResponseArrived e -> response(e.transaction(), e.response());
      case TransactionEvent.TimedOut e -> failed(e.transaction(), SipStatus.REQUEST_TIMEOUT);
      case TransactionEvent.SendFailed e -> failed(e.transaction(), SipStatus.SERVICE_UNAVAILABLE);
      case TransactionEvent.AckMissed _ -> {
        // A refusal that nobody acknowledged is a refusal.
      }
    }
  }

  private void request(ServerTransaction transaction) {
    SipRequest request = transaction.request();
    if (request.to().tag() == null) {
      if (request.is(SipRequest.INVITE) && caller.incoming == null) {
        invited(transaction);
      } else {
        // RFC 3261 §8.2.2.2: the same request by another way.
        respond(transaction, caller.response(request, SipStatus.LOOP_DETECTED));
      }
      return;
    }
    SipLeg leg = legOf(request);
    if (leg == null || leg.ended && !request.is(SipRequest.BYE)) {
      respond(transaction, request.response(SipStatus.CALL_DOES_NOT_EXIST));
      return;
    }
    if (request.cseq().number() < leg.remoteSequence) {
      respond(transaction, leg.response(request, SipStatus.SERVER_INTERNAL_ERROR));
      return;
    }
    leg.remoteSequence = request.cseq().number();
    switch (request.method()) {
      case SipRequest.BYE -> {
        respond(transaction, leg.response(request, SipStatus.OK));
        leg.ended = true;
        hungUp(leg);
      }
      case SipRequest.INVITE, SipRequest.UPDATE -> reInvited(leg, transaction);
      case SipRequest.INFO -> conversation.info(leg, transaction);
      case SipRequest.REFER -> transfer.referred(leg, transaction);
      case SipRequest.OPTIONS, SipRequest.NOTIFY, SipRequest.PRACK, SipRequest.MESSAGE ->
          respond(transaction, leg.response(request, SipStatus.OK));
      default -> {
        SipResponse refusal = leg.response(request, SipStatus.METHOD_NOT_ALLOWED);
        SipLeg.describe(refusal);
        respond(transaction, refusal);
      }
    }
  }

  private @Nullable SipLeg legOf(SipRequest request) {
    SipLeg other = called;
    if (caller.isOf(request)) {
      return caller;
    }
    if (other != null && other.isOf(request)) {
      return other;
    }
    for (SipLeg each : branches) {
      if (each.isOf(request)) {
        return each;
      }
    }
    return null;
  }

  /// The sides of the call.
  List<SipLeg> legs() {
    SipLeg other = called;
    return other == null ? List.of(caller) : List.of(caller, other);
  }

  @Nullable SipLeg otherOf(SipLeg leg) {
    return leg == caller ? called : leg == called ? caller : null;
  }

  void respond(ServerTransaction transaction, SipResponse response) {
    if (!transaction.isTerminated() && !transaction.isAnswered()) {
      transactions.respond(now(), transaction, response);
    }
  }

  /// Sends a request within the dialog of a leg.
  ClientTransaction send(SipLeg leg, SipRequest request) {
    DigestClient digest = leg.digest;
    if (digest != null) {
      digest.authorize(request);
    }
    Flow flow = leg.flowTo(transports);
    return transactions.send(now(), flow, request, transports.sentBy(flow));
  }

  // Setting up.

  private void invited(ServerTransaction transaction) {
    SipRequest invite = transaction.request();
    caller.incoming = transaction;
    caller.dialogOf(invite);
    respond(transaction, caller.response(invite, SipStatus.TRYING));
    String unknown = SipLeg.unknownExtension(invite);
    if (unknown != null) {
      SipResponse refusal = caller.response(invite, SipStatus.BAD_EXTENSION);
      refusal.add(SipHeader.UNSUPPORTED, unknown);
      respond(transaction, refusal);
      over(SipStatus.BAD_EXTENSION, "gateway");
      return;
    }
    if (!(invite.uri() instanceof SipUri uri)) {
      refuse(SipStatus.UNSUPPORTED_URI_SCHEME);
      return;
    }
    SipResponse tooSmall = caller.timer.refuse(invite);
    if (tooSmall != null) {
      tooSmall.set(SipHeader.TO, caller.local);
      respond(transaction, tooSmall);
      over(SipStatus.SESSION_INTERVAL_TOO_SMALL, "gateway");
      return;
    }
    if (invite.hasBody() && !invite.hasContentType(SDP)) {
      refuse(SipStatus.UNSUPPORTED_MEDIA_TYPE);
      return;
    }
    Destination destination = services.destination(services.caller(caller.flow, invite), uri);
    if (destination == null) {
      refuse(SipStatus.NOT_FOUND);
      return;
    }
    records = destination.record();
    groups = destination.groups();
    ringing =
        after(
            MAX_RINGING,
            () -> {
              bestFailure = SipStatus.TEMPORARILY_UNAVAILABLE;
              groups = List.of();
              cancelBranches();
              refuse(SipStatus.TEMPORARILY_UNAVAILABLE);
            });
    nextGroup();
  }

  private void nextGroup() {
    group++;
    if (group >= groups.size()) {
      refuse(bestFailure);
      return;
    }
    for (Target each : groups.get(group)) {
      try {
        branch(each, offeredCodecs(), caller);
      } catch (UnknownHostException e) {
        LOGGER.log(Level.WARNING, "{0} has no address", e.getMessage());
        bestFailure = SipStatus.SERVICE_UNAVAILABLE;
      } catch (UnacceptableMediaException e) {
        LOGGER.log(Level.WARNING, "a call cannot be made: {0}", e.getMessage());
        bestFailure = SipStatus.NOT_ACCEPTABLE_HERE;
      }
    }
    if (branches.isEmpty()) {
      nextGroup();
    }
  }

  private List<RtpCodec> offeredCodecs() {
    ServerTransaction incoming = caller.incoming;
    return incoming == null || !incoming.request().hasBody()
        ? List.of()
        : Descriptions.codecs(incoming.request().bodyText());
  }

  /// Calls somebody.
  ///
  /// @param known codecs of the other leg
  /// @param identity who is shown to be calling
  SipLeg branch(Target target, List<RtpCodec> known, SipLeg identity)
      throws UnknownHostException, UnacceptableMediaException {
    SipLeg leg = legs.to(target, identity);
    services.join(leg.callId, this);
    joined.add(leg.callId);
    branches.add(leg);
    try {
      invite(leg, media.offer(leg, known, false));
    } catch (UnacceptableMediaException e) {
      branches.remove(leg);
      throw e;
    }
    return leg;
  }

  private void invite(SipLeg leg, String offer) {
    SipRequest invite = leg.request(SipRequest.INVITE);
    SipLeg.describe(invite);
    if (!leg.browser) {
      invite.add(SipHeader.SUPPORTED, "100rel");
      leg.timer.ask(invite);
    }
    invite.body(SDP, offer);
    leg.outgoing = transactions.send(now(), leg.flow, invite, transports.sentBy(leg.flow));
  }

  private void response(ClientTransaction transaction, SipResponse response) {
    SipLeg leg = null;
    for (SipLeg each : branches) {
      leg = each.outgoing == transaction ? each : leg;
    }
    SipLeg other = called;
    if (leg != null) {
      branchAnswered(leg, response);
    } else if (other != null && other.outgoing == transaction && response.isSuccess()) {
      if (Objects.equals(other.remote.tag(), response.to().tag())) {
        acknowledge(other, transaction);
      } else {
        // Another device behind the same proxy answered as well, RFC 3261 §13.2.2.4.
        lateAnswer(transaction, response);
      }
    } else if (response.isSuccess() && transaction.request().is(SipRequest.INVITE)) {
      lateAnswer(transaction, response);
    } else if (response.isSuccess() && transaction.request().is(SipRequest.UPDATE)) {
      for (SipLeg each : legs()) {
        if (each.callId.equals(transaction.request().callId())) {
          timers.accepted(each, response);
        }
      }
    } else if (response.status() == SipStatus.CALL_DOES_NOT_EXIST
        || response.status() == SipStatus.REQUEST_TIMEOUT) {
      // RFC 3261 §12.2.1.2: to the far end this call is over.
      failed(transaction, response.status());
    }
  }

  /// A 2xx of a branch that was given up: it is taken and ended at once, RFC 3261 §9.1.
  private void lateAnswer(ClientTransaction transaction, SipResponse response) {
    SipRequest invite = transaction.request();
    SipLeg leg =
        new SipLeg(
            invite.callId(),
            transaction.flow().transport().isWebSocket(),
            null,
            transaction.flow(),
            legs.contact(transaction.flow()),
            invite.from(),
            response.to(),
            invite.uri(),
            invite.cseq().number());
    leg.dialogOf(response);
    acknowledge(leg, transaction);
    send(leg, leg.request(SipRequest.BYE));
  }

  private void branchAnswered(SipLeg leg, SipResponse response) {
    ClientTransaction transaction = Objects.requireNonNull(leg.outgoing);
    if (response.isProvisional()) {
      provisional(leg, response);
    } else if (response.isSuccess()) {
      leg.dialogOf(response);
      leg.confirmed = true;
      acknowledge(leg, transaction);
      if (!leg.browser) {
        timers.accepted(leg, response);
      }
      if (transfer.isTarget(leg)) {
        transfer.answered(leg, response);
      } else {
        answered(leg, response);
      }
    } else {
      SipRequest again = leg.answered(transaction.request(), response);
      if (again == null) {
        branchFailed(leg, response.status());
      } else {
        leg.outgoing = transactions.send(now(), leg.flow, again, transports.sentBy(leg.flow));
      }
    }
  }

  private void provisional(SipLeg leg, SipResponse response) {
    if (response.status() == SipStatus.TRYING) {
      return;
    }
    if (response.to().tag() != null) {
      leg.dialogOf(response);
      Long number = response.first(SipHeader.RSEQ);
      if (number != null && response.lists(SipHeader.REQUIRE, "100rel")) {
        SipRequest prack = leg.request(SipRequest.PRACK);
        prack.set(SipHeader.RACK, new RAck(number, response.cseq()));
        send(leg, prack);
      }
    }
    if (transfer.isTarget(leg)) {
      transfer.provisional(response);
      return;
    }
    ServerTransaction incoming = caller.incoming;
    if (incoming == null || incoming.isAnswered()) {
      return;
    }
    SipRequest invite = incoming.request();
    boolean reliable = invite.lists(SipHeader.REQUIRE, "100rel");
    if (reliable) {
      // A caller that insists on reliable provisional responses gets none, which is allowed.
      return;
    }
    SipResponse told =
        caller.response(
            invite,
            response.hasBody() || caller.agreed ? SipStatus.SESSION_PROGRESS : response.status());
    if (response.hasBody() && response.hasContentType(SDP) && branches.size() == 1) {
      try {
        earlyMedia(leg, response.bodyText(), invite);
      } catch (UnacceptableMediaException e) {
        LOGGER.log(Level.DEBUG, "early media are left out: {0}", e.getMessage());
      }
    }
    String description = caller.description;
    if (caller.agreed && description != null) {
      told.body(SDP, description);
    }
    respond(incoming, told);
  }

  private void earlyMedia(SipLeg leg, String sdp, SipRequest invite)
      throws UnacceptableMediaException {
    if (leg.agreed) {
      return;
    }
    media.accept(leg, sdp);
    if (!invite.hasBody()) {
      return;
    }
    if (!caller.agreed) {
      media.answer(
          caller, invite.bodyText(), media.agreed(leg), Descriptions.codecs(invite.bodyText()));
    }
    conversation.join(caller, leg);
  }

  /// The first to answer has the call.
  private void answered(SipLeg leg, SipResponse response) {
    branches.remove(leg);
    called = leg;
    cancelBranches();
    cancel(ringing);
    ServerTransaction incoming = Objects.requireNonNull(caller.incoming);
    SipRequest invite = incoming.request();
    if (incoming.isAnswered()) {
      // The caller hung up in this very moment.
      hangUp(leg);
      return;
    }
    try {
      if (!leg.agreed) {
        if (!response.hasBody()) {
          throw new UnacceptableMediaException("an answer without description");
        }
        media.accept(leg, response.bodyText());
      }
      SipResponse ok = caller.response(invite, SipStatus.OK);
      SipLeg.describe(ok);
      timers.agree(caller, invite, ok);
      if (!invite.hasBody()) {
        ok.body(SDP, media.offer(caller, media.agreed(leg), false));
      } else {
        if (!caller.agreed) {
          media.answer(
              caller, invite.bodyText(), media.agreed(leg), Descriptions.codecs(invite.bodyText()));
        }
        ok.body(SDP, Objects.requireNonNull(caller.description));
        conversation.join(caller, leg);
      }
      figures.answered();
      status = SipStatus.OK;
      caller.confirmed = true;
      respond(incoming, ok);
      repetition.begin(incoming, ok);
      timers.begin();
      if (records) {
        conversation.record(id);
      }
    } catch (UnacceptableMediaException e) {
      LOGGER.log(Level.WARNING, "a call has no common media: {0}", e.getMessage());
      hangUp(leg);
      refuse(SipStatus.NOT_ACCEPTABLE_HERE);
    }
  }

  private void acknowledged(SipRequest ack) {
    SipLeg leg = legOf(ack);
    if (leg == null) {
      return;
    }
    if (leg == caller) {
      repetition.end();
    }
    if (leg.offered && ack.hasBody()) {
      try {
        media.accept(leg, ack.bodyText());
        SipLeg other = otherOf(leg);
        if (other != null) {
          conversation.join(caller, Objects.requireNonNull(called));
        }
        conversation.hold(leg, Descriptions.holds(ack.bodyText()));
      } catch (UnacceptableMediaException e) {
        LOGGER.log(Level.WARNING, "a late answer cannot be taken: {0}", e.getMessage());
        hangUpAll("gateway");
      }
    }
  }

  private void acknowledge(SipLeg leg, ClientTransaction invite) {
    SipRequest ack = leg.acknowledgement(invite.request());
    Flow flow = leg.flowTo(transports);
    transactions.sendAck(flow, ack, transports.sentBy(flow));
  }

  private void failed(ClientTransaction transaction, int asIf) {
    for (SipLeg each : List.copyOf(branches)) {
      if (each.outgoing == transaction) {
        branchFailed(each, asIf);
        return;
      }
    }
    if (transfer.owns(transaction)) {
      return;
    }
    // RFC 3261 §12.2.1.2: who does not answer within a dialog has gone.
    SipLeg other = called;
    String callId = transaction.request().callId();
    if (transaction.request().is(SipRequest.BYE) || over) {
      return;
    }
    if (other != null && other.callId.equals(callId)) {
      other.ended = true;
      hungUp(other);
    } else if (caller.callId.equals(callId)) {
      caller.ended = true;
      hungUp(caller);
    }
  }

  private void branchFailed(SipLeg leg, int failure) {
    branches.remove(leg);
    discard(leg);
    if (transfer.isTarget(leg)) {
      transfer.failed(leg, failure);
      return;
    }
    Trunk trunk = leg.trunk;
    boolean goesOn = trunk == null || trunk.failOver().contains(failure);
    if (failure >= 600 || !goesOn) {
      bestFailure = failure;
      groups = List.of();
      cancelBranches();
    } else if (failure == SipStatus.BUSY_HERE || bestFailure == SipStatus.TEMPORARILY_UNAVAILABLE) {
      // RFC 3261 §16.7: what tells most to the caller.
      bestFailure = failure;
    }
    if (branches.isEmpty() && !over) {
      nextGroup();
    }
  }

  private void cancelBranches() {
    for (SipLeg each : List.copyOf(branches)) {
      if (transfer.isTarget(each)) {
        continue;
      }
      giveUp(each);
    }
  }

  private void discard(SipLeg leg) {
    leg.ended = true;
    AudioLeg audio = leg.media;
    if (audio != null) {
      audio.close();
    }
  }

  private void cancelled(ServerTransaction invite) {
    respond(invite, caller.response(invite.request(), SipStatus.REQUEST_TERMINATED));
    if (invite == caller.incoming && called == null) {
      groups = List.of();
      cancelBranches();
      over(SipStatus.REQUEST_TERMINATED, "caller");
    }
  }

  /// Ends a call that was not answered.
  private void refuse(int with) {
    ServerTransaction incoming = caller.incoming;
    if (incoming != null && !incoming.isAnswered()) {
      respond(incoming, caller.response(incoming.request(), with));
    }
    over(with, "called");
  }

  // The call itself.

  /// Puts somebody else in the place of one side.
  void replace(SipLeg gone, SipLeg by) {
    branches.remove(by);
    if (gone == caller) {
      caller = by;
    } else {
      called = by;
    }
    SipLeg other = called;
    if (other != null) {
      conversation.join(caller, other);
    }
  }

  /// The path to a side is lost for good.
  void mediaFailed(SipLeg leg) {
    if (!over && (leg == caller || leg == called)) {
      hangUpAll(leg == caller ? "caller" : "called");
    }
  }

  /// Hold, resume, another address, an ICE restart: all that changes is between us and this leg,
  /// the other one only hears it.
  private void reInvited(SipLeg leg, ServerTransaction transaction) {
    SipRequest request = transaction.request();
    if (!leg.confirmed || leg.reInvite != null && request.is(SipRequest.INVITE)) {
      respond(transaction, leg.response(request, SipStatus.REQUEST_PENDING));
      return;
    }
    NameAddr far = request.contact();
    if (far != null) {
      leg.target = far.uri();
    }
    SipResponse ok = leg.response(request, SipStatus.OK);
    SipLeg.describe(ok);
    timers.agree(leg, request, ok);
    try {
      if (request.hasBody() && request.hasContentType(SDP)) {
        String offer = request.bodyText();
        ok.body(
            SDP, media.answer(leg, offer, media.agreed(otherOf(leg)), Descriptions.codecs(offer)));
        conversation.hold(leg, Descriptions.holds(offer));
      } else if (request.is(SipRequest.INVITE)) {
        ok.body(SDP, media.offer(leg, media.agreed(otherOf(leg)), false));
      }
      respond(transaction, ok);
    } catch (UnacceptableMediaException e) {
      LOGGER.log(Level.DEBUG, "a new offer is refused: {0}", e.getMessage());
      respond(transaction, leg.response(request, SipStatus.NOT_ACCEPTABLE_HERE));
    }
  }

  // The end.

  /// Stops calling somebody.
  void giveUp(SipLeg branch) {
    if (branches.remove(branch)) {
      ClientTransaction invite = branch.outgoing;
      if (invite != null && !invite.isTerminated()) {
        transactions.cancel(now(), invite);
      }
      discard(branch);
    }
  }

  void hangUp(SipLeg leg) {
    if (!leg.ended && leg.confirmed) {
      leg.ended = true;
      send(leg, leg.request(SipRequest.BYE));
    }
    discard(leg);
  }

  /// One side has gone.
  void hungUp(SipLeg leg) {
    SipLeg other = otherOf(leg);
    if (other == null && leg != caller) {
      discard(leg);
      return;
    }
    hangUpAll(leg == caller ? "caller" : "called");
  }

  void hangUpAll(String by) {
    SipLeg other = called;
    figures.take(caller, other, media);
    cancelBranches();
    transfer.end();
    if (other != null) {
      hangUp(other);
    }
    if (caller.confirmed) {
      hangUp(caller);
    } else {
      refuse(SipStatus.TEMPORARILY_UNAVAILABLE);
    }
    over(status == 0 ? SipStatus.REQUEST_TERMINATED : status, by);
  }

  private void over(int with, String by) {
    if (over) {
      return;
    }
    over = true;
    cancel(ringing);
    repetition.end();
    conversation.end();
    discard(caller);
    SipLeg other = called;
    if (other != null) {
      discard(other);
    }
    services.ended(
        figures.record(
            with,
            by,
            other == null || other.trunk == null ? null : other.trunk.name(),
            conversation));
    after(Duration.ZERO, told::countDown);
    finish();
  }

  private static void cancel(@Nullable Alarm alarm) {
    if (alarm != null) {
      alarm.cancel();
    }
  }

  @Override
  void lost(Flow flow) {
    if (over) {
      return;
    }
    SipLeg other = called;
    if (caller.flow.isSame(flow)) {
      caller.ended = true;
      hangUpAll("caller");
    } else if (other != null && other.flow.isSame(flow)) {
      other.ended = true;
      hangUpAll("called");
    }
  }

  /// Whether it has ended; any thread.
  public boolean isOver() {
    return over;
  }

  /// Waits for its end; any other thread.
  public void awaitEnd(long nanos) {
    try {
      var _ = told.await(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends the call from outside; any thread.
  public void close() {
    execute(() -> {
      if (!over) {
        hangUpAll("gateway");
      }
    });
  }

  @Override
  void broken() {
    if (!over) {
      hangUpAll("gateway");
    }
  }

  @Override
  void ended() {
    for (String each : joined) {
      services.leave(each, this);
    }
    told.countDown();
  }
}
