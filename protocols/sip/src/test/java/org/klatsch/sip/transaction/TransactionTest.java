package org.klatsch.sip.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.HostPort;
import org.klatsch.sip.MalformedSipException;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipMessageReader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.Uri;
import org.klatsch.sip.Via;
import org.klatsch.sip.transaction.Transaction.State;
import org.klatsch.sip.transaction.TransactionLayer.Drop;

class TransactionTest {
  private static final HostPort SENT_BY = new HostPort("192.0.2.1", 5060);
  private static final Flow UDP =
      Flow.to(SipTransport.UDP, TransportAddress.parse("192.0.2.2", 5060));
  private static final Flow TCP =
      new Flow(SipTransport.TCP, null, TransportAddress.parse("192.0.2.2", 5060), 7, null);

  private final TransactionLayer layer =
      new TransactionLayer(TransactionOptions.DEFAULT, new Tokens(new Random(1)));
  private long now;

  private static SipRequest request(String method) {
    return SipRequest.of(
        method,
        Uri.of("sip:bob@example.com"),
        NameAddr.of(Uri.of("sip:alice@example.com")).withTag("a"),
        NameAddr.of(Uri.of("sip:bob@example.com")),
        "call",
        1);
  }

  private static SipRequest received(String method, String branch) {
    SipRequest request = request(method);
    request.addFirst(
        SipHeader.VIA,
        Via.of(SipTransport.UDP, new HostPort("192.0.2.2", 5060), branch)
            .withParameter("rport", null));
    return request;
  }

  private static SipResponse response(SipRequest request, int status) {
    SipResponse response = request.response(status);
    response.set(SipHeader.TO, response.to().withTag("b"));
    return response;
  }

  private List<String> sent() {
    List<String> sent = new ArrayList<>();
    for (Outgoing out = layer.pollMessage(); out != null; out = layer.pollMessage()) {
      sent.add(
          out.message() instanceof SipRequest request
              ? request.method()
              : Integer.toString(((SipResponse) out.message()).status()));
    }
    return sent;
  }

  private List<String> events() {
    List<String> events = new ArrayList<>();
    for (TransactionEvent event = layer.pollEvent(); event != null; event = layer.pollEvent()) {
      events.add(
          switch (event) {
            case TransactionEvent.ResponseArrived e -> "" + e.response().status();
            case TransactionEvent.RequestArrived e -> e.transaction().request().method();
            default -> event.getClass().getSimpleName();
          });
    }
    return events;
  }

  private ServerTransaction arrived() {
    return ((TransactionEvent.RequestArrived) layer.pollEvent()).transaction();
  }

  /// Runs all timers up to a time; what is sent is noted in milliseconds.
  private List<Long> sendTimes(Duration until) {
    List<Long> times = new ArrayList<>();
    long end = now + until.toNanos();
    long start = now;
    while (layer.nextTimeout() <= end) {
      now = layer.nextTimeout();
      layer.handleTimeout(now);
      sent().forEach(m -> times.add((now - start) / 1_000_000));
    }
    now = end;
    return times;
  }

  @Test
  void invitesAreRetransmittedOnTheScheduleOfTheRfc() {
    layer.send(now, UDP, request("INVITE"), SENT_BY);
    assertThat(sent()).containsExactly("INVITE");
    assertThat(sendTimes(Duration.ofSeconds(40)))
        .containsExactly(500L, 1500L, 3500L, 7500L, 15500L, 31500L);
    assertThat(events()).containsExactly("TimedOut");
    assertThat(layer.size()).isZero();
    assertThat(layer.nextTimeout()).isEqualTo(ProtocolCore.NEVER);
  }

  @Test
  void otherRequestsAreRetransmittedOnTheirs() {
    layer.send(now, UDP, request("OPTIONS"), SENT_BY);
    assertThat(sent()).containsExactly("OPTIONS");
    assertThat(sendTimes(Duration.ofSeconds(40)))
        .containsExactly(500L, 1500L, 3500L, 7500L, 11500L, 15500L, 19500L, 23500L, 27500L, 31500L);
    assertThat(events()).containsExactly("TimedOut");
  }

  @Test
  void streamsNeedNoRetransmissions() {
    layer.send(now, TCP, request("INVITE"), SENT_BY);
    sent();
    assertThat(sendTimes(Duration.ofSeconds(40))).isEmpty();
    assertThat(events()).containsExactly("TimedOut");
  }

