package org.klatsch.sip.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sip.Flow;
import org.klatsch.sip.HostPort;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.Uri;
import org.klatsch.sip.auth.DigestClient;
import org.klatsch.sip.auth.DigestOptions;
import org.klatsch.sip.auth.DigestServer;
import org.klatsch.sip.auth.DigestVerdict;
import org.klatsch.sip.registration.Registration.State;
import org.klatsch.sip.transaction.ServerTransaction;
import org.klatsch.sip.transaction.TransactionEvent;
import org.klatsch.sip.transaction.TransactionLayer;
import org.klatsch.sip.transaction.TransactionOptions;

class RegistrationTest {
  private static final long SECOND = 1_000_000_000L;
  private static final NameAddr CONTACT = NameAddr.of(Uri.of("sip:us@192.0.2.1:5060"));

  private static Registration registration(DigestClient credentials, long seed) {
    return new Registration(
        RegistrationOptions.DEFAULT,
        Uri.of("sip:pbx.example.com"),
        NameAddr.of(Uri.of("sip:us@pbx.example.com")),
        CONTACT,
        credentials,
        new Tokens(new Random(seed)),
        new Random(seed));
  }

  private static SipResponse ok(SipRequest request, long expires) {
    SipResponse ok = request.response(200);
    ok.add(
        SipHeader.CONTACT,
        CONTACT.withParameters(CONTACT.parameters().with("expires", Long.toString(expires))));
    return ok;
  }

  @Test
  void refreshesBeforeTheBindingExpires() {
    Registration registration = registration(null, 1);
    registration.start(0);
    SipRequest first = registration.pollRequest();
    assertThat(first.contact().parameters().value("expires")).isEqualTo("600");
    assertThat(registration.state()).isEqualTo(State.REGISTERING);
    registration.handleResponse(0, ok(first, 120));
    assertThat(registration.state()).isEqualTo(State.REGISTERED);
    assertThat(registration.nextTimeout()).isEqualTo(108 * SECOND);
    registration.handleTimeout(108 * SECOND);
    SipRequest second = registration.pollRequest();
    assertThat(second.callId()).isEqualTo(first.callId());
    assertThat(second.cseq().number()).isEqualTo(first.cseq().number() + 1);
    assertThat(registration.state()).isEqualTo(State.REGISTERED);
  }

  @Test
  void waitsLongerAfterEachFailure() {
    Registration registration = registration(null, 2);
    registration.start(0);
    long now = 0;
    long[] upper = {30, 60, 120, 240, 480, 960, 1800, 1800, 1800};
    for (long limit : upper) {
      registration.handleResponse(now, registration.pollRequest().response(500));
      assertThat(registration.state()).isEqualTo(State.FAILED);
      long wait = registration.nextTimeout() - now;
      assertThat(wait).isBetween(limit * SECOND / 2, limit * SECOND);
      now = registration.nextTimeout();
      registration.handleTimeout(now);
    }
    registration.handleResponse(now, ok(registration.pollRequest(), 600));
    assertThat(registration.state()).isEqualTo(State.REGISTERED);
  }

  @Test
  void heedsRetryAfterAndMinExpires() {
    Registration registration = registration(null, 3);
    registration.start(0);
    SipResponse busy = registration.pollRequest().response(503);
    busy.set("Retry-After", "7200");
    registration.handleResponse(0, busy);
    assertThat(registration.nextTimeout()).isEqualTo(7200 * SECOND);
    registration.handleTimeout(7200 * SECOND);
    SipResponse brief = registration.pollRequest().response(423);
    brief.set(SipHeader.MIN_EXPIRES, 3600L);
    registration.handleResponse(7200 * SECOND, brief);
    assertThat(registration.pollRequest().first(SipHeader.EXPIRES)).isEqualTo(3600);
  }

  @Test
  void anUnansweredRefreshKeepsTheBindingUntilItExpires() {
    Registration registration = registration(null, 4);
    registration.start(0);
    registration.handleResponse(0, ok(registration.pollRequest(), 600));
    registration.handleTimeout(570 * SECOND);
    registration.pollRequest();
    registration.handleFailure(580 * SECOND);
    assertThat(registration.state()).isEqualTo(State.REGISTERED);
    registration.handleTimeout(600 * SECOND);
    assertThat(registration.state()).isIn(State.FAILED, State.REGISTERING);
  }

  @Test
  void stoppingTakesTheBindingBack() {
    Registration registration = registration(null, 5);
    registration.start(0);
    registration.handleResponse(0, ok(registration.pollRequest(), 600));
    registration.stop(SECOND);
    SipRequest last = registration.pollRequest();
    assertThat(last.first(SipHeader.EXPIRES)).isZero();
    assertThat(last.contact().parameters().value("expires")).isEqualTo("0");
    registration.handleResponse(SECOND, last.response(200));
    assertThat(registration.state()).isEqualTo(State.OFF);
    assertThat(registration.nextTimeout()).isEqualTo(ProtocolCore.NEVER);
  }

