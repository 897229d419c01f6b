package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.peer.DtlsRole;
import org.klatsch.peer.IceRole;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.peer.jsep.JsepException.Kind;

/// Exchanges beyond the first: renegotiation, glare, rollback, roles, rejection.
class NegotiationTest {
  private static TransportParameters transport(Jsep jsep) {
    return jsep.parameters().transports().getFirst();
  }

  private static void assertAgree(Jsep one, Jsep other) {
    assertThat(one.signalingState()).isEqualTo(SignalingState.STABLE);
    assertThat(other.signalingState()).isEqualTo(SignalingState.STABLE);
    TransportParameters ours = transport(one);
    TransportParameters theirs = transport(other);
    assertThat(ours.remoteIce()).isEqualTo(theirs.localIce());
    assertThat(theirs.remoteIce()).isEqualTo(ours.localIce());
    assertThat(ours.iceRole()).isNotEqualTo(theirs.iceRole());
    assertThat(ours.localDtls().role()).isEqualTo(theirs.localDtls().role().opposite());
    assertThat(ours.localDtls().role()).isNotEqualTo(DtlsRole.AUTO);
  }

  /// Random offers, restarts, rollbacks and provisional answers from both sides.
  @Test
  void renegotiatesAgainAndAgain() throws JsepException {
    int seeds = Integer.getInteger("klatsch.seeds", 50);
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      Jsep[] peers = {JsepFixture.withData(2L * seed), JsepFixture.jsep(2L * seed + 1)};
      JsepFixture.negotiate(peers[0], peers[1]);
      assertAgree(peers[0], peers[1]);
      DtlsRole role = transport(peers[0]).localDtls().role();
      for (int round = 0; round < 10; round++) {
        Jsep offerer = peers[random.nextInt(2)];
        Jsep answerer = offerer == peers[0] ? peers[1] : peers[0];
        renegotiate(offerer, answerer, random);
        assertAgree(peers[0], peers[1]);
        assertThat(transport(peers[0]).localDtls().role()).as("seed %d", seed).isEqualTo(role);
      }
    }
  }

  private static void renegotiate(Jsep offerer, Jsep answerer, Random random) throws JsepException {
    String before = transport(offerer).localIce().usernameFragment();
    String answererBefore = transport(answerer).localIce().usernameFragment();
    if (random.nextInt(3) == 0) {
      SessionParameters parameters = offerer.parameters();
      offerer.setLocalDescription(SdpType.OFFER, offerer.createOffer(random.nextBoolean()).sdp());
      offerer.setLocalDescription(SdpType.ROLLBACK, "");
      assertThat(offerer.parameters()).isEqualTo(parameters);
    }
    boolean restart = random.nextBoolean();
    String offer = offerer.createOffer(restart).sdp();
    offerer.setLocalDescription(SdpType.OFFER, offer);
    answerer.setRemoteDescription(SdpType.OFFER, offer);
    if (random.nextBoolean()) {
      String provisional = answerer.createAnswer().sdp();
      answerer.setLocalDescription(SdpType.PRANSWER, provisional);
      offerer.setRemoteDescription(SdpType.PRANSWER, provisional);
      String ufrag = transport(answerer).localIce().usernameFragment();
      answerer.setLocalDescription(SdpType.ANSWER, answerer.createAnswer().sdp());
      assertThat(transport(answerer).localIce().usernameFragment()).isEqualTo(ufrag);
    } else {
      answerer.setLocalDescription();
    }
    offerer.setRemoteDescription(SdpType.ANSWER, answerer.localDescription().sdp());
    assertThat(transport(offerer).localIce().usernameFragment().equals(before)).isEqualTo(!restart);
    assertThat(transport(answerer).localIce().usernameFragment().equals(answererBefore))
        .isEqualTo(!restart);
    assertThat(transport(offerer).iceRole() == IceRole.CONTROLLING || !restart).isTrue();
  }

  @Test
  void versionGrowsWithEveryDescriptionAndTheSessionIdStays() throws JsepException {
    Jsep jsep = JsepFixture.withData(1);

    JsepDescription first = jsep.createOffer(false);
    JsepDescription second = jsep.createOffer(false);

    assertThat(second.description().origin().sessionId())
        .isEqualTo(first.description().origin().sessionId());
    assertThat(first.description().origin().sessionVersion()).isEqualTo("1");
    assertThat(second.description().origin().sessionVersion()).isEqualTo("2");
  }

  @Test
  void politePeerYieldsInGlare() throws JsepException {
    Jsep polite = JsepFixture.withData(1);
    Jsep impolite = JsepFixture.withData(2);
    polite.setLocalDescription();
    String offer = impolite.setLocalDescription().sdp();

    polite.setRemoteDescription(SdpType.OFFER, offer);
    impolite.setRemoteDescription(SdpType.ANSWER, polite.setLocalDescription().sdp());

    assertAgree(polite, impolite);
    assertThat(polite.negotiationNeeded()).isFalse();
  }

  @Test
  void implicitRollbackStaysDoneWhenTheOfferIsRefused() throws JsepException {
    Jsep jsep = JsepFixture.withData(1);
    jsep.setLocalDescription();

    JsepException e =
        catchThrowableOfType(
            JsepException.class, () -> jsep.setRemoteDescription(SdpType.OFFER, "rubbish"));

    assertThat(e.kind()).isEqualTo(Kind.SDP_SYNTAX);
    assertThat(jsep.signalingState()).isEqualTo(SignalingState.STABLE);
  }

  @Test
  void offerMadeBeforeARolledBackRemoteOfferIsStillGood() throws JsepException {
    Jsep jsep = JsepFixture.withData(1);
    String offer = jsep.createOffer(false).sdp();

    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.withData(2).createOffer(false).sdp());
    jsep.setRemoteDescription(SdpType.ROLLBACK, "");
    jsep.setLocalDescription(SdpType.OFFER, offer);

    assertThat(jsep.localDescription().sdp()).isEqualTo(offer);
  }

  @Test
  void negotiationIsNeededOnceDataChannelsAreWanted() throws JsepException {
    Jsep jsep = JsepFixture.jsep(1);
    assertThat(jsep.negotiationNeeded()).isFalse();
    assertThat(jsep.createOffer(false).description().media()).isEmpty();

    jsep.requestDataChannels();

    assertThat(jsep.negotiationNeeded()).isTrue();
    assertThat(jsep.setLocalDescription().description().media()).hasSize(1);
    JsepFixture.negotiate(jsep, JsepFixture.jsep(2));
    assertThat(jsep.negotiationNeeded()).isFalse();
    jsep.close();
    assertThat(jsep.negotiationNeeded()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "actpass, CLIENT, CLIENT",
    "actpass, SERVER, SERVER",
    "active, CLIENT, SERVER",
    "active, SERVER, SERVER",
    "passive, CLIENT, CLIENT",
    "passive, SERVER, CLIENT",
    "none, CLIENT, CLIENT",
  })
  void answererTakesTheRoleTheOfferLeaves(String setup, DtlsRole preferred, DtlsRole role)
      throws JsepException {
    Jsep answerer = JsepFixture.jsep(JsepFixture.options().withAnswerRole(preferred), 2);
    String offer = JsepFixture.withData(1).createOffer(false).sdp();

    answerer.setRemoteDescription(
        SdpType.OFFER,
        setup.equals("none")
            ? offer.replace("a=setup:actpass\r\n", "")
            : offer.replace("actpass", setup));
    answerer.setLocalDescription();

    assertThat(transport(answerer).localDtls().role()).isEqualTo(role);
    assertThat(transport(answerer).remoteDtls().role()).isEqualTo(role.opposite());
  }

  @Test
  void associationKeepsItsRoleWhenThePeerAlwaysAnswersActive() throws JsepException {
    Jsep first = JsepFixture.withData(1);
    Jsep second = JsepFixture.jsep(2);
    JsepFixture.negotiate(first, second);

    second.setLocalDescription();
    first.setRemoteDescription(SdpType.OFFER, second.localDescription().sdp());
    String answer = first.createAnswer().sdp();
    assertThat(answer).contains("a=setup:passive");
    second.setRemoteDescription(SdpType.ANSWER, answer.replace("setup:passive", "setup:active"));

    assertThat(transport(second).localDtls().role()).isEqualTo(DtlsRole.CLIENT);
  }

  @Test
  void changedFingerprintMakesANewAssociation() throws JsepException {
    Jsep first = JsepFixture.withData(1);
    Jsep second = JsepFixture.jsep(2);
    JsepFixture.negotiate(first, second);
    String offer =
        first
            .createOffer(true)
            .sdp()
            .replace(JsepFixture.FINGERPRINT.value(), JsepFixture.fingerprint(0x22).value());
    String tlsId = transport(second).localDtls().tlsId();

    second.setRemoteDescription(SdpType.OFFER, offer.replace("actpass", "active"));
    second.setLocalDescription();

    assertThat(transport(second).remoteDtls().fingerprints())
        .containsExactly(JsepFixture.fingerprint(0x22));
    assertThat(transport(second).localDtls().role()).isEqualTo(DtlsRole.SERVER);
    assertThat(transport(second).localDtls().tlsId()).isNotEqualTo(tlsId);
  }

  @Test
  void liteAgentIsControlledWhoeverOffers() throws JsepException {
    Jsep lite = JsepFixture.jsep(JsepFixture.options().withIceLite(true), 1);
    lite.requestDataChannels();
    Jsep full = JsepFixture.jsep(2);

    JsepFixture.negotiate(lite, full);

    assertThat(lite.currentLocalDescription().sdp()).contains("a=ice-lite\r\n");
    assertThat(transport(lite).iceRole()).isEqualTo(IceRole.CONTROLLED);
    assertThat(transport(full).iceRole()).isEqualTo(IceRole.CONTROLLING);
    assertThat(transport(full).remoteIce().lite()).isTrue();
  }

  @Test
  void rejectedDataSectionIsOfferedAgainOnlyOnRequestAndInItsPlace() throws JsepException {
    Jsep jsep = JsepFixture.withData(1);
    String offer = jsep.setLocalDescription().sdp();
    String rejection =
        offer.replaceAll("(?m)^a=group.*\r\n", "").replace("application 9", "application 0");

    jsep.setRemoteDescription(SdpType.ANSWER, rejection);

    assertThat(jsep.parameters()).isEqualTo(SessionParameters.EMPTY);
    assertThat(jsep.negotiationNeeded()).isFalse();
    assertThat(jsep.createOffer(false).description().media().getFirst().port()).isZero();
    jsep.requestDataChannels();
    assertThat(jsep.negotiationNeeded()).isTrue();
    assertThat(jsep.createOffer(false).description().media())
        .singleElement()
        .extracting(media -> media.port() + " " + media.mid())
        .isEqualTo("9 1");
  }

  @Test
  void rejectedMediaSectionsKeepTheirPlaceInOurOffers() throws JsepException {
    Jsep jsep = JsepFixture.jsep(1);
    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("chromium-offer.sdp"));
    jsep.setLocalDescription();

    JsepDescription offer = jsep.createOffer(false);

    assertThat(offer.description().media())
        .extracting(media -> media.media() + " " + media.port() + " " + media.mid())
        .containsExactly("audio 0 0", "video 0 1", "application 9 2");
    assertThat(offer.sdp()).contains("a=group:BUNDLE 2\r\n", "a=setup:actpass");
  }

  @Test
  void bundleOnlySectionUsesTheTransportOfTheGroupsFirst() throws JsepException {
    Jsep jsep = JsepFixture.jsep(1);
    String offer =
        JsepFixture.capture("chromium-offer.sdp")
            .replaceAll("(?s)m=application.*", "")
            .concat(
                """
                m=application 0 UDP/DTLS/SCTP webrtc-datachannel
                c=IN IP4 0.0.0.0
                a=bundle-only
                a=mid:2
                a=sctp-port:5000
                """);

    jsep.setRemoteDescription(SdpType.OFFER, offer);
    jsep.setLocalDescription();

    assertThat(transport(jsep).mid()).isEqualTo("2");
    assertThat(transport(jsep).remoteIce().usernameFragment()).isEqualTo("QTB7");
    assertThat(transport(jsep).remoteCandidates()).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({"DTLS/SCTP", "UDP/DTLS/SCTP", "TCP/DTLS/SCTP"})
  void answersTheLegacyFormInKind(String protocol) throws JsepException {
    Jsep jsep = JsepFixture.jsep(1);
    String offer =
        JsepFixture.capture("chromium-data-offer.sdp")
            .replace("UDP/DTLS/SCTP webrtc-datachannel", protocol + " 5001")
            .replace("a=sctp-port:5000", "a=sctpmap:5001 webrtc-datachannel 1024")
            .replaceAll("a=max-message-size.*\r\n", "");

    jsep.setRemoteDescription(SdpType.OFFER, offer);
    String answer = jsep.setLocalDescription().sdp();

    assertThat(answer)
        .contains("m=application 9 " + protocol + " 5000\r\n")
        .contains("a=sctpmap:5000 webrtc-datachannel 65535");
    assertThat(jsep.parameters().sctp().remotePort()).isEqualTo(5001);
    // Without the attribute 64 KiB may be sent, RFC 8841 §6.1.
    assertThat(jsep.parameters().sctp().remoteMaxMessageSize()).isEqualTo(65_536);
  }

  @Test
  void offerWithoutMidIsAnsweredWithout() throws JsepException {
    Jsep jsep = JsepFixture.jsep(1);
    String offer =
        JsepFixture.capture("chromium-data-offer.sdp")
            .replace("a=mid:0\r\n", "")
            .replace("a=group:BUNDLE 0\r\n", "");

    jsep.setRemoteDescription(SdpType.OFFER, offer);
    String answer = jsep.setLocalDescription().sdp();

    assertThat(answer).doesNotContain("a=mid", "a=group");
    assertThat(transport(jsep).remoteIce().usernameFragment()).isEqualTo("Ufuh");
  }

  @Test
  void secondDataSectionIsRejected() throws JsepException {
    Jsep jsep = JsepFixture.jsep(1);
    String offer = JsepFixture.capture("chromium-data-offer.sdp");
    String second = offer.substring(offer.indexOf("m=")).replace("a=mid:0", "a=mid:1");

    jsep.setRemoteDescription(SdpType.OFFER, offer + second);

    assertThat(jsep.createAnswer().description().media())
        .extracting(media -> media.port())
        .isEqualTo(List.of(9, 0));
  }

  @Test
  void closingEmptiesTheParameters() throws JsepException {
    Jsep offerer = JsepFixture.withData(1);
    JsepFixture.negotiate(offerer, JsepFixture.jsep(2));

    offerer.close();

    assertThat(offerer.parameters()).isEqualTo(SessionParameters.EMPTY);
    assertThat(offerer.signalingState()).isEqualTo(SignalingState.CLOSED);
    assertThat(offerer.currentLocalDescription()).isNotNull();
  }

  @Test
  void tellsWhetherThePeerTrickles() throws JsepException {
    Jsep jsep = JsepFixture.jsep(1);
    assertThat(jsep.canTrickleIceCandidates()).isNull();

    String offer = JsepFixture.capture("chromium-data-offer.sdp");
    jsep.setRemoteDescription(SdpType.OFFER, offer);
    assertThat(jsep.canTrickleIceCandidates()).isTrue();
    jsep.setRemoteDescription(SdpType.OFFER, offer.replace("a=ice-options:trickle\r\n", ""));
    assertThat(jsep.canTrickleIceCandidates()).isFalse();
  }
}
