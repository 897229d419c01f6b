package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.peer.DtlsRole;
import org.klatsch.peer.IceRole;
import org.klatsch.peer.SctpParameters;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.peer.jsep.JsepException.Kind;
import org.klatsch.sdp.CandidateAttribute;

class JsepTest {
  @Test
  void writesTheOfferOfTheRfcForDataChannels() throws JsepException {
    Jsep jsep = JsepFixture.withData(1);

    String sdp = jsep.createOffer(false).sdp();

    // The data section of RFC 9429 §7.1, with our own values.
    assertThat(sdp.replaceAll("(o=- |ice-ufrag:|ice-pwd:|tls-id:)\\S+", "$1…"))
        .isEqualToNormalizingNewlines(
            """
            v=0
            o=- … 1 IN IP4 0.0.0.0
            s=-
            t=0 0
            a=ice-options:trickle ice2 renomination
            a=group:BUNDLE 0
            m=application 9 UDP/DTLS/SCTP webrtc-datachannel
            c=IN IP4 0.0.0.0
            a=mid:0
            a=ice-ufrag:…
            a=ice-pwd:…
            a=fingerprint:sha-256 %s
            a=setup:actpass
            a=tls-id:…
            a=sctp-port:5000
            a=max-message-size:262144
            """
                .formatted(JsepFixture.FINGERPRINT.value()));
    assertThat(sdp).contains("\r\n");
  }

  @Test
  void twoPeersAgreeOnOneTransport() throws JsepException {
    Jsep offerer = JsepFixture.withData(1);
    Jsep answerer = JsepFixture.jsep(2);

    JsepFixture.negotiate(offerer, answerer);

    TransportParameters ours = offerer.parameters().transports().getFirst();
    TransportParameters theirs = answerer.parameters().transports().getFirst();
    assertThat(offerer.parameters().transports()).hasSize(1);
    assertThat(ours.mids()).containsExactly("0");
    assertThat(ours.iceRole()).isEqualTo(IceRole.CONTROLLING);
    assertThat(theirs.iceRole()).isEqualTo(IceRole.CONTROLLED);
    assertThat(ours.remoteIce()).isEqualTo(theirs.localIce());
    assertThat(theirs.remoteIce()).isEqualTo(ours.localIce());
    assertThat(ours.localDtls().role()).isEqualTo(DtlsRole.SERVER);
    assertThat(ours.remoteDtls()).isEqualTo(theirs.localDtls());
    assertThat(theirs.remoteDtls()).isEqualTo(ours.localDtls());
    assertThat(offerer.parameters().sctp())
        .isEqualTo(new SctpParameters("0", 5000, 5000, 262_144, 262_144, null));
    assertThat(offerer.signalingState()).isEqualTo(SignalingState.STABLE);
    assertThat(answerer.signalingState()).isEqualTo(SignalingState.STABLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium-data-offer.sdp", "firefox-data-offer.sdp"})
  void answersTheDataOfferOfABrowser(String name) throws JsepException {
    Jsep jsep = JsepFixture.jsep(1);

    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture(name));
    jsep.setLocalDescription();

    TransportParameters transport = jsep.parameters().transports().getFirst();
    assertThat(transport.remoteCandidates()).hasSize(4);
    assertThat(transport.endOfRemoteCandidates()).isEqualTo(name.startsWith("firefox"));
    assertThat(transport.iceRole()).isEqualTo(IceRole.CONTROLLED);
    assertThat(transport.localDtls().role()).isEqualTo(DtlsRole.CLIENT);
    assertThat(transport.remoteDtls().fingerprints()).hasSize(1);
    assertThat(jsep.parameters().sctp().remoteMaxMessageSize())
        .isEqualTo(name.startsWith("firefox") ? 1_073_741_823 : 262_144);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chromium-offer.sdp",
        "chromium-offer-Sctp-Snap.sdp",
        "chromium-offer-IceHandshakeDtls.sdp",
        "firefox-offer.sdp"
      })
  void rejectsMediaAndTakesDataOfABrowsersOffer(String name) throws JsepException {
    String init = "AQAAHkv0QEoAUAAA/////z/GC8fAAAAEgAgABoLA";
    Jsep jsep = JsepFixture.jsep(JsepFixture.options().withSctpInit(init, false), 1);

    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture(name));
    JsepDescription answer = jsep.setLocalDescription();