  @Test
  void aProvisionalResponseStopsTheRetransmissions() {
    ClientTransaction invite = layer.send(now, UDP, request("INVITE"), SENT_BY);
    layer.handleMessage(now, UDP, response(invite.request(), 180));
    sent();
    assertThat(sendTimes(Duration.ofMinutes(10))).isEmpty();
    assertThat(events()).containsExactly("180");
    assertThat(invite.state()).isEqualTo(State.PROCEEDING);
  }

  @Test
  void failuresAreAcknowledgedEachTime() {
    ClientTransaction invite = layer.send(now, UDP, request("INVITE"), SENT_BY);
    sent();
    SipResponse busy = response(invite.request(), 486);
    layer.handleMessage(now, UDP, busy);
    Outgoing ack = layer.pollMessage();
    assertThat(ack.message().via()).isEqualTo(invite.request().via());
    assertThat(ack.message().to().tag()).isEqualTo("b");
    assertThat(ack.message().cseq()).hasToString("1 ACK");
    layer.handleMessage(now, UDP, busy);
    assertThat(sent()).containsExactly("ACK");
    assertThat(events()).containsExactly("486");
    sendTimes(Duration.ofSeconds(33));
    assertThat(layer.size()).isZero();
  }

  @Test
  void everySuccessOfAForkIsTold() {
    ClientTransaction invite = layer.send(now, UDP, request("INVITE"), SENT_BY);
    layer.handleMessage(now, UDP, response(invite.request(), 200));
    SipResponse other = invite.request().response(200);
    other.set(SipHeader.TO, other.to().withTag("c"));
    layer.handleMessage(now, UDP, other);
    assertThat(events()).containsExactly("200", "200");
    assertThat(invite.state()).isEqualTo(State.ACCEPTED);
    sent();
    sendTimes(Duration.ofSeconds(33));
    assertThat(layer.size()).isZero();
    layer.handleMessage(now, UDP, other);
    assertThat(layer.drops(Drop.STRAY_RESPONSE)).isEqualTo(1);
  }

  @Test
  void aCancelWaitsForAProvisionalResponse() {
    ClientTransaction invite = layer.send(now, UDP, request("INVITE"), SENT_BY);
    sent();
    layer.cancel(now, invite);
    assertThat(sent()).isEmpty();
    layer.handleMessage(now, UDP, invite.request().response(100));
    Outgoing out = layer.pollMessage();
    SipRequest cancel = (SipRequest) out.message();
    assertThat(cancel.method()).isEqualTo("CANCEL");
    assertThat(cancel.via()).isEqualTo(invite.request().via());
    layer.handleMessage(now, UDP, response(cancel, 200));
    layer.handleMessage(now, UDP, response(invite.request(), 487));
    assertThat(sent()).containsExactly("ACK");
    assertThat(events()).containsExactly("100", "487");
  }

  @Test
  void aCancelledInviteThatIsNeverAnsweredTimesOut() {
    ClientTransaction invite = layer.send(now, TCP, request("INVITE"), SENT_BY);
    layer.handleMessage(now, TCP, invite.request().response(100));
    layer.cancel(now, invite);
    sent();
    sendTimes(Duration.ofSeconds(33));
    assertThat(events()).containsExactly("100", "TimedOut");
    assertThat(layer.size()).isZero();
  }

  @Test
  void anInviteIsAnsweredWithTryingUnlessTheUserIsFaster() {
    layer.handleMessage(now, UDP, received("INVITE", "z9hG4bK1"));
    ServerTransaction invite = arrived();
    assertThat(sendTimes(Duration.ofSeconds(1))).containsExactly(200L);
    layer.handleMessage(now, UDP, received("INVITE", "z9hG4bK1"));
    assertThat(sent()).containsExactly("100");
    layer.respond(now, invite, response(invite.request(), 180));
    layer.handleMessage(now, UDP, received("INVITE", "z9hG4bK1"));
    assertThat(sent()).containsExactly("180", "180");
    assertThat(events()).isEmpty();
  }

