package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.peer.MediaParameters;
import org.klatsch.sdp.DirectionAttribute;
import org.klatsch.sdp.FlagAttribute;

/// The examples of RFC 9429 §7.
class RfcExamplesTest {
  /// §7.1: one audio and one video track on each side, a single stream.
  @Test
  void simpleExample() throws JsepException {
    Jsep alice = JsepFixture.withMedia(1);
    Jsep bob = JsepFixture.withMedia(2);
    alice.addTrack(MediaKind.AUDIO, "audio", List.of("stream"));
    alice.addTrack(MediaKind.VIDEO, "video", List.of("stream"));

    JsepDescription offer = alice.setLocalDescription();
    bob.setRemoteDescription(SdpType.OFFER, offer.sdp());
    assertThat(bob.transceivers())
        .extracting(each -> each.remote().streamIds())
        .containsOnly(List.of("stream"));
    bob.addTrack(MediaKind.AUDIO, "audio", List.of("stream"));
    bob.addTrack(MediaKind.VIDEO, "video", List.of("stream"));
    alice.setRemoteDescription(SdpType.ANSWER, bob.setLocalDescription().sdp());

    assertThat(bob.transceivers()).hasSize(2);
    assertThat(alice.parameters().media())
        .extracting(MediaParameters::direction)
        .containsOnly(DirectionAttribute.SENDRECV);
    assertThat(offer.sdp())
        .containsSubsequence(
            "a=group:BUNDLE 0 1\r\n",
            "m=audio 9 UDP/TLS/RTP/SAVPF",
            "a=mid:0",
            "a=rtcp-mux",
            "a=rtcp-mux-only",
            "a=rtcp-rsize",
            "a=sendrecv",
            "a=msid:stream audio",
            "a=extmap:",
            "a=rtpmap:111 opus/48000/2",
            "m=video 9 UDP/TLS/RTP/SAVPF");
  }

  /// §7.2, offer-B1: audio, and data that only a bundling peer may take.
  @Test
  void answersTheFirstOfferOfTheNormalExample() throws JsepException {
    Jsep bob = JsepFixture.withMedia(1);
    bob.addTrack(MediaKind.AUDIO, "microphone", List.of("stream"));

    bob.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("rfc9429-offer-b1.sdp"));
    String answer = bob.setLocalDescription().sdp();

    assertThat(answer)
        .contains("a=group:BUNDLE a1 d1\r\n", "m=application 9 ", "a=setup:active")
        .contains("m=audio 9 UDP/TLS/RTP/SAVPF 96 0 8 97 98\r\n");
    assertThat(bob.transceivers())
        .singleElement()
        .extracting(Transceiver::remote)
        .isEqualTo(
            new RemoteMedia(
                DirectionAttribute.SENDRECV, List.of("57017fee-b6c1-4162-929c-a25110252400"), ""));
    MediaParameters audio = bob.parameters().media("a1");
    assertThat(audio.direction()).isEqualTo(DirectionAttribute.SENDRECV);
    assertThat(audio.maxptimeMillis()).isEqualTo(120);
    assertThat(audio.send().codecs())
        .extracting(RtpCodec::name)
        .containsExactly("opus", "pcmu", "pcma", "telephone-event", "telephone-event");
    assertThat(bob.parameters().sctp().mid()).isEqualTo("d1");
  }

  /// §7.2, offer-B2: two more video sections, one of them simulcast, on the transport there is.
  @Test
  void answersTheSecondOfferOfTheNormalExample() throws JsepException {
    Jsep alice = JsepFixture.withMedia(1);

    alice.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("rfc9429-offer-b2.sdp"));
    String answer = alice.setLocalDescription().sdp();

    assertThat(answer)
        .contains("a=group:BUNDLE a1 d1 v1 v2\r\n")
        .contains("m=video 9 UDP/TLS/RTP/SAVPF 100 101 102 103\r\n")
        .contains("a=rid:1 recv\r\n", "a=simulcast:recv 1;2;3\r\n");
    assertThat(alice.parameters().media("v1").receive().encodings())
        .extracting(RtpEncoding::rid)
        .containsExactly("1", "2", "3");
    assertThat(alice.parameters().media("v2").receive().encodings()).isEmpty();
    assertThat(alice.parameters().transports().getFirst().remoteCandidates()).hasSize(3);
    assertThat(alice.parameters().media("v1").receive().codecs())
        .extracting(codec -> codec.name() + " " + codec.fmtpLine())
        .containsExactly(
            "vp8 ",
            "h264 packetization-mode=1;profile-level-id=42e01f",
            "rtx apt=100",
            "rtx apt=101");
  }

  /// §7.3: the transport is set up with an answer that only sends; a second offer turns the media
  /// on.
  @Test
  void warmsUpTheTransportEarly() throws JsepException {
    Jsep bob = JsepFixture.withMedia(1);
    bob.setRemoteDescription(SdpType.OFFER, JsepFixture.capture("rfc9429-offer-c1.sdp"));
    bob.transceivers().forEach(each -> each.direction(DirectionAttribute.SENDONLY));
    JsepDescription early = bob.setLocalDescription();

    assertThat(early.description().media())
        .extracting(media -> media.port() + " " + media.attributes().has(FlagAttribute.BUNDLE_ONLY))
        .containsExactly("9 false", "9 false");
    assertThat(bob.parameters().transports().getFirst().mids()).containsExactly("a1", "v1");
    assertThat(bob.parameters().media())
        .extracting(MediaParameters::direction)
        .containsOnly(DirectionAttribute.SENDONLY);
    assertThat(bob.negotiationNeeded()).isFalse();

    bob.transceivers().forEach(each -> each.direction(DirectionAttribute.SENDRECV));
    assertThat(bob.negotiationNeeded()).isTrue();
    String second = bob.setLocalDescription().sdp();
    assertThat(second)
        .contains("a=group:BUNDLE a1 v1", "a=setup:actpass", "m=audio 9 UDP/TLS/RTP/SAVPF 96 ")
        .contains("a=rtpmap:100 VP8/90000", "a=fmtp:102 apt=100");
  }
}
