package org.klatsch.sip.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.sip.HostPort;
import org.klatsch.sip.NameAddr;
import org.klatsch.sip.SipHeader;
import org.klatsch.sip.SipRequest;
import org.klatsch.sip.SipResponse;
import org.klatsch.sip.SipTransport;
import org.klatsch.sip.Uri;
import org.klatsch.sip.Via;
import org.klatsch.sip.auth.DigestVerdict.Outcome;

class DigestTest {
  private static final String REALM = "example.com";
  private static final Map<String, String> PASSWORDS = Map.of("alice", "a \"secret\"");

  private final SecureRandom random = new SecureRandom();
  private final DigestServer server = new DigestServer(DigestOptions.DEFAULT, random);
  private final DigestClient client = new DigestClient("alice", "a \"secret\"", random);
  private long now = 1;

  private static SipRequest register() {
    NameAddr alice = NameAddr.of(Uri.of("sip:alice@example.com"));
    SipRequest request =
        SipRequest.of("REGISTER", Uri.of("sip:example.com"), alice.withTag("1"), alice, "call", 7);
    request.addFirst(SipHeader.VIA, Via.of(SipTransport.UDP, HostPort.of("here"), "z9hG4bK1"));
    return request;
  }

  private SipResponse challenge(SipRequest request, boolean stale) {
    return server.challenge(now, request, REALM, stale, DigestServer.forOthers());
  }

  private Outcome check(SipRequest request) {
    return server.check(now, request, REALM, PASSWORDS::get).outcome();
  }

