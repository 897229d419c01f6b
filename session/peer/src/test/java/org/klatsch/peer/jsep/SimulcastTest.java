package org.klatsch.peer.jsep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpEncoding;
import org.klatsch.sdp.DirectionAttribute;

/// Several encodings of one track, RFC 8853.
class SimulcastTest {
  private static final TransceiverInit THREE =
      TransceiverInit.of(DirectionAttribute.SENDONLY).withRids(List.of("h", "m", "l"));

  private static List<String> rids(List<RtpEncoding> encodings) {
    return encodings.stream().map(encoding -> String.valueOf(encoding.rid())).toList();
  }

  private static String videoOffer(String lines) {
    return JsepFixture.capture("chromium-offer.sdp")
        .replaceAll("a=ssrc.*\\R", "")
        .replace("m=application", lines + "m=application");
  }

  @Test
  void peerTakesAllThatIsOffered() throws JsepException {
    Jsep sender = JsepFixture.withMedia(1);
    Jsep receiver = JsepFixture.withMedia(2);
    Transceiver video = sender.addTransceiver(MediaKind.VIDEO, THREE);

    JsepFixture.negotiate(sender, receiver);

    assertThat(sender.currentLocalDescription().sdp())
        .contains("a=rid:h send\r\na=rid:m send\r\na=rid:l send\r\na=simulcast:send h;m;l\r\n")
        .doesNotContain("a=ssrc");
    assertThat(sender.currentRemoteDescription().sdp())
        .contains("a=rid:h recv\r\n", "a=simulcast:recv h;m;l\r\n");
    assertThat(rids(receiver.parameters().media("0").receive().encodings()))
        .containsExactly("h", "m", "l");
    assertThat(sender.parameters().media("0").send().encodings())
        .isEqualTo(
            video.encodings().stream()
                .map(each -> each.withSsrcs(each.ssrc(), each.rtxSsrc(), 0))
                .toList());
  }

  @Test
  void peerTakesSomeOfIt() throws JsepException {
    Jsep sender = JsepFixture.withMedia(1);
    Jsep receiver = JsepFixture.withMedia(2);
    Transceiver video = sender.addTransceiver(MediaKind.VIDEO, THREE);
    List<RtpEncoding> before = video.encodings();
    receiver.setRemoteDescription(SdpType.OFFER, sender.setLocalDescription().sdp());
    String answer = receiver.createAnswer().sdp().replace("recv h;m;l", "recv h;l");

    sender.setRemoteDescription(SdpType.ANSWER, answer);

    assertThat(rids(sender.parameters().media("0").send().encodings())).containsExactly("h", "l");
    assertThat(video.encodings()).containsExactly(before.getFirst(), before.getLast());
  }

  @Test
  void peerWithoutSimulcastGetsTheFirstEncoding() throws JsepException {
    Jsep sender = JsepFixture.withMedia(1);
    Jsep receiver = JsepFixture.withMedia(2);
    Transceiver video = sender.addTransceiver(MediaKind.VIDEO, THREE);
    int ssrc = video.encodings().getFirst().ssrc();
    receiver.setRemoteDescription(
        SdpType.OFFER,
        sender.setLocalDescription().sdp().replaceAll("a=(rid|simulcast):.*\r\n", ""));

    sender.setRemoteDescription(SdpType.ANSWER, receiver.setLocalDescription().sdp());

    assertThat(video.encodings())
        .singleElement()
        .satisfies(encoding -> {
          assertThat(encoding.rid()).isNull();
          assertThat(encoding.ssrc()).isEqualTo(ssrc);
        });
    assertThat(sender.createOffer(false).sdp())
        .doesNotContain("a=simulcast")
        .contains("a=ssrc:" + Integer.toUnsignedString(ssrc) + " cname:");
  }

  @Test
  void sendsWhatAPeerAsksFor() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.addTrack(MediaKind.VIDEO, "camera", List.of());
    jsep.setRemoteDescription(
        SdpType.OFFER,
        videoOffer(
            "a=rid:hi recv\r\na=rid:lo recv max-width=320;max-fps=15\r\na=simulcast:recv hi;~lo\r\n"));