  @Test
  void aLostConnectionIsFollowedByARegistration() {
    Registration registration = registration(null, 6);
    registration.start(0);
    registration.handleResponse(0, ok(registration.pollRequest(), 600));
    registration.handleFlowFailed(SECOND);
    assertThat(registration.nextTimeout()).isBetween(2 * SECOND, 6 * SECOND);
    registration.handleTimeout(registration.nextTimeout());
    assertThat(registration.pollRequest()).isNotNull();
  }

  @Test
  void aWrongPasswordIsNotRepeatedAtOnce() {
    Registration registration =
        registration(new DigestClient("us", "wrong", new SecureRandom()), 7);
    registration.start(0);
    for (int i = 0; i < 2; i++) {
      SipResponse challenge = registration.pollRequest().response(401);
      challenge.add("WWW-Authenticate", "Digest realm=\"pbx\", nonce=\"" + i + "\", qop=\"auth\"");
      registration.handleResponse(0, challenge);
    }
    assertThat(registration.pollRequest()).isNull();
    assertThat(registration.state()).isEqualTo(State.FAILED);
    assertThat(registration.lastStatus()).isEqualTo(401);
  }

  /// A week over a UDP path that loses a fifth of its packets, with a registrar that asks for a
  /// password, shortens what is asked for and is away for an hour each day.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void staysRegisteredForAWeek(int seed) {
    Random random = new Random(seed);
    SecureRandom secure = new SecureRandom();
    DigestServer digest = new DigestServer(DigestOptions.DEFAULT, secure);
    Flow flow = Flow.to(SipTransport.UDP, TransportAddress.parse("192.0.2.9", 5060));
    TransactionLayer client =
        new TransactionLayer(TransactionOptions.DEFAULT, new Tokens(new Random(seed)));
    TransactionLayer server =
        new TransactionLayer(TransactionOptions.DEFAULT, new Tokens(new Random(seed + 100)));
    Registration registration = registration(new DigestClient("us", "pw", secure), seed);
    registration.start(0);
    long end = Duration.ofDays(7).toNanos();
    long day = Duration.ofDays(1).toNanos();
    long away = Duration.ofHours(1).toNanos();
    long boundUntil = 0;
    long unbound = 0;
    long now = 0;
    int steps = 0;
    while (now < end) {
      assertThat(++steps).as("seed %d: the simulation moves on", seed).isLessThan(200_000);
      SipRequest request = registration.pollRequest();
      if (request != null) {
        client.send(now, flow, request, new HostPort("192.0.2.1", 5060));
      }
      boolean busy = request != null;
      for (TransactionLayer from : List.of(client, server)) {
        Outgoing out = from.pollMessage();
        if (out != null) {
          busy = true;
          boolean lost = random.nextInt(5) == 0 || now % day > day - away;
          if (!lost) {
            (from == client ? server : client).handleMessage(now, flow, copy(out));
          }
        }
      }
      TransactionEvent told = client.pollEvent();
      if (told instanceof TransactionEvent.ResponseArrived arrived) {
        registration.handleResponse(now, arrived.response());
        busy = true;
      } else if (told != null) {
        registration.handleFailure(now);
        busy = true;
      }
      if (server.pollEvent() instanceof TransactionEvent.RequestArrived arrived) {
        ServerTransaction transaction = arrived.transaction();
        DigestVerdict verdict = digest.check(now, transaction.request(), "pbx", user -> "pw");
        if (verdict.isAccepted()) {
          server.respond(now, transaction, ok(transaction.request(), 300));
          boundUntil = now + 300 * SECOND;
        } else {
          server.respond(
              now,
              transaction,
              digest.challenge(
                  now,
                  transaction.request(),
                  "pbx",
                  verdict.outcome() == DigestVerdict.Outcome.STALE,
                  DigestServer.forOthers()));
        }
        busy = true;
      }
      if (!busy) {
        long next =
            Math.min(
                registration.nextTimeout(), Math.min(client.nextTimeout(), server.nextTimeout()));
        assertThat(next).as("seed %d: something is awaited", seed).isLessThan(ProtocolCore.NEVER);
        unbound += Math.max(0, next - Math.max(now, boundUntil));
        now = Math.max(now, next);
        client.handleTimeout(now);
        server.handleTimeout(now);
        registration.handleTimeout(now);
      }
    }
    // Away for 7 hours, and up to 30 minutes until the next attempt after each.
    assertThat(unbound).as("seed %d", seed).isLessThan(Duration.ofHours(11).toNanos());
    assertThat(client.size() + server.size()).as("seed %d", seed).isLessThan(50);
  }

  private static org.klatsch.sip.SipMessage copy(Outgoing out) {
    return switch (out.message()) {
      case SipRequest request -> request.copy();
      case SipResponse response -> response.copy();
    };
  }
}
