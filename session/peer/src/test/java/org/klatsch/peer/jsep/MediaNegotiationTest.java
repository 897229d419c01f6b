package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtcpFeedback;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpHeaderExtension;
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
                + " 45/av1 46/rtx 98/vp9 99/rtx");
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
}
