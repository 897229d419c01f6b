package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.peer.MediaParameters;
import org.klatsch.peer.SessionParameters;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.FlagAttribute;
import org.klatsch.sdp.MediaDescription;

/// Transceivers and their m-sections: adoption, rollback, stopping, recycling, BUNDLE.
class TransceiversTest {
  private static List<String> sections(JsepDescription description) {
    return description.description().media().stream()
        .map(media -> media.media() + " " + media.port() + " " + media.mid())
        .toList();
  }

  private static Transceiver audio(Jsep jsep) {
    return jsep.addTrack(MediaKind.AUDIO, "microphone", List.of("stream"));
  }

  @Test
  void remoteOfferAdoptsWhatAddTrackMadeAndNothingElse() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    Transceiver video =
        jsep.addTransceiver(MediaKind.VIDEO, TransceiverInit.of(DirectionAttribute.SENDRECV));
    Transceiver audio = audio(jsep);

    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("chromium-offer.sdp"));

    assertThat(audio.mid()).isEqualTo("0");
    assertThat(video.mid()).isNull();
    assertThat(jsep.transceivers()).hasSize(3).startsWith(video, audio);
    assertThat(jsep.transceivers().getLast().mid()).isEqualTo("1");
    jsep.setLocalDescription();
    assertThat(audio.currentDirection()).isEqualTo(DirectionAttribute.SENDRECV);
    assertThat(jsep.negotiationNeeded()).isTrue();
    assertThat(sections(jsep.createOffer(false)))
        .containsExactly("audio 9 0", "video 9 1", "application 9 2", "video 0 3");
  }

  @Test
  void sendOnlySectionAdoptsNothing() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    Transceiver audio = audio(jsep);

    jsep.setRemoteDescription(
        SdpType.OFFER,
        JsepFixture.capture("chromium-offer.sdp").replaceFirst("a=sendrecv", "a=sendonly"));

    assertThat(audio.mid()).isNull();
    assertThat(jsep.transceivers()).hasSize(3);
  }

  @Test
  void addTrackTakesTheTransceiverOfAnOffer() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("chromium-offer.sdp"));

    Transceiver audio = audio(jsep);

    assertThat(audio.mid()).isEqualTo("0");
    assertThat(audio.direction()).isEqualTo(DirectionAttribute.SENDRECV);
    assertThat(jsep.setLocalDescription().sdp()).contains("a=msid:stream microphone\r\n");
    jsep.removeTrack(audio);
    assertThat(audio.direction()).isEqualTo(DirectionAttribute.RECVONLY);
    assertThat(jsep.negotiationNeeded()).isTrue();
    // It has sent, so another track gets another one.
    assertThat(audio(jsep)).isNotSameAs(audio);
  }

  @Test
  void rollbackOfARemoteOfferTakesItsTransceiversAway() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    Transceiver own = audio(jsep);
    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("chromium-offer.sdp"));
    Transceiver came = jsep.transceivers().getLast();
    assertThat(came.kind()).isEqualTo(MediaKind.VIDEO);

    jsep.setRemoteDescription(SdpType.ROLLBACK, "");

    assertThat(jsep.transceivers()).containsExactly(own);
    assertThat(own.mid()).isNull();
    assertThat(own.remote()).isEqualTo(RemoteMedia.NONE);
    assertThat(came.isStopped()).isTrue();
    assertThat(jsep.parameters()).isEqualTo(SessionParameters.EMPTY);
    assertThat(sections(jsep.createOffer(false))).containsExactly("audio 9 0");
  }

  @Test
  void rollbackKeepsATransceiverThatGotATrack() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("chromium-offer.sdp"));
    Transceiver audio = audio(jsep);

    jsep.setRemoteDescription(SdpType.ROLLBACK, "");

    assertThat(jsep.transceivers()).containsExactly(audio);
    assertThat(audio.mid()).isNull();
    assertThat(audio.isStopped()).isFalse();
  }

  @Test
  void glareLetsTheOtherOfferAdoptOurTrack() throws JsepException {
    Jsep polite = JsepFixture.withMedia(1);
    Jsep impolite = JsepFixture.withMedia(2);
    Transceiver ours = audio(polite);
    polite.setLocalDescription();
    assertThat(ours.mid()).isEqualTo("0");
    audio(impolite);
    String offer = impolite.setLocalDescription().sdp();

    polite.setRemoteDescription(SdpType.OFFER, offer);
    impolite.setRemoteDescription(SdpType.ANSWER, polite.setLocalDescription().sdp());

    assertThat(polite.transceivers()).containsExactly(ours);
    assertThat(polite.parameters().media("0").direction()).isEqualTo(DirectionAttribute.SENDRECV);
    assertThat(polite.negotiationNeeded()).isFalse();
  }

  @Test
  void anOfferThatReplacesAPendingOneLeavesNoTransceiversBehind() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    String offer = JsepFixture.capture("chromium-offer.sdp");
    jsep.setRemoteDescription(SdpType.OFFER, offer);

    jsep.setRemoteDescription(
        SdpType.OFFER,
        offer
            .replace("BUNDLE 0 1 2", "BUNDLE 0 7 2")
            .replace("a=mid:1\r\n", "a=mid:7\r\n")
            .replace("a=mid:1\n", "a=mid:7\n"));

    assertThat(jsep.transceivers()).extracting(Transceiver::mid).containsExactly("0", "7");
  }

  @Test
  void stoppedSectionIsRejectedAndItsPlaceUsedAgain() throws JsepException {
    Jsep offerer = JsepFixture.withMedia(1);
    Jsep answerer = JsepFixture.withMedia(2);
    Transceiver first = audio(offerer);
    offerer.addTrack(MediaKind.VIDEO, "camera", List.of("stream"));
    JsepFixture.negotiate(offerer, answerer);

    offerer.stop(first);
    assertThat(offerer.negotiationNeeded()).isTrue();
    JsepFixture.negotiate(offerer, answerer);

    assertThat(first.isStopped()).isTrue();
    assertThat(first.currentDirection()).isNull();
    assertThat(offerer.transceivers()).hasSize(1);
    assertThat(answerer.transceivers()).hasSize(1);
    assertThat(sections(offerer.currentLocalDescription()))
        .containsExactly("audio 0 0", "video 9 1");
    assertThat(offerer.currentLocalDescription().sdp()).contains("a=group:BUNDLE 1\r\n");

    // The other side may use the place, for another kind of media too.
    answerer.addTransceiver(MediaKind.VIDEO, TransceiverInit.of(DirectionAttribute.SENDONLY));
    JsepFixture.negotiate(answerer, offerer);
    assertThat(sections(answerer.currentLocalDescription()))
        .hasSize(2)
        .last()
        .isEqualTo("video 9 1");
    assertThat(answerer.currentLocalDescription().description().media().getFirst().media())
        .isEqualTo("video");
    assertThat(offerer.transceivers()).hasSize(2);
    assertThat(offerer.parameters().media()).hasSize(2);
  }

  @Test
  void transportOutlivesTheSectionThatStoodForIt() throws Exception {
    Jsep offerer = JsepFixture.withMedia(1);
    Jsep answerer = JsepFixture.withMedia(2);
    Transceiver first = audio(offerer);
    offerer.addTrack(MediaKind.VIDEO, "camera", List.of());
    JsepFixture.negotiate(offerer, answerer);
    String ufrag = offerer.parameters().transports().getFirst().localIce().usernameFragment();
    offerer.addLocalCandidate(
        "0",
        ufrag,
        org.klatsch.sdp.CandidateAttribute.parse(
            "candidate:1 1 udp 2122194687 192.0.2.2 49497 typ host"));

    offerer.stop(first);
    JsepFixture.negotiate(offerer, answerer);

    assertThat(offerer.parameters().transports())
        .singleElement()
        .satisfies(transport -> {
          assertThat(transport.mid()).isEqualTo("1");
          assertThat(transport.localIce().usernameFragment()).isEqualTo(ufrag);
        });
    assertThat(answerer.parameters().transports().getFirst().remoteCandidates()).hasSize(1);
    assertThat(offerer.parameters().transports().getFirst().localDtls().role())
        .isEqualTo(answerer.parameters().transports().getFirst().localDtls().role().opposite());
  }

  @Test
  void transceiverThatNoDescriptionHasStopsAtOnce() {
    Jsep jsep = JsepFixture.withMedia(1);
    Transceiver audio = audio(jsep);

    jsep.stop(audio);

    assertThat(audio.isStopped()).isTrue();
    assertThat(jsep.transceivers()).isEmpty();
    assertThat(jsep.negotiationNeeded()).isFalse();
  }

  @Test
  void aKindWithoutCodecsIsOfferedRejected() throws JsepException {
    MediaCapabilities audioOnly = MediaCapabilities.standard().onlyMedia(codec -> codec.is("opus"));
    Jsep offerer = JsepFixture.jsep(JsepFixture.options().withMedia(audioOnly), 1);
    Jsep answerer = JsepFixture.withMedia(2);
    Transceiver video = offerer.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV);
    audio(offerer);

    JsepFixture.negotiate(offerer, answerer);

    assertThat(sections(offerer.currentLocalDescription()))
        .containsExactly("video 0 0", "audio 9 1");
    assertThat(video.isStopped()).isTrue();
    assertThat(offerer.negotiationNeeded()).isFalse();
    assertThat(answerer.transceivers()).hasSize(1);
    assertThat(offerer.parameters().media()).hasSize(1);
  }

  @Test
  void rejectionByThePeerStopsTheTransceiver() throws JsepException {
    Jsep offerer = JsepFixture.withMedia(1);
    Jsep dataOnly = JsepFixture.jsep(2);
    Transceiver audio = audio(offerer);
    offerer.requestDataChannels();

    JsepFixture.negotiate(offerer, dataOnly);

    assertThat(audio.isStopped()).isTrue();
    assertThat(offerer.parameters().media()).isEmpty();
    assertThat(offerer.parameters().sctp()).isNotNull();
    assertThat(offerer.parameters().transports().getFirst().mid()).isEqualTo("1");
    assertThat(offerer.negotiationNeeded()).isFalse();
    assertThat(dataOnly.transceivers()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "SENDRECV, SENDRECV, SENDRECV",
    "SENDRECV, RECVONLY, SENDONLY",
    "SENDRECV, SENDONLY, RECVONLY",
    "SENDRECV, INACTIVE, INACTIVE",
    "SENDONLY, SENDRECV, SENDONLY",
    "SENDONLY, SENDONLY, INACTIVE",
    "RECVONLY, RECVONLY, INACTIVE",
    "RECVONLY, SENDRECV, RECVONLY",
    "INACTIVE, SENDRECV, INACTIVE",
  })
  void directionIsWhatBothWant(
      DirectionAttribute offered, DirectionAttribute wanted, DirectionAttribute agreed)
      throws JsepException {
    Jsep offerer = JsepFixture.withMedia(1);
    Jsep answerer = JsepFixture.withMedia(2);
    Transceiver ours = offerer.addTransceiver(MediaKind.AUDIO, TransceiverInit.of(offered));

    answerer.setRemoteDescription(SdpType.OFFER, offerer.setLocalDescription().sdp());
    Transceiver theirs = answerer.transceivers().getFirst();
    theirs.direction(wanted);
    offerer.setRemoteDescription(SdpType.ANSWER, answerer.setLocalDescription().sdp());

    assertThat(ours.currentDirection()).isEqualTo(agreed);
    assertThat(theirs.currentDirection()).isEqualTo(agreed.reversed());
    assertThat(offerer.parameters().media("0").direction()).isEqualTo(agreed);
    assertThat(offerer.negotiationNeeded()).isFalse();
    assertThat(answerer.negotiationNeeded()).isFalse();
  }

  @Test
  void holdAndResumeKeepTheStreams() throws JsepException {
    Jsep offerer = JsepFixture.withMedia(1);
    Jsep answerer = JsepFixture.withMedia(2);
    Transceiver audio = audio(offerer);
    audio(answerer);
    JsepFixture.negotiate(offerer, answerer);
    MediaParameters before = offerer.parameters().media("0");
    List<RtpEncoding> announced = answerer.parameters().media("0").receive().encodings();
    assertThat(announced).hasSize(1);

    audio.direction(DirectionAttribute.INACTIVE);
    assertThat(offerer.negotiationNeeded()).isTrue();
    JsepFixture.negotiate(offerer, answerer);
    assertThat(offerer.parameters().media("0").direction()).isEqualTo(DirectionAttribute.INACTIVE);
    assertThat(offerer.parameters().media("0").send()).isEqualTo(before.send());
    assertThat(answerer.parameters().media("0").receive().encodings()).isEqualTo(announced);
    assertThat(offerer.parameters().media("0").receive().encodings()).hasSize(1);
    assertThat(answerer.negotiationNeeded()).isFalse();

    audio.direction(DirectionAttribute.SENDRECV);
    JsepFixture.negotiate(offerer, answerer);
    assertThat(offerer.parameters().media("0")).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "BALANCED, 'audio 9, audio 0, video 9, application 9'",
    "MAX_COMPAT, 'audio 9, audio 9, video 9, application 9'",
    "MAX_BUNDLE, 'audio 9, audio 0, video 0, application 0'"
  })
  void policySaysWhatPeersWithoutBundleMayTake(BundlePolicy policy, String expected)
      throws JsepException {
    Jsep jsep =
        JsepFixture.jsep(
            JsepFixture.options().withMedia(MediaCapabilities.standard()).withBundlePolicy(policy),
            1);
    jsep.addTransceiver(MediaKind.AUDIO, TransceiverInit.SENDRECV);
    jsep.addTransceiver(MediaKind.AUDIO, TransceiverInit.SENDRECV);
    jsep.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV);
    jsep.requestDataChannels();

    List<MediaDescription> media = jsep.createOffer(false).description().media();

    assertThat(media)
        .extracting(each -> each.media() + " " + each.port())
        .containsExactly(expected.split(", "));
    assertThat(media)
        .allSatisfy(each ->
            assertThat(each.attributes().has(FlagAttribute.BUNDLE_ONLY))
                .isEqualTo(each.port() == 0));
    assertThat(policy)
        .hasToString(policy.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
  }

  @Test
  void acceptedSectionsAreOfferedAgainWithAPort() throws JsepException {
    Jsep offerer = JsepFixture.withMedia(1);
    offerer.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV);
    offerer.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV);
    JsepFixture.negotiate(offerer, JsepFixture.withMedia(2));

    assertThat(sections(offerer.createOffer(false))).containsExactly("video 9 0", "video 9 1");
  }

  @Test
  void codecPreferencesRuleOffersAndAnswers() throws JsepException {
    Jsep offerer = JsepFixture.withMedia(1);
    Jsep answerer = JsepFixture.withMedia(2);
    Transceiver audio = audio(offerer);
    audio.codecPreferences(
        List.of(
            RtpCodec.of("audio/PCMA", 0, 8000, 1),
            RtpCodec.of("audio/opus", 0, 48_000, 2),
            RtpCodec.of("audio/PCMU", 0, 8000, 1)));
    String offer = offerer.setLocalDescription().sdp();
    assertThat(offer).contains("m=audio 9 UDP/TLS/RTP/SAVPF 8 111 0\r\n");
    answerer.setRemoteDescription(SdpType.OFFER, offer);
    answerer
        .transceivers()
        .getFirst()
        .codecPreferences(
            List.of(RtpCodec.of("audio/PCMU", 0, 8000, 1), RtpCodec.of("audio/PCMA", 0, 8000, 1)));

    assertThat(answerer.setLocalDescription().sdp())
        .contains("m=audio 9 UDP/TLS/RTP/SAVPF 0 8\r\n");
  }

  @Test
  void changingAnUnsentOfferMakesANewOne() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    Transceiver audio = audio(jsep);
    String first = jsep.createOffer(false).sdp();
    audio.direction(DirectionAttribute.SENDONLY);

    assertThat(jsep.setLocalDescription().sdp()).contains("a=sendonly", "a=mid:0");
    assertThat(first).contains("a=sendrecv", "a=mid:0");
  }

  @Test
  void closedConnectionRefusesMore() throws JsepException {
    Jsep offerer = JsepFixture.withMedia(1);
    Transceiver audio = audio(offerer);
    JsepFixture.negotiate(offerer, JsepFixture.withMedia(2));

    offerer.close();

    assertThat(audio.isStopped()).isTrue();
    assertThat(offerer.parameters()).isEqualTo(SessionParameters.EMPTY);
    assertThatThrownBy(() -> audio(offerer)).isInstanceOf(IllegalStateException.class);
  }
}
