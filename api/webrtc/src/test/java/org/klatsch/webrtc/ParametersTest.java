package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.webrtc.Pair.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `getParameters`, `setParameters` and the sources of a receiver, W3C WebRTC §5.2 and §5.3.
@Timeout(60)
final class ParametersTest {
  private static void rejects(String name, CompletableFuture<?> promise) {
    assertThat(promise)
        .failsWithin(20, TimeUnit.SECONDS)
        .withThrowableOfType(ExecutionException.class)
        .havingCause()
        .isInstanceOfSatisfying(
            DOMException.class, e -> assertThat(e.name()).as(e.message()).isEqualTo(name));
  }

  private static RTCRtpSendParameters withEncodings(
      RTCRtpSendParameters parameters, List<RTCRtpEncodingParameters> encodings) {
    return parameters.withEncodings(encodings);
  }

  private static RTCRtpSendParameters first(
      RTCRtpSendParameters parameters, RTCRtpEncodingParameters encoding) {
    return withEncodings(parameters, List.of(encoding));
  }

  @Test
  void parametersAreTakenOnceAndFromTheLastGetParameters() {
    try (Pair pair = new Pair();
        AudioTrackSource voice = new AudioTrackSource(48_000, 1)) {
      RTCRtpSender sender = pair.a.addTrack(voice.track());
      pair.negotiate();
      RTCRtpSendParameters old = sender.getParameters();
      RTCRtpSendParameters last = sender.getParameters();
      assertThat(old.transactionId()).isNotEqualTo(last.transactionId());
      rejects("InvalidModificationError", sender.setParameters(old));
      await(sender.setParameters(last));
      rejects("InvalidStateError", sender.setParameters(last));
    }
  }

  @Test
  void aStoppedTransceiverTakesNone() {
    try (Pair pair = new Pair();
        AudioTrackSource voice = new AudioTrackSource(48_000, 1)) {
      RTCRtpSender sender = pair.a.addTrack(voice.track());
      RTCRtpSendParameters parameters = sender.getParameters();
      pair.a.getTransceivers().getFirst().stop();
      rejects("InvalidStateError", sender.setParameters(parameters));
    }
  }

  @Test
  void onlyWhatMayChangeChanges() {
    try (Pair pair = new Pair();
        AudioTrackSource voice = new AudioTrackSource(48_000, 1)) {
      RTCRtpSender sender = pair.a.addTrack(voice.track());
      pair.negotiate();
      RTCRtpSendParameters parameters = sender.getParameters();
      RTCRtpEncodingParameters encoding = parameters.encodings().getFirst();
      assertThat(parameters.codecs()).isNotEmpty();
      assertThat(parameters.rtcp().cname()).isNotEmpty();

      rejects(
          "InvalidModificationError",
          sender.setParameters(withEncodings(parameters, List.of(encoding, encoding))));
      rejects(
          "InvalidModificationError", sender.setParameters(withEncodings(parameters, List.of())));
      rejects(
          "InvalidModificationError",
          sender.setParameters(first(parameters, encoding.withRid("a"))));
      rejects(
          "InvalidModificationError",
          sender.setParameters(
              first(
                  parameters, encoding.withCodec(new RTCRtpCodec("audio/none", 8_000, 1, null)))));
      rejects("RangeError", sender.setParameters(first(parameters, encoding.withMaxBitrate(-1L))));

      await(
          sender.setParameters(
              first(parameters, encoding.withMaxBitrate(20_000L).withActive(false))));
      RTCRtpEncodingParameters changed = sender.getParameters().encodings().getFirst();
      assertThat(changed.maxBitrate()).isEqualTo(20_000L);
      assertThat(changed.active()).isFalse();
    }
  }

  @Test
  void videoHasRangesOfItsOwn() {
    try (Pair pair = new Pair();
        VideoTrackSource camera = new VideoTrackSource()) {
      RTCRtpSender sender = pair.a.addTrack(camera.track());
      pair.negotiate();
      RTCRtpSendParameters parameters = sender.getParameters();
      RTCRtpEncodingParameters encoding = parameters.encodings().getFirst();
      rejects(
          "RangeError",
          sender.setParameters(first(parameters, encoding.withScaleResolutionDownBy(0.5))));
      rejects(
          "RangeError",
          sender.setParameters(first(parameters, encoding.withScaleResolutionDownBy(Double.NaN))));
      rejects(
          "RangeError", sender.setParameters(first(parameters, encoding.withMaxFramerate(-1.0))));
      await(
          sender.setParameters(
              first(parameters, encoding.withScaleResolutionDownBy(2.0).withMaxFramerate(10.0))));
      RTCRtpEncodingParameters changed = sender.getParameters().encodings().getFirst();
      assertThat(changed.scaleResolutionDownBy()).isEqualTo(2.0);
      assertThat(changed.maxFramerate()).isEqualTo(10.0);
    }
  }

  @Test
  void encodingsOfATransceiverAreCheckedAtOnce() {
    try (Pair pair = new Pair()) {
      List<RTCRtpEncodingParameters> wrong = new ArrayList<>();
      wrong.add(new RTCRtpEncodingParameters().withScaleResolutionDownBy(0.1));
      wrong.add(new RTCRtpEncodingParameters().withMaxFramerate(-5.0));
      for (RTCRtpEncodingParameters each : wrong) {
        assertThatThrownBy(() ->
                pair.a.addTransceiver("video", new RTCRtpTransceiverInit().withSendEncodings(each)))
            .isInstanceOfSatisfying(
                DOMException.class, e -> assertThat(e.name()).isEqualTo("RangeError"));
      }
    }
  }

  @Test
  void aReceiverTellsWhomItHeard() throws Exception {
    try (Pair pair = new Pair();
        AudioTrackSource voice = AudioCallTest.tone(440)) {
      CompletableFuture<RTCTrackEvent> incoming = AudioCallTest.nextTrack(pair.b);
      pair.a.addTrack(voice.track());
      pair.negotiate();
      RTCTrackEvent event = await(incoming);
      RTCRtpReceiver receiver = event.receiver();
      AudioCallTest.awaitTone(event.track(), 440);
      List<RTCRtpSynchronizationSource> sources = receiver.getSynchronizationSources();
      assertThat(sources).hasSize(1);
      RTCRtpSynchronizationSource source = sources.getFirst();
      RTCInboundRtpStreamStats inbound =
          await(pair.b.getStats()).stream(RTCInboundRtpStreamStats.class).findFirst().orElseThrow();
      assertThat(source.source()).isEqualTo(inbound.ssrc());
      // A sine of 8,000 has a level of 8,000 / 32,768 / √2.
      assertThat(source.audioLevel()).isBetween(0.12, 0.25);
      assertThat(source.timestamp())
          .isBetween(System.currentTimeMillis() - 20_000.0, System.currentTimeMillis() + 1_000.0);
      // Nobody has mixed this.
      assertThat(receiver.getContributingSources()).isEmpty();
      assertThat(receiver.getParameters().codecs()).isNotEmpty();
    }
  }
}
