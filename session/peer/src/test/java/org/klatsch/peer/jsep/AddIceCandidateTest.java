package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.klatsch.peer.TransportParameters;
import org.klatsch.peer.jsep.JsepException.Kind;

class AddIceCandidateTest {
  private static final String CANDIDATE = "candidate:9 1 udp 2122194687 192.0.2.9 40000 typ host";

  private final Jsep jsep = JsepFixture.jsep(1);
  private final String offer = JsepFixture.capture("chromium-data-offer.sdp");

  private static TransportParameters transport(Jsep jsep) {
    return jsep.parameters().transports().getFirst();
  }

  private Kind kindOf(String candidate, String mid, Integer index, String ufrag) {
    JsepException e =
        catchThrowableOfType(
            JsepException.class, () -> jsep.addIceCandidate(candidate, mid, index, ufrag));
    return e == null ? null : e.kind();
  }

  @Test
  void refusesWhatTheW3cRefuses() throws JsepException {
    assertThat(kindOf(CANDIDATE, null, null, null)).isEqualTo(Kind.TYPE);
    assertThat(kindOf(CANDIDATE, "0", null, null)).isEqualTo(Kind.INVALID_STATE);
    jsep.setRemoteDescription(SdpType.OFFER, offer);

    assertThat(kindOf(CANDIDATE, "x", null, null)).isEqualTo(Kind.OPERATION);
    assertThat(kindOf(CANDIDATE, null, 1, null)).isEqualTo(Kind.OPERATION);
    assertThat(kindOf(CANDIDATE, null, -1, null)).isEqualTo(Kind.OPERATION);
    assertThat(kindOf(CANDIDATE, "0", null, "other")).isEqualTo(Kind.OPERATION);
    assertThat(kindOf(CANDIDATE + " ufrag other", "0", null, null)).isEqualTo(Kind.OPERATION);
    assertThat(kindOf("candidate:rubbish", "0", null, null)).isEqualTo(Kind.OPERATION);
    assertThat(kindOf(CANDIDATE + "\r\nm=audio 9 x 0", "0", null, null)).isEqualTo(Kind.OPERATION);
    jsep.close();
    assertThat(kindOf(CANDIDATE, "0", null, null)).isEqualTo(Kind.INVALID_STATE);
  }

  @Test
  void addsToTheDescriptionAndToTheParametersOnceTheyAreInForce() throws JsepException {
    jsep.setRemoteDescription(SdpType.OFFER, offer);
    jsep.addIceCandidate(CANDIDATE, "0", null, "Ufuh");
    assertThat(jsep.pendingRemoteDescription().sdp()).contains("a=" + CANDIDATE);

    jsep.setLocalDescription();
    jsep.addIceCandidate(CANDIDATE.replace("40000", "40001"), null, 0, null);
    jsep.addIceCandidate(CANDIDATE, "0", null, null);

    assertThat(transport(jsep).remoteCandidates())
        .hasSize(6)
        .element(5)
        .hasToString(CANDIDATE.replace("40000", "40001"));
    assertThat(transport(jsep).endOfRemoteCandidates()).isFalse();
  }

  @Test
  void emptyCandidateEndsOneSectionOrAll() throws JsepException {
    jsep.setRemoteDescription(SdpType.OFFER, offer);
    jsep.setLocalDescription();

    jsep.addIceCandidate("", null, null, null);

    assertThat(transport(jsep).endOfRemoteCandidates()).isTrue();
    assertThat(jsep.remoteDescription().sdp()).endsWith("a=end-of-candidates\r\n");
    assertThatCode(() -> jsep.addIceCandidate("", "0", null, null)).doesNotThrowAnyException();
  }

  @Test
  void duringARestartTheUfragTellsTheGeneration() throws JsepException {
    Jsep offerer = JsepFixture.withData(1);
    Jsep answerer = JsepFixture.jsep(2);
    JsepFixture.negotiate(offerer, answerer);
    String old = transport(offerer).localIce().usernameFragment();
    offerer.setLocalDescription(SdpType.OFFER, offerer.createOffer(true).sdp());
    String fresh = transport(offerer).localIce().usernameFragment();
    answerer.setRemoteDescription(SdpType.OFFER, offerer.localDescription().sdp());

    answerer.addIceCandidate(CANDIDATE, "0", null, old);
    answerer.addIceCandidate(CANDIDATE.replace("192.0.2.9", "192.0.2.10"), "0", null, fresh);

    assertThat(answerer.currentRemoteDescription().sdp()).contains("192.0.2.9 ");
    assertThat(answerer.pendingRemoteDescription().sdp())
        .contains("192.0.2.10 ")
        .doesNotContain("192.0.2.9 ");
    assertThat(transport(answerer).remoteCandidates()).hasSize(1);
    answerer.setLocalDescription();
    assertThat(transport(answerer).remoteCandidates())
        .singleElement()
        .extracting(candidate -> candidate.address())
        .isEqualTo("192.0.2.10");
  }

  @Test
  void theirNumberIsBounded() throws JsepException {
    jsep.setRemoteDescription(SdpType.OFFER, offer);
    for (int i = 0; i < 96; i++) {
      jsep.addIceCandidate(CANDIDATE.replace("40000", "" + (1 + i)), "0", null, null);
    }

    assertThat(kindOf(CANDIDATE, "0", null, null)).isEqualTo(Kind.OPERATION);
  }
}