  @Test
  void failuresAreRepeatedUntilTheyAreAcknowledged() {
    layer.handleMessage(now, UDP, received("INVITE", "z9hG4bK1"));
    ServerTransaction invite = arrived();
    layer.respond(now, invite, response(invite.request(), 486));
    sent();
    assertThat(sendTimes(Duration.ofSeconds(10))).containsExactly(500L, 1500L, 3500L, 7500L);
    SipRequest ack = received("ACK", "z9hG4bK1");
    layer.handleMessage(now, UDP, ack);
    layer.handleMessage(now, UDP, ack);
    assertThat(invite.state()).isEqualTo(State.CONFIRMED);
    assertThat(sendTimes(Duration.ofSeconds(10))).isEmpty();
    assertThat(events()).isEmpty();
    assertThat(layer.size()).isZero();
  }

  @Test
  void aFailureThatIsNeverAcknowledgedIsTold() {
    layer.handleMessage(now, TCP, received("INVITE", "z9hG4bK1"));
    ServerTransaction invite = arrived();
    layer.respond(now, invite, response(invite.request(), 486));
    sendTimes(Duration.ofSeconds(40));
    assertThat(events()).containsExactly("AckMissed");
  }

  @Test
  void anAcceptedInviteAbsorbsRetransmissionsAndHandsAcksOn() {
    layer.handleMessage(now, UDP, received("INVITE", "z9hG4bK1"));
    ServerTransaction invite = arrived();
    SipResponse ok = response(invite.request(), 200);
    layer.respond(now, invite, ok);
    layer.handleMessage(now, UDP, received("INVITE", "z9hG4bK1"));
    assertThat(sent()).containsExactly("200");
    layer.respond(now, invite, ok);
    assertThat(sent()).containsExactly("200");
    layer.handleMessage(now, UDP, received("ACK", "z9hG4bK2"));
    assertThat(events()).containsExactly("AckArrived");
    assertThatThrownBy(() -> layer.respond(now, invite, response(invite.request(), 500)))
        .isInstanceOf(IllegalStateException.class);
    sendTimes(Duration.ofSeconds(33));
    assertThat(layer.size()).isZero();
  }

  @Test
  void answersOfOtherRequestsAreRepeatedOnDemand() {
    layer.handleMessage(now, UDP, received("OPTIONS", "z9hG4bK1"));
    ServerTransaction options = arrived();
    layer.respond(now, options, response(options.request(), 200));
    layer.handleMessage(now, UDP, received("OPTIONS", "z9hG4bK1"));
    assertThat(sent()).containsExactly("200", "200");
    sendTimes(Duration.ofSeconds(33));
    layer.handleMessage(now, UDP, received("OPTIONS", "z9hG4bK1"));
    assertThat(events()).containsExactly("OPTIONS");
  }

  @Test
  void aCancelFindsItsInvite() {
    layer.handleMessage(now, UDP, received("INVITE", "z9hG4bK1"));
    ServerTransaction invite = arrived();
    layer.respond(now, invite, response(invite.request(), 180));
    sent();
    layer.handleMessage(now, UDP, received("CANCEL", "z9hG4bK1"));
    Outgoing ok = layer.pollMessage();
    assertThat(((SipResponse) ok.message()).status()).isEqualTo(200);
    assertThat(ok.message().to().tag()).isEqualTo("b");
    assertThat(events()).containsExactly("Cancelled");
    layer.handleMessage(now, UDP, received("CANCEL", "z9hG4bK9"));
    assertThat(sent()).containsExactly("481");
  }

  @Test
  void aCancelAfterTheAnswerChangesNothing() {
    layer.handleMessage(now, UDP, received("INVITE", "z9hG4bK1"));
    ServerTransaction invite = arrived();
    layer.respond(now, invite, response(invite.request(), 200));
    layer.handleMessage(now, UDP, received("CANCEL", "z9hG4bK1"));
    assertThat(sent()).containsExactly("200", "200");
    assertThat(events()).isEmpty();
  }

  @Test
  void transactionsOfRfc2543AreFoundWithoutBranch() throws MalformedSipException {
    String text =
        """
        %s sip:bob@example.com SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.2%s
        From: <sip:a@b>
        To: <sip:bob@example.com>%s
        Call-ID: old
        CSeq: 56 %s

        """;
    for (String branch : List.of("", ";branch=1", ";branch=z9hG4bK")) {
      String invite = text.formatted("INVITE", branch, "", "INVITE");
      layer.handleMessage(now, UDP, SipMessageReader.parse(invite));
      ServerTransaction transaction = arrived();
      layer.handleMessage(now, UDP, SipMessageReader.parse(invite));
      assertThat(events()).isEmpty();
      layer.respond(now, transaction, response(transaction.request(), 404));
      layer.handleMessage(
          now, UDP, SipMessageReader.parse(text.formatted("ACK", branch, ";tag=b", "ACK")));
      assertThat(transaction.state()).isEqualTo(State.CONFIRMED);
      sent();
      sendTimes(Duration.ofSeconds(40));
    }
  }

