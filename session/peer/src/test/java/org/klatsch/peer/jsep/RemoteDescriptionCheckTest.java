package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.peer.jsep.JsepException.Kind;

/// Descriptions that parse and still cannot be applied.
class RemoteDescriptionCheckTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a=ice-ufrag:Ufuh\\r\\n | '' | must come together",
        "a=ice-[up].*\\r\\n | '' | ice-ufrag is missing",
        "a=fingerprint.*\\r\\n | '' | fingerprint is missing",
        "setup:actpass | setup:holdconn | setup is holdconn",
        "BUNDLE 0 | BUNDLE 0 7 | mid 7, which no m-section has",
        "BUNDLE 0 | BUNDLE 0 0 | mid 0 twice",
        "sctp-port:5000 | sctp-port:0 | sctp-port is 0",
      })
  void refusesOffersThatLackSomething(String text, String replacement, String message) {
    Jsep jsep = JsepFixture.jsep(1);
    String offer = JsepFixture.capture("chromium-data-offer.sdp");
    String damaged = offer.replaceAll(text, replacement);
    assertThat(damaged).isNotEqualTo(offer);

    assertRefused(jsep, SdpType.OFFER, damaged, message);
    assertThat(jsep.signalingState()).isEqualTo(SignalingState.STABLE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "setup:active | setup:actpass | setup is actpass",
        "a=mid:0 | a=mid:1 | BUNDLE names mid 0",
        "a=mid:0\\r\\n | a=mid:1\\r\\na=x:0\\r\\n | BUNDLE",
        "m=application 9 | m=audio 9 | is audio, expected application",
        "webrtc-datachannel | something | something",
        "(?s)m=.* | '' | BUNDLE",
      })
  void refusesAnswersThatDoNotFitTheOffer(String text, String replacement, String message)
      throws JsepException {
    Jsep jsep = JsepFixture.withData(1);
    Jsep peer = JsepFixture.jsep(2);
    peer.setRemoteDescription(SdpType.OFFER, jsep.setLocalDescription().sdp());
    String answer = peer.createAnswer().sdp();
    String damaged = answer.replaceAll(text, replacement);
    assertThat(damaged).isNotEqualTo(answer);

    assertRefused(jsep, SdpType.ANSWER, damaged, message);
    assertThat(jsep.signalingState()).isEqualTo(SignalingState.HAVE_LOCAL_OFFER);
    jsep.setRemoteDescription(SdpType.ANSWER, answer);
  }

  @Test
  void refusesAnAnswerWithAnotherNumberOfSections() throws JsepException {
    Jsep jsep = JsepFixture.withData(1);
    Jsep peer = JsepFixture.jsep(2);
    peer.setRemoteDescription(SdpType.OFFER, jsep.setLocalDescription().sdp());
    String answer = peer.createAnswer().sdp();

    assertRefused(
        jsep,
        SdpType.ANSWER,
        answer + "m=audio 0 RTP/AVP 0\r\n",
        "answer has 2 m-sections, expected 1");
  }

  @Test
  void refusesOffersThatMoveOrDropSectionsInForce() throws JsepException {
    Jsep jsep = JsepFixture.jsep(1);
    String offer = JsepFixture.capture("chromium-data-offer.sdp");
    jsep.setRemoteDescription(SdpType.OFFER, offer);
    jsep.setLocalDescription();

    assertRefused(
        jsep,
        SdpType.OFFER,
        offer.replaceAll("(?s)m=.*", "").replace("a=group:BUNDLE 0\r\n", ""),
        "at least 1");
    assertRefused(
        jsep,
        SdpType.OFFER,
        offer.replace("a=mid:0", "a=mid:1").replace("BUNDLE 0", "BUNDLE 1"),
        "expected mid 0");
    jsep.setRemoteDescription(SdpType.OFFER, offer);
  }

  @Test
  void refusesBombs() {
    Jsep jsep = JsepFixture.jsep(1);
    String offer = JsepFixture.capture("chromium-data-offer.sdp");
    String candidate = "a=candidate:1 1 udp 1 192.0.2.1 %d typ host\r\n";
    StringBuilder candidates = new StringBuilder(offer);
    for (int i = 0; i < 97; i++) {
      candidates.append(candidate.formatted(1 + i));
    }

    assertRefused(
        jsep, SdpType.OFFER, candidates.toString(), "101 candidates, expected at most 100");
    assertRefused(
        jsep,
        SdpType.OFFER,
        offer + "m=audio 0 RTP/AVP 0\r\n".repeat(256),
        "257 m-sections, expected at most 256");
  }

  private static void assertRefused(Jsep jsep, SdpType type, String sdp, String message) {
    JsepException e =
        catchThrowableOfType(JsepException.class, () -> jsep.setRemoteDescription(type, sdp));
    assertThat(e).isNotNull();
    assertThat(e).hasMessageContaining(message);
    assertThat(e.kind()).isEqualTo(Kind.INVALID_ACCESS);
  }
}
