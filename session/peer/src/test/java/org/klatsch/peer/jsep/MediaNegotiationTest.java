package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtcpFeedback;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpHeaderExtension;
import org.klatsch.peer.DtlsRole;
import org.klatsch.peer.MediaParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.rtp.ExtensionType;
import org.klatsch.sdp.DirectionAttribute;

/// Audio and video with browsers: what is answered, and what comes into force.
class MediaNegotiationTest {
  private static String codecs(List<RtpCodec> codecs) {
    return String.join(
        " ", codecs.stream().map(codec -> codec.payloadType() + "/" + codec.name()).toList());
  }

  @Test
  void answersAudioVideoAndDataOfChromium() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);

    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("chromium-offer.sdp"));
    for (Transceiver transceiver : jsep.transceivers()) {
      transceiver.direction(DirectionAttribute.SENDRECV);
    }
    JsepDescription answer = jsep.setLocalDescription();

    assertThat(answer.description().media())
        .extracting(media -> media.media() + " " + media.port() + " " + media.mid())
        .containsExactly("audio 9 0", "video 9 1", "application 9 2");
    assertThat(answer.sdp())
        .contains("a=group:BUNDLE 0 1 2\r\n", "a=extmap-allow-mixed\r\n")
        .contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n");
    assertThat(jsep.parameters().transports())
        .singleElement()
        .extracting(TransportParameters::mids)
        .isEqualTo(List.of("0", "1", "2"));
    assertThat(jsep.parameters().sctp().mid()).isEqualTo("2");

    MediaParameters audio = jsep.parameters().media("0");
    assertThat(audio.direction()).isEqualTo(DirectionAttribute.SENDRECV);
    assertThat(codecs(audio.send().codecs()))
        .isEqualTo(
            "111/opus 63/red 9/g722 0/pcmu 8/pcma 13/cn 110/telephone-event 126/telephone-event");
    assertThat(audio.send().codecs().getFirst().rtcpFeedback())
        .containsExactly(RtcpFeedback.TRANSPORT_CC);
    assertThat(audio.receive().encodings())
        .containsExactly(RtpEncoding.ofSsrc((int) 2_546_941_874L));
    assertThat(audio.send().headerExtensions())
        .contains(new RtpHeaderExtension(ExtensionType.MID.uri(), 4));

    MediaParameters video = jsep.parameters().media("1");
    assertThat(codecs(video.receive().codecs()))
        .isEqualTo(
            "96/vp8 97/rtx 102/h264 103/rtx 104/h264 107/rtx 108/h264 109/rtx 114/h264 115/rtx"
                + " 45/av1 46/rtx 98/vp9 99/rtx 118/red 119/rtx 120/ulpfec");
    assertThat(video.receive().encodings())
        .containsExactly(
            RtpEncoding.ofSsrc(1_860_268_721).withSsrcs(1_860_268_721, (int) 2_916_058_979L, 0));
    assertThat(video.send().encodings().getFirst().rtxSsrc()).isNotZero();
    assertThat(video.send().mid()).isEqualTo("1");
    assertThat(video.send().reducedSizeRtcp()).isTrue();
  }

  @Test
  void transceiversOfAnOfferOnlyReceiveUnlessAskedToSend() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);

    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("firefox-offer.sdp"));

    assertThat(jsep.transceivers())
        .extracting(each -> each.kind() + " " + each.mid() + " " + each.direction())
        .containsExactly("audio 0 RECVONLY", "video 1 RECVONLY");
    assertThat(jsep.transceivers().getFirst().remote())
        .isEqualTo(
            new RemoteMedia(
                DirectionAttribute.SENDRECV,
                List.of("{38144812-ecc0-4846-8f5f-3d687c5c384c}"),
                "{511821b5-bb88-4b8e-a2c4-1b8ccef58062}"));
    jsep.setLocalDescription();
    assertThat(jsep.parameters().media())
        .extracting(MediaParameters::direction)
        .containsOnly(DirectionAttribute.RECVONLY);
    assertThat(jsep.negotiationNeeded()).isFalse();
  }

  @Test
  void twoPeersAgreeOnMirroredParameters() throws JsepException {
    Jsep offerer = JsepFixture.withMedia(1);
    Jsep answerer = JsepFixture.withMedia(2);
    offerer.addTrack(MediaKind.AUDIO, "microphone", List.of("stream"));
    offerer.addTrack(MediaKind.VIDEO, "camera", List.of("stream"));
    offerer.requestDataChannels();
    answerer.addTrack(MediaKind.AUDIO, "other", List.of());
    assertThat(offerer.negotiationNeeded()).isTrue();

    JsepFixture.negotiate(offerer, answerer);

    assertThat(answerer.transceivers()).hasSize(2);
    assertThat(offerer.parameters().media()).hasSize(2);
    assertThat(offerer.negotiationNeeded()).isFalse();
    assertThat(answerer.negotiationNeeded()).isFalse();
    for (MediaParameters ours : offerer.parameters().media()) {
      MediaParameters theirs = answerer.parameters().media(ours.mid());
      assertThat(theirs.direction()).isEqualTo(ours.direction().reversed());
      assertThat(theirs.receive().codecs()).isEqualTo(ours.send().codecs());
      assertThat(theirs.send().codecs()).isEqualTo(ours.receive().codecs());
      assertThat(theirs.receive().headerExtensions()).isEqualTo(ours.send().headerExtensions());
      assertThat(theirs.receive().encodings())
          .containsExactlyElementsOf(
              ours.direction().sends() ? ours.send().encodings() : List.of());
    }
  }

  private static Jsep offering() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.addTrack(MediaKind.AUDIO, "microphone", List.of("stream"));
    jsep.addTrack(MediaKind.VIDEO, "camera", List.of("stream"));
    jsep.requestDataChannels();
    jsep.setLocalDescription();
    return jsep;
  }

  @ParameterizedTest
  @ValueSource(strings = {"chromium-answer.sdp", "firefox-answer.sdp"})
  void takesTheAnswerOfABrowser(String name) throws JsepException {
    Jsep jsep = offering();

    jsep.setRemoteDescription(SdpType.ANSWER, JsepFixture.capture(name));

    assertThat(jsep.parameters().transports())
        .singleElement()
        .extracting(TransportParameters::mids)
        .isEqualTo(List.of("0", "1", "2"));
    assertThat(jsep.parameters().media())
        .extracting(MediaParameters::direction)
        .containsOnly(DirectionAttribute.SENDRECV);
    assertThat(jsep.parameters().media("0").send().codecs().getFirst().name()).isEqualTo("opus");
    assertThat(jsep.parameters().media("1").send().codecs().getFirst().name()).isEqualTo("vp8");
    assertThat(jsep.parameters().media("1").receive().encodings().getFirst().rtxSsrc()).isNotZero();
    assertThat(jsep.transceivers())
        .extracting(each -> each.remote().streamIds().size())
        .containsOnly(1);
    assertThat(jsep.negotiationNeeded()).isFalse();
  }

  @Test
  void answererMayUseOtherPayloadTypes() throws JsepException {
    Jsep jsep = offering();
    String answer =
        JsepFixture.capture("chromium-answer.sdp")
            .replace("SAVPF 111 63 ", "SAVPF 109 ")
            .replace("a=rtpmap:111 ", "a=rtpmap:109 ")
            .replace("a=fmtp:111 ", "a=fmtp:109 ");

    jsep.setRemoteDescription(SdpType.ANSWER, answer);

    // RFC 3264 §5.1: each side names what it wants to get.
    MediaParameters audio = jsep.parameters().media("0");
    assertThat(audio.send().codecs().getFirst().payloadType()).isEqualTo(109);
    assertThat(audio.receive().codecs().getFirst().payloadType()).isEqualTo(111);
  }

  @Test
  void errorCorrectionOfVideoIsAgreedOn() throws JsepException {
    Jsep one = JsepFixture.withMedia(1);
    Jsep other = JsepFixture.withMedia(2);
    one.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV);
    JsepFixture.negotiate(one, other);

    assertThat(one.parameters().media("0").send().codecs())
        .extracting(RtpCodec::name)
        .contains("red", "ulpfec");
    assertThat(one.parameters().media("0").send().encodings().getFirst().fecSsrc()).isZero();
  }

  /// RFC 5956 §4.3: the repair stream is grouped to the stream it protects.
  @Test
  void flexFecHasAStreamOfItsOwn() throws JsepException {
    JsepOptions options =
        JsepFixture.options().withMedia(MediaCapabilities.standard().withFlexFec());
    Jsep one = JsepFixture.jsep(options, 1);
    Jsep other = JsepFixture.jsep(options, 2);
    one.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV);
    JsepFixture.negotiate(one, other);

    RtpEncoding sent = one.parameters().media("0").send().encodings().getFirst();
    RtpEncoding received = other.parameters().media("0").receive().encodings().getFirst();
    assertThat(sent.fecSsrc()).isNotZero();
    assertThat(received.ssrc()).isEqualTo(sent.ssrc());
    assertThat(received.fecSsrc()).isEqualTo(sent.fecSsrc());
    assertThat(one.localDescription().sdp()).contains("a=ssrc-group:FEC-FR ");
  }

  @Test
  void congestionFeedbackTakesThePlaceOfTransportWideFeedback() throws JsepException {
    JsepOptions options =
        JsepFixture.options().withMedia(MediaCapabilities.standard().withCongestionFeedback());
    Jsep one = JsepFixture.jsep(options, 1);
    Jsep other = JsepFixture.jsep(options, 2);
    one.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV);
    JsepFixture.negotiate(one, other);

    MediaParameters video = other.parameters().media("0");
    assertThat(video.send().codecs().getFirst().rtcpFeedback())
        .contains(RtcpFeedback.CONGESTION)
        .doesNotContain(RtcpFeedback.TRANSPORT_CC);
    assertThat(video.receive().headerExtensions())
        .noneMatch(each -> each.uri().equals(ExtensionType.TRANSPORT_SEQUENCE.uri()));
    // A peer that knows the other one only gets neither, and REMB remains.
    Jsep usual = JsepFixture.withMedia(3);
    Jsep third = JsepFixture.jsep(options, 4);
    usual.addTransceiver(MediaKind.VIDEO, TransceiverInit.SENDRECV);
    JsepFixture.negotiate(usual, third);
    assertThat(third.parameters().media("0").send().codecs().getFirst().rtcpFeedback())
        .contains(RtcpFeedback.REMB)
        .doesNotContain(RtcpFeedback.CONGESTION, RtcpFeedback.TRANSPORT_CC);
  }

  @Test
  void onlyWhatWeCanCodeIsAnswered() throws JsepException {
    MediaCapabilities pureJava =
        MediaCapabilities.standard().onlyMedia(codec -> codec.is("opus") || codec.is("pcmu"));
    Jsep jsep = JsepFixture.jsep(JsepFixture.options().withMedia(pureJava), 1);

    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("chromium-offer.sdp"));
    JsepDescription answer = jsep.setLocalDescription();

    assertThat(answer.sdp())
        .contains("m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 13 110 126\r\n")
        .contains("m=video 0 ", "a=group:BUNDLE 0 2\r\n");
    assertThat(jsep.transceivers()).singleElement().extracting(Transceiver::mid).isEqualTo("0");
    assertThat(jsep.parameters().media()).hasSize(1);
  }

  @Test
  void answersPassiveWhereWeWantToChooseTheSrtpProfile() throws JsepException {
    Jsep jsep =
        JsepFixture.jsep(
            JsepFixture.options()
                .withMedia(MediaCapabilities.standard())
                .withAnswerRole(DtlsRole.SERVER),
            1);

    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("chromium-offer.sdp"));

    assertThat(jsep.setLocalDescription().sdp())
        .contains("a=setup:passive")
        .doesNotContain("a=setup:active");
    assertThat(jsep.parameters().transports().getFirst().localDtls().role())
        .isEqualTo(DtlsRole.SERVER);
  }

  @Test
  void rtcpMustShareThePort() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    String offer = JsepFixture.capture("chromium-offer.sdp").replaceAll("a=rtcp-mux\\R", "");

    jsep.setRemoteDescription(SdpType.OFFER, offer);

    assertThat(jsep.setLocalDescription().description().media())
        .extracting(media -> media.port())
        .containsExactly(0, 0, 9);
  }

  @Test
  void sectionsOutsideOfTheGroupAreRejected() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    String offer = JsepFixture.capture("chromium-offer.sdp").replace("BUNDLE 0 1 2", "BUNDLE 0 2");

    jsep.setRemoteDescription(SdpType.OFFER, offer);

    assertThat(jsep.setLocalDescription().description().media())
        .extracting(media -> media.port())
        .containsExactly(9, 0, 9);
    assertThat(jsep.parameters().transports().getFirst().mids()).containsExactly("0", "2");
  }

  @Test
  void peerThatDoesNotBundleGetsOneTransport() throws JsepException {
    Jsep jsep = offering();
    String answer =
        JsepFixture.capture("chromium-answer.sdp").replaceAll("a=group:BUNDLE.*\\R", "");

    jsep.setRemoteDescription(SdpType.ANSWER, answer);

    assertThat(jsep.parameters().transports()).hasSize(1);
    assertThat(jsep.parameters().media()).extracting(MediaParameters::mid).containsExactly("0");
    assertThat(jsep.parameters().sctp()).isNull();
  }

  @Test
  void answersAGatewayWithoutMidsAndBundle() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.addTrack(MediaKind.AUDIO, "bot", List.of());
    String offer = JsepFixture.capture("gateway-audio-offer.sdp");

    jsep.setRemoteDescription(SdpType.OFFER, offer);
    String answer = jsep.setLocalDescription().sdp();

    assertThat(answer)
        .contains("m=audio 9 RTP/SAVPF 0 8 101\r\n", "a=fmtp:101 0-15\r\n", "a=msid:- bot\r\n")
        .doesNotContain("a=mid", "a=group");
    MediaParameters audio = jsep.parameters().media().getFirst();
    assertThat(audio.direction()).isEqualTo(DirectionAttribute.SENDRECV);
    assertThat(codecs(audio.send().codecs())).isEqualTo("0/pcmu 8/pcma 101/telephone-event");
    assertThat(audio.send().mid()).isEmpty();
    assertThat(audio.ptimeMillis()).isEqualTo(20);
    assertThat(audio.maxptimeMillis()).isEqualTo(150);
    // Nothing is said about streams: there is one.
    assertThat(jsep.transceivers().getFirst().remote().streamIds()).hasSize(1);
    assertThat(jsep.currentRemoteDescription().sdp()).contains("a=x-gateway-note:kept as it is");

    // Our own offers later work with the same section.
    assertThat(jsep.createOffer(false).description().media())
        .singleElement()
        .extracting(media -> media.protocol() + " " + media.formats())
        .isEqualTo("RTP/SAVPF [0, 8, 101, 111, 63, 9, 13, 110]");
  }

  @Test
  void readsAttributesFromWhereverPeersPutThem() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);

    jsep.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("session-level-offer.sdp"));
    jsep.setLocalDescription();

    assertThat(jsep.transceivers())
        .extracting(Transceiver::remote)
        .containsExactly(
            new RemoteMedia(DirectionAttribute.SENDRECV, List.of("pion"), "audio"),
            new RemoteMedia(DirectionAttribute.RECVONLY, List.of(), ""));
    MediaParameters video = jsep.parameters().media("video1");
    assertThat(video.direction()).isEqualTo(DirectionAttribute.RECVONLY);
    assertThat(video.receive().codecs().getFirst().rtcpFeedback())
        .containsExactlyInAnyOrder(RtcpFeedback.TRANSPORT_CC, RtcpFeedback.NACK, RtcpFeedback.PLI);
    assertThat(video.receive().encodings()).isEmpty();
    assertThat(jsep.parameters().media("0").receive().encodings())
        .containsExactly(RtpEncoding.ofSsrc(1_180_422_334));
  }

  @Test
  void restartsIceDuringACall() throws JsepException {
    Jsep offerer = JsepFixture.withMedia(1);
    Jsep answerer = JsepFixture.withMedia(2);
    offerer.addTrack(MediaKind.AUDIO, "microphone", List.of());
    offerer.addTrack(MediaKind.VIDEO, "camera", List.of());
    JsepFixture.negotiate(offerer, answerer);
    TransportParameters before = offerer.parameters().transports().getFirst();
    List<MediaParameters> media = offerer.parameters().media();

    answerer.restartIce();
    String offer = answerer.setLocalDescription().sdp();
    offerer.setRemoteDescription(SdpType.OFFER, offer);
    answerer.setRemoteDescription(SdpType.ANSWER, offerer.setLocalDescription().sdp());

    assertThat(offer.lines().filter(line -> line.startsWith("a=ice-ufrag:")).distinct()).hasSize(1);
    TransportParameters after = offerer.parameters().transports().getFirst();
    assertThat(after.localIce()).isNotEqualTo(before.localIce());
    assertThat(after.remoteIce()).isNotEqualTo(before.remoteIce());
    assertThat(after.localDtls()).isEqualTo(before.localDtls());
    assertThat(offerer.parameters().media()).isEqualTo(media);
  }

  @Test
  void provisionalAnswerPutsMediaIntoForce() throws JsepException {
    Jsep offerer = offering();
    Jsep answerer = JsepFixture.withMedia(2);
    answerer.setRemoteDescription(SdpType.OFFER, offerer.localDescription().sdp());
    String provisional = answerer.createAnswer().sdp();
    answerer.setLocalDescription(SdpType.PRANSWER, provisional);
    offerer.setRemoteDescription(SdpType.PRANSWER, provisional);
    assertThat(offerer.parameters().media())
        .extracting(MediaParameters::direction)
        .containsOnly(DirectionAttribute.SENDONLY);

    answerer.addTrack(MediaKind.AUDIO, "answer", List.of());
    offerer.setRemoteDescription(SdpType.ANSWER, answerer.setLocalDescription().sdp());

    assertThat(offerer.parameters().media())
        .extracting(MediaParameters::direction)
        .containsExactly(DirectionAttribute.SENDRECV, DirectionAttribute.SENDONLY);
  }

  @Test
  void dataMayJoinACallAndACallData() throws JsepException {
    Jsep one = JsepFixture.withMedia(1);
    Jsep other = JsepFixture.withMedia(2);
    one.addTrack(MediaKind.AUDIO, "microphone", List.of());
    JsepFixture.negotiate(one, other);
    assertThat(one.parameters().sctp()).isNull();

    other.requestDataChannels();
    JsepFixture.negotiate(other, one);
    assertThat(one.parameters().sctp().mid()).isEqualTo("1");
    other.addTrack(MediaKind.VIDEO, "camera", List.of());
    JsepFixture.negotiate(other, one);

    assertThat(one.currentLocalDescription().description().media())
        .extracting(media -> media.media())
        .containsExactly("audio", "application", "video");
    assertThat(one.parameters().transports())
        .singleElement()
        .extracting(TransportParameters::mids)
        .isEqualTo(List.of("0", "1", "2"));
  }

  @Test
  void boundsWhatStrangersAnnounce() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    StringBuilder sources = new StringBuilder();
    StringBuilder rids = new StringBuilder("a=simulcast:send r0");
    for (int i = 1; i <= 5000; i++) {
      sources.append("a=ssrc:").append(i).append(" cname:x\r\n");
    }
    for (int i = 1; i < 60; i++) {
      rids.append(";r").append(i);
    }
    rids.append("\r\n");
    for (int i = 0; i < 60; i++) {
      rids.append("a=rid:r").append(i).append(" send\r\n");
    }
    String offer = JsepFixture.capture("chromium-offer.sdp");

    jsep.setRemoteDescription(
        SdpType.OFFER,
        offer
            .replace("m=video", sources + "m=video")
            .replace("m=application", rids + "m=application"));
    jsep.setLocalDescription();

    assertThat(jsep.parameters().media("0").receive().encodings()).hasSize(32);
    assertThat(jsep.parameters().media("1").receive().encodings()).hasSize(8);
  }
}