  @Test
  void responsesGoWhereTheViaSays() throws MalformedSipException {
    Flow source = Flow.to(SipTransport.UDP, TransportAddress.parse("203.0.113.9", 40_000));
    String text =
        """
        OPTIONS sip:bob@example.com SIP/2.0
        Via: SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bK%s
        From: <sip:a@b>;tag=1
        To: <sip:bob@example.com>
        Call-ID: c
        CSeq: 1 OPTIONS

        """;
    layer.handleMessage(now, source, SipMessageReader.parse(text.formatted("1")));
    ServerTransaction plain = arrived();
    layer.respond(now, plain, response(plain.request(), 200));
    Outgoing out = layer.pollMessage();
    assertThat(out.flow().remote()).hasToString("203.0.113.9:5062");
    assertThat(out.message().via().parameters().value("received")).isEqualTo("203.0.113.9");
    layer.handleMessage(now, source, SipMessageReader.parse(text.formatted("2;rport")));
    ServerTransaction symmetric = arrived();
    layer.respond(now, symmetric, response(symmetric.request(), 200));
    out = layer.pollMessage();
    assertThat(out.flow().remote()).hasToString("203.0.113.9:40000");
    assertThat(out.message().via().parameters().value("rport")).isEqualTo("40000");
  }

  @Test
  void responsesForOthersAreDropped() {
    ClientTransaction options = layer.send(now, UDP, request("OPTIONS"), SENT_BY);
    SipResponse twice = response(options.request(), 200);
    twice.add(SipHeader.VIA, options.request().via());
    layer.handleMessage(now, UDP, twice);
    SipResponse foreign = response(options.request(), 200);
    foreign.setFirst(
        SipHeader.VIA, Via.of(SipTransport.UDP, HostPort.of("other"), options.branch()));
    layer.handleMessage(now, UDP, foreign);
    assertThat(events()).isEmpty();
    assertThat(layer.drops(Drop.MISROUTED_RESPONSE)).isEqualTo(1);
    assertThat(layer.drops(Drop.STRAY_RESPONSE)).isEqualTo(1);
  }

  @Test
  void requestsFailWithTheirFlow() {
    layer.send(now, TCP, request("INVITE"), SENT_BY);
    layer.send(now, UDP, request("OPTIONS"), SENT_BY);
    layer.handleFlowFailed(TCP);
    assertThat(events()).containsExactly("SendFailed");
    sent();
    layer.send(now, UDP, request("INFO"), SENT_BY);
    layer.handleSendFailure(layer.pollMessage());
    assertThat(events()).containsExactly("SendFailed");
  }

  @Test
  void strangersCannotFillTheTable() {
    TransactionLayer small =
        new TransactionLayer(
            TransactionOptions.DEFAULT.withMaxTransactions(10), new Tokens(new Random(1)));
    for (int i = 0; i < 20; i++) {
      small.handleMessage(now, UDP, received("OPTIONS", "z9hG4bK" + i));
    }
    assertThat(small.size()).isEqualTo(10);
    assertThat(small.drops(Drop.OVERLOAD)).isEqualTo(10);
    assertThat(((SipResponse) small.pollMessage().message()).status()).isEqualTo(503);
  }

  @Test
  void malformedRequestsAreRefusedWithoutState() {
    String text =
        """
        OPTIONS sip:bob@example.com SIP/2.0
        Via: SIP/2.0/UDP 10.0.0.1:5062;branch=z9hG4bK1;rport
        From: <sip:a@b>;tag=1
        To: "Bob <sip:bob@example.com>
        Call-ID: c
        CSeq: 1 OPTIONS

        """;
    assertThatThrownBy(() -> SipMessageReader.parse(text))
        .isInstanceOfSatisfying(MalformedSipException.class, e -> layer.handleMalformed(UDP, e));
    assertThat(sent()).containsExactly("400");
    assertThat(layer.size()).isZero();
  }
}