  /// RFC 7616 §3.9.1.
  @Test
  void calculatesTheExamplesOfTheRfc() {
    String nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    String clientNonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
      String secret = algorithm.secret("Mufasa", "http-auth@example.org", "Circle of Life");
      assertThat(
              algorithm.response(
                  secret, nonce, "00000001", clientNonce, "auth", "GET", "/dir/index.html"))
          .isEqualTo(
              algorithm == DigestAlgorithm.MD5
                  ? "8ca523f5e9506fed4657c9700eebdbec"
                  : "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void clientAndServerAgree(DigestAlgorithm algorithm) {
    SipRequest request = register();
    assertThat(check(request)).isEqualTo(Outcome.MISSING);
    SipResponse challenge = server.challenge(now, request, REALM, false, List.of(algorithm));
    assertThat(challenge.status()).isEqualTo(401);
    SipRequest answer = client.answer(request, challenge);
    assertThat(answer.cseq().number()).isEqualTo(8);
    assertThat(answer.has(SipHeader.VIA)).isFalse();
    assertThat(answer.first(SipHeader.AUTHORIZATION).value("algorithm"))
        .isEqualTo(algorithm.token());
    DigestVerdict verdict = server.check(now, answer, REALM, PASSWORDS::get);
    assertThat(verdict.isAccepted()).isTrue();
    assertThat(verdict.user()).isEqualTo("alice");
  }

  @Test
  void theTopmostKnownAlgorithmIsTaken() {
    SipRequest request = register();
    SipRequest answer = client.answer(request, challenge(request, false));
    assertThat(answer.all(SipHeader.AUTHORIZATION)).hasSize(1);
    assertThat(answer.first(SipHeader.AUTHORIZATION).value("algorithm")).isEqualTo("SHA-256");
    assertThat(check(answer)).isEqualTo(Outcome.ACCEPTED);
  }

  @Test
  void credentialsAreTakenOnce() {
    SipRequest request = register();
    SipRequest answer = client.answer(request, challenge(request, false));
    assertThat(check(answer)).isEqualTo(Outcome.ACCEPTED);
    assertThat(check(answer)).isEqualTo(Outcome.STALE);
  }

  @Test
  void aNonceServesManyRequestsByItsCount() {
    SipRequest request = register();
    assertThat(check(client.answer(request, challenge(request, false))))
        .isEqualTo(Outcome.ACCEPTED);
    for (int i = 0; i < 20; i++) {
      SipRequest next = register();
      client.authorize(next);
      assertThat(check(next)).isEqualTo(Outcome.ACCEPTED);
    }
    assertThat(server.size()).isEqualTo(1);
  }

  @Test
  void anOldNonceIsStaleAndTheClientFollows() {
    SipRequest request = register();
    SipRequest answer = client.answer(request, challenge(request, false));
    now += Duration.ofMinutes(6).toNanos();
    assertThat(check(answer)).isEqualTo(Outcome.STALE);
    SipRequest again = client.answer(answer, challenge(answer, true));
    assertThat(check(again)).isEqualTo(Outcome.ACCEPTED);
  }

  @Test
  void aNonceOfSomebodyElseIsStale() {
    SipRequest request = register();
    DigestServer other = new DigestServer(DigestOptions.DEFAULT, random);
    SipRequest answer =
        client.answer(
            request, other.challenge(now, request, REALM, false, DigestServer.forOthers()));
    assertThat(check(answer)).isEqualTo(Outcome.STALE);
  }

  @Test
  void aWrongPasswordIsNotTriedAgain() {
    DigestClient stranger = new DigestClient("alice", "guess", random);
    SipRequest request = register();
    SipRequest answer = stranger.answer(request, challenge(request, false));
    assertThat(check(answer)).isEqualTo(Outcome.WRONG);
    assertThat(stranger.answer(answer, challenge(answer, false))).isNull();
    DigestClient unknown = new DigestClient("bob", "guess", random);
    assertThat(check(unknown.answer(request, challenge(request, false)))).isEqualTo(Outcome.WRONG);
  }

  @Test
  void credentialsOfAnotherRequestAreWrong() {
    SipRequest request = register();
    SipRequest answer = client.answer(request, challenge(request, false));
    SipRequest other = SipRequest.of("INVITE", answer.uri(), answer.from(), answer.to(), "call", 9);
    other.add(SipHeader.AUTHORIZATION, answer.first(SipHeader.AUTHORIZATION));
    assertThat(check(other)).isEqualTo(Outcome.WRONG);
    answer.uri(Uri.of("sip:elsewhere.example"));
    assertThat(check(answer)).isEqualTo(Outcome.WRONG);
  }

  @Test
  void schemesNobodyKnowsAreAsMissing() {
    SipRequest request = register();
    request.add("Authorization", "NoOneKnowsThisScheme opaque-data=here");
    assertThat(check(request)).isEqualTo(Outcome.MISSING);
    SipResponse challenge = request.response(401);
    challenge.add("WWW-Authenticate", "Basic realm=\"x\"");
    challenge.add("WWW-Authenticate", "Digest realm=\"x\", nonce=\"1\", algorithm=SHA-512-256");
    challenge.add("WWW-Authenticate", "Digest realm=\"x\", nonce=\"1\", qop=\"auth-int\"");
    assertThat(client.answer(request, challenge)).isNull();
  }

  @Test
  void servesPeersWithoutQualityOfProtectionOnce() {
    SipRequest request = register();
    SipResponse challenge =
        server.challenge(now, request, REALM, false, DigestServer.forBrowsers());
    String nonce = challenge.first(SipHeader.WWW_AUTHENTICATE).value("nonce");
    SipResponse plain = request.response(401);
    plain.add(
        "WWW-Authenticate",
        "Digest realm=\"" + REALM + "\", nonce=\"" + nonce + "\", opaque=\"o\"");
    SipRequest answer = client.answer(request, plain);
    assertThat(answer.first(SipHeader.AUTHORIZATION).value("opaque")).isEqualTo("o");
    assertThat(answer.first(SipHeader.AUTHORIZATION).value("nc")).isNull();
    assertThat(check(answer)).isEqualTo(Outcome.ACCEPTED);
    assertThat(check(answer)).isEqualTo(Outcome.STALE);
  }

  @Test
  void proxyAndServerAreAnsweredTogether() {
    SipRequest request = register();
    SipResponse proxy = request.response(407);
    proxy.add("Proxy-Authenticate", "Digest realm=\"p\", nonce=\"1\", qop=\"auth\"");
    SipRequest first = client.answer(request, proxy);
    SipRequest second = client.answer(first, challenge(first, false));
    assertThat(second.has(SipHeader.PROXY_AUTHORIZATION)).isTrue();
    assertThat(second.first(SipHeader.PROXY_AUTHORIZATION).value("nc")).isEqualTo("00000002");
    assertThat(check(second)).isEqualTo(Outcome.ACCEPTED);
  }

  @Test
  void rememberedNoncesAreBounded() {
    DigestServer small = new DigestServer(new DigestOptions(Duration.ofMinutes(5), 10), random);
    SipRequest first = null;
    for (int i = 0; i < 30; i++) {
      now++;
      SipRequest request = register();
      DigestClient each = new DigestClient("alice", "a \"secret\"", random);
      SipRequest answer =
          each.answer(
              request, small.challenge(now, request, REALM, false, DigestServer.forBrowsers()));
      assertThat(small.check(now, answer, REALM, PASSWORDS::get).isAccepted()).isTrue();
      first = first == null ? answer : first;
    }
    assertThat(small.size()).isEqualTo(10);
    assertThat(small.check(now, first, REALM, PASSWORDS::get).outcome()).isEqualTo(Outcome.STALE);
  }
}