    assertThat(answer.description().media())
        .extracting(media -> media.media() + " " + media.port() + " " + media.mid())
        .containsExactly("audio 0 0", "video 0 1", "application 9 2");
    assertThat(answer.sdp()).contains("a=group:BUNDLE 2\r\n");
    assertThat(jsep.parameters().transports())
        .singleElement()
        .extracting(TransportParameters::mid)
        .isEqualTo("2");
    assertThat(jsep.parameters().transports().getFirst().remoteCandidates()).hasSize(4);
    assertThat(jsep.parameters().sctp().remoteInit() != null).isEqualTo(name.contains("Snap"));
    assertThat(answer.sdp().contains("a=sctp-init:" + init)).isEqualTo(name.contains("Snap"));
  }

  @Test
  void rollbackRestoresEverything() throws JsepException {
    Jsep offerer = JsepFixture.withData(1);
    Jsep answerer = JsepFixture.jsep(2);
    JsepFixture.negotiate(offerer, answerer);
    SessionParameters before = offerer.parameters();
    JsepDescription local = offerer.currentLocalDescription();

    offerer.createOffer(true);
    offerer.setLocalDescription(SdpType.OFFER, "");
    assertThat(offerer.parameters().transports().getFirst().remoteIce()).isNull();
    offerer.setLocalDescription(SdpType.ROLLBACK, "");

    assertThat(offerer.parameters()).isEqualTo(before);
    assertThat(offerer.localDescription()).isEqualTo(local);
    assertThat(offerer.signalingState()).isEqualTo(SignalingState.STABLE);
  }

  @Test
  void restartChangesCredentialsAndKeepsTheAssociation() throws JsepException {
    Jsep offerer = JsepFixture.withData(1);
    Jsep answerer = JsepFixture.jsep(2);
    JsepFixture.negotiate(offerer, answerer);
    TransportParameters before = answerer.parameters().transports().getFirst();

    answerer.restartIce();
    assertThat(answerer.negotiationNeeded()).isTrue();
    JsepFixture.negotiate(answerer, offerer);

    TransportParameters after = answerer.parameters().transports().getFirst();
    assertThat(answerer.negotiationNeeded()).isFalse();
    assertThat(after.localIce()).isNotEqualTo(before.localIce());
    assertThat(after.remoteIce()).isNotEqualTo(before.remoteIce());
    assertThat(after.localDtls()).isEqualTo(before.localDtls());
    assertThat(after.remoteDtls()).isEqualTo(before.remoteDtls());
    assertThat(after.iceRole()).isEqualTo(IceRole.CONTROLLING);
  }

  @Test
  void syntaxErrorsCarryTheLine() {
    Jsep jsep = JsepFixture.jsep(1);

    JsepException e =
        catchThrowableOfType(
            JsepException.class,
            () ->
                jsep.setRemoteDescription(
                    SdpType.OFFER, "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nfoo\r\n"));

    assertThat(e.kind()).isEqualTo(Kind.SDP_SYNTAX);
    assertThat(e.sdpLineNumber()).isEqualTo(5);
    assertThat(e).hasMessageContaining("foo");
  }

  @Test
  void refusesAnEditedLocalDescription() throws JsepException {
    Jsep jsep = JsepFixture.withData(1);
    String offer = jsep.createOffer(false).sdp();

    JsepException e =
        catchThrowableOfType(
            JsepException.class,
            () -> jsep.setLocalDescription(SdpType.OFFER, offer.replace("262144", "1")));

    assertThat(e.kind()).isEqualTo(Kind.INVALID_MODIFICATION);
  }

  @Test
  void gatheredCandidatesEnterTheLocalDescriptionAndTheNextOffer() throws Exception {
    Jsep jsep = JsepFixture.withData(1);
    jsep.setLocalDescription();
    TransportParameters transport = jsep.parameters().transports().getFirst();
    String ufrag = transport.localIce().usernameFragment();

    jsep.addLocalCandidate(
        transport.mid(),
        ufrag,
        CandidateAttribute.parse("candidate:1 1 udp 2122194687 192.0.2.2 49497 typ host"));
    jsep.endOfLocalCandidates(transport.mid(), ufrag);

    assertThat(jsep.localDescription().sdp())
        .contains("m=application 49497 ", "c=IN IP4 192.0.2.2", "a=end-of-candidates");
    assertThat(jsep.createOffer(false).sdp())
        .contains("a=candidate:1 1 udp 2122194687 192.0.2.2 49497 typ host");
    assertThat(jsep.createOffer(true).sdp()).doesNotContain("a=candidate");
  }
}