    String answer = jsep.setLocalDescription().sdp();

    assertThat(answer)
        .contains("a=rid:hi send\r\na=rid:lo send max-width=320;max-fps=15\r\n")
        .contains("a=simulcast:send hi;lo\r\n");
    assertThat(rids(jsep.parameters().media("1").send().encodings())).containsExactly("hi", "lo");
    assertThat(jsep.parameters().media("1").send().encodings())
        .extracting(RtpEncoding::ssrc)
        .doesNotHaveDuplicates();
  }

  @Test
  void rollbackForgetsWhatThePeerAskedFor() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    Transceiver video = jsep.addTrack(MediaKind.VIDEO, "camera", List.of());
    List<RtpEncoding> before = video.encodings();
    jsep.setRemoteDescription(
        SdpType.OFFER, videoOffer("a=rid:a recv\r\na=rid:b recv\r\na=simulcast:recv a;b\r\n"));
    assertThat(video.encodings()).hasSize(2);

    jsep.setRemoteDescription(SdpType.ROLLBACK, "");

    assertThat(video.encodings()).isEqualTo(before);
  }

  @Test
  void receivesTheFirstOfAlternativesAndDropsUnusableRids() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.setRemoteDescription(
        SdpType.OFFER,
        videoOffer(
            "a=rid:1 send pt=96,39;max-br=500000\r\n"
                + "a=rid:2 send\r\n"
                + "a=rid:3 send pt=39\r\n"
                + "a=simulcast:send 1,2;3;4\r\n"));

    String answer = jsep.setLocalDescription().sdp();

    // 39 is a profile of H.264 we lack; 4 has no a=rid.
    assertThat(answer)
        .contains("a=rid:1 recv pt=96;max-br=500000\r\na=simulcast:recv 1\r\n")
        .doesNotContain("a=rid:2", "a=rid:3");
  }

  @Test
  void withoutTheHeaderExtensionThereIsNoSimulcast() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    jsep.setRemoteDescription(
        SdpType.OFFER,
        videoOffer("a=rid:1 send\r\na=rid:2 send\r\na=simulcast:send 1;2\r\n")
            .replaceAll("a=extmap:10 .*\\R", ""));

    assertThat(jsep.setLocalDescription().sdp()).doesNotContain("a=simulcast", "a=rid");
    assertThat(jsep.parameters().media("1").receive().encodings()).isEmpty();
  }

  @Test
  void pausedEncodingsAreMarked() throws JsepException {
    Jsep jsep = JsepFixture.withMedia(1);
    Transceiver video = jsep.addTransceiver(MediaKind.VIDEO, THREE);
    List<RtpEncoding> encodings = video.encodings();

    video.encodings(
        List.of(encodings.get(1).withActive(false).withSsrcs(encodings.get(1).ssrc(), 0, 0)));

    assertThat(jsep.createOffer(false).sdp()).contains("a=simulcast:send h;~m;l\r\n");
    // Repair streams are not the application's to change.
    assertThat(video.encodings().get(1)).isEqualTo(encodings.get(1).withActive(false));
    assertThatThrownBy(() -> video.encodings(List.of(RtpEncoding.ofSsrc(1))))
        .hasMessageContaining("SSRC 1, expected one of");
  }

  @Test
  void ridsMustBeDifferentTokensAndOneIsNone() {
    assertThat(TransceiverInit.SENDRECV.withRids(List.of("one")).rids()).isEmpty();
    assertThatThrownBy(() -> TransceiverInit.SENDRECV.withRids(List.of("a", "a")))
        .hasMessageContaining("expected different ones");
    assertThatThrownBy(() -> TransceiverInit.SENDRECV.withRids(List.of("a", "b c")))
        .hasMessageContaining("'b c'");
    Jsep jsep = JsepFixture.withMedia(1);
    assertThat(jsep.addTransceiver(MediaKind.AUDIO, THREE).encodings()).hasSize(1);
  }
}
