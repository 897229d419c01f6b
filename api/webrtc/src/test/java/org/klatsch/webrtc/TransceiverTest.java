package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.webrtc.Pair.await;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What descriptions make of transceivers and their tracks, W3C WebRTC §4.4.1.5 and §5.
@Timeout(60)
final class TransceiverTest {
  private static RTCRtpTransceiver first(RTCPeerConnection connection) {
    return connection.getTransceivers().getFirst();
  }

  private static RTCRtpEncodingParameters encoding(String rid) {
    return new RTCRtpEncodingParameters().withRid(rid);
  }

  /// The events of a connection, in their order.
  private static BlockingQueue<String> log(RTCPeerConnection connection) {
    BlockingQueue<String> log = new LinkedBlockingQueue<>();
    connection.onTrack(e -> {
      log.add("track in " + e.streams().size());
      for (MediaStream stream : e.streams()) {
        stream.onRemoveTrack(_ -> log.add("removetrack"));
      }
    });
    return log;
  }

  private static void assertNext(BlockingQueue<String> log, String expected)
      throws InterruptedException {
    assertThat(log.poll(20, TimeUnit.SECONDS)).isEqualTo(expected);
  }

  @Test
  void holdTakesTheTrackOutOfItsStreamAndResumingAnnouncesItAgain() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource voice = new AudioTrackSource(48_000, 1)) {
      BlockingQueue<String> log = log(pair.b);
      pair.a.addTrack(voice.track(), new MediaStream(List.of(voice.track())));
      pair.negotiate();
      assertNext(log, "track in 1");
      MediaStreamTrack track = first(pair.b).receiver().track();

      first(pair.a).direction(RTCRtpTransceiverDirection.INACTIVE);
      pair.negotiate();
      assertNext(log, "removetrack");
      assertThat(first(pair.b).currentDirection()).isEqualTo(RTCRtpTransceiverDirection.INACTIVE);
      assertThat(track.muted()).isTrue();
      assertThat(track.readyState()).isEqualTo(MediaStreamTrackState.LIVE);

      first(pair.a).direction(RTCRtpTransceiverDirection.SENDRECV);
      pair.negotiate();
      assertNext(log, "track in 1");
      assertThat(first(pair.b).receiver().track()).isSameAs(track);
      assertThat(first(pair.b).currentDirection()).isEqualTo(RTCRtpTransceiverDirection.RECVONLY);
    }
  }

  @Test
  void stoppingEndsBothSides() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource voice = new AudioTrackSource(48_000, 1)) {
      pair.a.addTrack(voice.track());
      pair.negotiate();
      RTCRtpTransceiver ours = first(pair.a);
      RTCRtpTransceiver theirs = first(pair.b);
      CompletableFuture<Void> ended = new CompletableFuture<>();
      theirs.receiver().track().onEnded(_ -> ended.complete(null));

      ours.stop();
      assertThat(ours.direction()).isEqualTo(RTCRtpTransceiverDirection.STOPPED);
      assertThat(ours.currentDirection()).isEqualTo(RTCRtpTransceiverDirection.SENDONLY);
      pair.negotiate();

      await(ended);
      assertThat(ours.currentDirection()).isEqualTo(RTCRtpTransceiverDirection.STOPPED);
      assertThat(theirs.currentDirection()).isEqualTo(RTCRtpTransceiverDirection.STOPPED);
      assertThat(ours.mid()).isNull();
      assertThat(pair.a.getTransceivers()).isEmpty();
      assertThat(pair.b.getTransceivers()).isEmpty();
      assertThatThrownBy(() -> ours.direction(RTCRtpTransceiverDirection.SENDONLY))
          .hasMessageContaining("stopped");
    }
  }

  @Test
  void rollbackTakesWhatTheOfferBrought() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource voice = new AudioTrackSource(48_000, 1)) {
      BlockingQueue<String> log = log(pair.b);
      pair.a.addTrack(voice.track(), new MediaStream(List.of(voice.track())));
      await(pair.a.setLocalDescription());
      await(pair.b.setRemoteDescription(pair.a.localDescription()));
      assertNext(log, "track in 1");
      RTCRtpTransceiver came = first(pair.b);

      await(pair.b.setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ROLLBACK, "")));

      assertNext(log, "removetrack");
      assertThat(pair.b.getTransceivers()).isEmpty();
      assertThat(came.direction()).isEqualTo(RTCRtpTransceiverDirection.STOPPED);
    }
  }

  @Test
  void glareEndsInOneSection() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource one = new AudioTrackSource(48_000, 1);
        AudioTrackSource other = new AudioTrackSource(48_000, 1)) {
      pair.a.addTrack(one.track());
      pair.b.addTrack(other.track());
      await(pair.a.setLocalDescription());
      await(pair.b.setLocalDescription());

      // b is polite: the offer it gets rolls its own back.
      await(pair.b.setRemoteDescription(pair.a.localDescription()));
      await(pair.b.setLocalDescription());
      await(pair.a.setRemoteDescription(pair.b.localDescription()));

      assertThat(pair.b.getTransceivers()).hasSize(1);
      assertThat(first(pair.b).sender().track()).isSameAs(other.track());
      assertThat(first(pair.b).currentDirection()).isEqualTo(RTCRtpTransceiverDirection.SENDRECV);
      assertThat(first(pair.a).mid()).isEqualTo(first(pair.b).mid());
    }
  }

  @Test
  void aTrackHasOneSenderAndARemovedOneSendsNoMore() {
    try (Pair pair = new Pair();
        AudioTrackSource voice = new AudioTrackSource(48_000, 1)) {
      RTCRtpSender sender = pair.a.addTrack(voice.track());
      assertThatThrownBy(() -> pair.a.addTrack(voice.track()))
          .isInstanceOf(DOMException.class)
          .extracting(e -> ((DOMException) e).name())
          .isEqualTo("InvalidAccessError");

      pair.a.removeTrack(sender);

      assertThat(sender.track()).isNull();
      assertThat(first(pair.a).direction()).isEqualTo(RTCRtpTransceiverDirection.RECVONLY);
      // It never sent, so it takes the track again.
      assertThat(pair.a.addTrack(voice.track())).isSameAs(sender);
      assertThat(first(pair.a).direction()).isEqualTo(RTCRtpTransceiverDirection.SENDRECV);
      pair.negotiate();
      pair.a.removeTrack(sender);
      assertThat(pair.a.addTrack(voice.track())).isNotSameAs(sender);
      assertThat(pair.a.getTransceivers()).hasSize(2);
    }
  }

  @Test
  void parametersFollowTheEncodingsThatThePeerTakes() {
    try (Pair pair = new Pair()) {
      RTCRtpTransceiver video =
          pair.a.addTransceiver(
              "video",
              new RTCRtpTransceiverInit()
                  .withSendEncodings(
                      encoding("h"),
                      encoding("m").withMaxBitrate(500_000L),
                      encoding("l").withMaxBitrate(100_000L).withActive(false)));
      await(pair.a.setLocalDescription());
      String offer = pair.a.localDescription().sdp();
      if (offer.contains("m=video 0 ")) {
        throw new AssertionError("no video codec: " + offer);
      }
      assertThat(offer).contains("a=simulcast:send h;m;~l");
      await(pair.b.setRemoteDescription(pair.a.localDescription()));
      await(pair.b.setLocalDescription());
      String answer = pair.b.localDescription().sdp().replace("recv h;m;l", "recv h;l");
      await(pair.a.setRemoteDescription(new RTCSessionDescriptionInit(RTCSdpType.ANSWER, answer)));

      List<RTCRtpEncodingParameters> encodings = video.sender().getParameters().encodings();
      assertThat(encodings).extracting(RTCRtpEncodingParameters::rid).containsExactly("h", "l");
      assertThat(encodings.getLast().maxBitrate()).isEqualTo(100_000L);
      assertThat(encodings.getLast().active()).isFalse();
    }
  }

  @Test
  void audioAndSingleEncodingsHaveNoRid() {
    try (Pair pair = new Pair()) {
      RTCRtpTransceiverInit two =
          new RTCRtpTransceiverInit().withSendEncodings(encoding("a"), encoding("b"));
      RTCRtpTransceiver audio = pair.a.addTransceiver("audio", two);
      RTCRtpTransceiver video =
          pair.a.addTransceiver(
              "video", new RTCRtpTransceiverInit().withSendEncodings(encoding("x")));

      assertThat(audio.sender().getParameters().encodings())
          .containsExactly(new RTCRtpEncodingParameters());
      assertThat(video.sender().getParameters().encodings())
          .containsExactly(new RTCRtpEncodingParameters().withScaleResolutionDownBy(1.0));
      assertThatThrownBy(() ->
              pair.a.addTransceiver(
                  "video",
                  new RTCRtpTransceiverInit().withSendEncodings(encoding("a"), encoding("a"))))
          .isInstanceOf(DOMException.class);
    }
  }

  @Test
  void preferredCodecsAloneAreOffered() {
    try (Pair pair = new Pair()) {
      RTCRtpTransceiver audio = pair.a.addTransceiver("audio");
      List<RTCRtpCodec> pcm =
          RTCRtpReceiver.getCapabilities("audio").codecs().stream()
              .filter(codec -> codec.mimeType().equalsIgnoreCase("audio/PCMU"))
              .toList();

      audio.setCodecPreferences(pcm);
      await(pair.a.setLocalDescription());

      assertThat(pair.a.localDescription().sdp())
          .containsPattern("m=audio \\d+ UDP/TLS/RTP/SAVPF 0\r\n");
    }
  }

  @Test
  void streamsMayChangeWithoutTheTrack() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource voice = new AudioTrackSource(48_000, 1)) {
      BlockingQueue<String> log = log(pair.b);
      RTCRtpSender sender = pair.a.addTrack(voice.track(), new MediaStream(List.of(voice.track())));
      pair.negotiate();
      assertNext(log, "track in 1");

      CompletableFuture<Void> needed = new CompletableFuture<>();
      pair.a.onNegotiationNeeded(_ -> needed.complete(null));
      sender.setStreams(new MediaStream(List.of(voice.track())));
      await(needed);
      pair.negotiate();

      // Out of the old stream, into the new one; the track itself is announced only once.
      assertNext(log, "removetrack");
      assertThat(log).isEmpty();
    }
  }
}
