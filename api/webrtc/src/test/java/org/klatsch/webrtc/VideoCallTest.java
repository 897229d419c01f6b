package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.klatsch.webrtc.AudioCallTest.nextTrack;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.fake.FrameCounter;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;

/// Two connections of this process see each other, by a codec in Java.
@Timeout(60)
final class VideoCallTest {
  private final FakeVideoCodec fake = new FakeVideoCodec();

  private Pair pair() {
    return new Pair(Pair.options().withCodecs(fake.codecs()));
  }

  /// Pushes numbered pictures, thirty a second.
  private static final class Camera implements AutoCloseable {
    final VideoTrackSource source = new VideoTrackSource();
    private final MediaPool.Ticker ticker;

    Camera(int width, int height) {
      FakeVideo video = new FakeVideo(width, height, 30);
      ticker = MediaPool.ticker(() -> source.push(video.next()), Duration.ofNanos(33_333_333));
    }

    MediaStreamTrack track() {
      return source.track();
    }

    @Override
    public void close() {
      ticker.close();
      source.close();
    }
  }

  /// Looks at a track until a picture is as expected.
  private static VideoFrame await(MediaStreamTrack track, Predicate<VideoFrame> expected)
      throws InterruptedException {
    BlockingQueue<VideoFrame> pictures = new LinkedBlockingQueue<>();
    try (VideoTrackSink _ = new VideoTrackSink(track, pictures::add)) {
      while (true) {
        VideoFrame next = pictures.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("a picture").isNotNull();
        if (expected.test(next)) {
          return next;
        }
      }
    }
  }

  private static boolean isNumbered(VideoFrame picture) {
    return FrameCounter.read(picture).isPresent();
  }

  private static RTCOutboundRtpStreamStats outbound(RTCPeerConnection connection) {
    return Pair.await(connection.getStats()).stream(RTCOutboundRtpStreamStats.class)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void picturesGoBothWaysWithRisingNumbers() throws Exception {
    try (Pair pair = pair();
        Camera small = new Camera(320, 180);
        Camera large = new Camera(640, 360)) {
      CompletableFuture<RTCTrackEvent> atB = nextTrack(pair.b);
      CompletableFuture<RTCTrackEvent> atA = nextTrack(pair.a);
      pair.a.addTrack(small.track());
      pair.b.addTrack(large.track());
      pair.negotiate();
      for (CompletableFuture<RTCTrackEvent> event : List.of(atA, atB)) {
        MediaStreamTrack track = Pair.await(event).track();
        int[] last = {-1};
        int[] rises = {0};
        VideoFrame picture =
            await(
                track,
                each -> {
                  OptionalInt number = FrameCounter.read(each);
                  assertThat(number.orElse(-1)).isGreaterThan(last[0]);
                  last[0] = number.getAsInt();
                  return ++rises[0] == 20;
                });
        assertThat(picture.width()).isEqualTo(event == atA ? 640 : 320);
        assertThat(track.muted()).isFalse();
      }
      RTCInboundRtpStreamStats inbound =
          Pair.await(pair.b.getStats()).stream(RTCInboundRtpStreamStats.class)
              .findFirst()
              .orElseThrow();
      assertThat(inbound.framesDecoded()).isGreaterThanOrEqualTo(20);
      assertThat(inbound.keyFramesDecoded()).isPositive();
      assertThat(inbound.frameWidth()).isEqualTo(320);
      assertThat(inbound.totalProcessingDelay()).isPositive();
      assertThat(inbound.decoderImplementation()).isEqualTo("fake");
      RTCOutboundRtpStreamStats outbound = outbound(pair.a);
      assertThat(outbound.framesEncoded()).isGreaterThanOrEqualTo(20);
      assertThat(outbound.frameWidth()).isEqualTo(320);
      assertThat(outbound.framesDropped()).isNotNull();
      assertThat(outbound.qualityLimitationReason()).isEqualTo(RTCQualityLimitationReason.NONE);
      assertThat(outbound.qualityLimitationDurations().get(RTCQualityLimitationReason.NONE))
          .isPositive();
      assertThat(outbound.hugeFramesSent()).isNotNegative();
      // Who came later has asked for a key frame.
      assertThat(outbound.pliCount()).isPositive();
    }
  }

  @Test
  void parametersChangeACallUnderWay() throws Exception {
    try (Pair pair = pair();
        Camera camera = new Camera(640, 360)) {
      CompletableFuture<RTCTrackEvent> event = nextTrack(pair.b);
      RTCRtpSender sender = pair.a.addTrack(camera.track());
      pair.negotiate();
      MediaStreamTrack track = Pair.await(event).track();
      await(track, each -> each.width() == 640 && isNumbered(each));
      RTCRtpSendParameters parameters = sender.getParameters();
      assertThat(parameters.degradationPreference()).isNull();
      RTCRtpEncodingParameters encoding = parameters.encodings().getFirst();
      Pair.await(
          sender.setParameters(
              parameters
                  .withEncodings(
                      encoding
                          .withScaleResolutionDownBy(2.0)
                          .withMaxFramerate(10.0)
                          .withMaxBitrate(80_000L))
                  .withDegradationPreference(RTCDegradationPreference.MAINTAIN_RESOLUTION)));
      await(track, each -> each.width() == 320 && isNumbered(each));
      while (fake.encoders.getLast().bitrate != 80_000) {
        await(track, VideoCallTest::isNumbered);
      }
      parameters = sender.getParameters();
      assertThat(parameters.degradationPreference())
          .isEqualTo(RTCDegradationPreference.MAINTAIN_RESOLUTION);
      Pair.await(sender.setParameters(parameters.withEncodings(encoding.withActive(false))));
      while (!fake.encoders.getLast().closed) {
        Thread.onSpinWait();
      }
      long sent = outbound(pair.a).framesEncoded();
      assertThat(outbound(pair.a).active()).isFalse();
      parameters = sender.getParameters();
      Pair.await(sender.setParameters(parameters.withEncodings(encoding)));
      await(track, each -> each.width() == 640 && isNumbered(each));
      assertThat(outbound(pair.a).framesEncoded()).isGreaterThan(sent);
    }
  }

  @Test
  void aMutedTrackIsBlackAndAnotherTakesItsPlace() throws Exception {
    try (Pair pair = pair();
        Camera camera = new Camera(640, 360);
        Camera other = new Camera(320, 180)) {
      CompletableFuture<RTCTrackEvent> event = nextTrack(pair.b);
      RTCRtpSender sender = pair.a.addTrack(camera.track());
      pair.negotiate();
      MediaStreamTrack track = Pair.await(event).track();
      await(track, VideoCallTest::isNumbered);
      camera.track().enabled(false);
      await(track, each -> !isNumbered(each));
      camera.track().enabled(true);
      await(track, VideoCallTest::isNumbered);
      // The stream's counters go on without a track, and with another one.
      long encoded = outbound(pair.a).framesEncoded();
      Pair.await(sender.replaceTrack(null));
      RTCOutboundRtpStreamStats paused = outbound(pair.a);
      assertThat(paused.framesEncoded()).isPositive().isGreaterThanOrEqualTo(encoded);
      assertThat(paused.framesSent()).isPositive();
      assertThat(paused.frameWidth()).isEqualTo(640);
      Pair.await(sender.replaceTrack(other.track()));
      await(track, each -> each.width() == 320 && isNumbered(each));
      assertThat(outbound(pair.a).framesEncoded()).isGreaterThan(paused.framesEncoded());
    }
  }

  /// Reverses the bits of all but the first ten bytes, which the packetizer looks at.
  private static EncodedFrame reversed(EncodedFrame frame) {
    byte[] payload = frame.payload().clone();
    for (int i = 10; i < payload.length; i++) {
      payload[i] ^= (byte) 0xff;
    }
    return ((EncodedVideoFrame) frame).withPayload(payload);
  }

  @Test
  void transformsChangeFramesOnBothSides() throws Exception {
    try (Pair pair = pair();
        Camera camera = new Camera(320, 180)) {
      CompletableFuture<RTCTrackEvent> event = nextTrack(pair.b);
      RTCRtpSender sender = pair.a.addTrack(camera.track());
      RTCRtpTransform transform = VideoCallTest::reversed;
      sender.transform(transform);
      assertThat(sender.transform()).isSameAs(transform);
      pair.negotiate();
      MediaStreamTrack track = Pair.await(event).track();
      // The number of a picture is turned round on its way: a negative one is no number.
      await(track, each -> !isNumbered(each));
      Pair.await(event).receiver().transform(VideoCallTest::reversed);
      await(track, VideoCallTest::isNumbered);
      sender.transform(null);
      await(track, each -> !isNumbered(each));
      Pair.await(event).receiver().transform(_ -> null);
      BlockingQueue<EncodedFrame> frames = new LinkedBlockingQueue<>();
      try (EncodedTrackSink _ = new EncodedTrackSink(track, frames::add)) {
        Pair.await(event).receiver().transform(null);
        assertThat(frames.poll(20, TimeUnit.SECONDS)).isInstanceOf(EncodedVideoFrame.class);
      }
    }
  }

  @Test
  void encodedFramesAreTakenAndGivenWithoutCoding() throws Exception {
    try (Pair pair = pair();
        Pair onwards = pair();
        Camera camera = new Camera(640, 360);
        EncodedTrackSource relay = new EncodedTrackSource("video")) {
      CompletableFuture<RTCTrackEvent> first = nextTrack(pair.b);
      CompletableFuture<RTCTrackEvent> second = nextTrack(onwards.b);
      pair.a.addTrack(camera.track());
      pair.negotiate();
      onwards.a.addTrack(relay.track());
      onwards.negotiate();
      try (EncodedTrackSink sink = new EncodedTrackSink(Pair.await(first).track(), relay::push)) {
        relay.onKeyFrameRequested(sink::requestKeyFrame);
        await(Pair.await(second).track(), each -> each.width() == 640 && isNumbered(each));
        assertThat(sink.dropped()).isZero();
      }
      // One encoder, and one decoder at the end.
      assertThat(fake.encoders).hasSize(1);
      assertThat(fake.decoders).hasSize(1);
    }
  }

  @Test
  void aSimulcastIsSentAndItsLargestEncodingShown() throws Exception {
    try (Pair pair = pair();
        Camera camera = new Camera(640, 360)) {
      CompletableFuture<RTCTrackEvent> event = nextTrack(pair.b);
      RTCRtpTransceiver transceiver =
          pair.a.addTransceiver(
              camera.track(),
              new RTCRtpTransceiverInit()
                  .withDirection(RTCRtpTransceiverDirection.SENDONLY)
                  .withSendEncodings(
                      new RTCRtpEncodingParameters().withRid("q").withMaxBitrate(60_000L),
                      new RTCRtpEncodingParameters().withRid("h").withMaxBitrate(120_000L),
                      new RTCRtpEncodingParameters().withRid("f").withMaxBitrate(240_000L)));
      assertThat(transceiver.sender().getParameters().encodings())
          .extracting(RTCRtpEncodingParameters::scaleResolutionDownBy)
          .containsExactly(4.0, 2.0, 1.0);
      pair.negotiate();
      assertThat(transceiver.sender().getParameters().encodings()).hasSize(3);
      MediaStreamTrack track = Pair.await(event).track();
      await(track, each -> each.width() == 640 && isNumbered(each));
      List<RTCOutboundRtpStreamStats> sent =
          Pair.await(pair.a.getStats()).stream(RTCOutboundRtpStreamStats.class).toList();
      assertThat(sent)
          .extracting(RTCOutboundRtpStreamStats::rid)
          .containsExactlyInAnyOrder("q", "h", "f");
      assertThat(sent)
          .extracting(RTCOutboundRtpStreamStats::frameWidth)
          .containsExactlyInAnyOrder(160, 320, 640);
      assertThat(Pair.await(pair.b.getStats()).stream(RTCInboundRtpStreamStats.class))
          .hasSize(3)
          .allMatch(each -> each.framesReceived() > 0);
      // Without the largest, the next one is shown.
      RTCRtpSendParameters parameters = transceiver.sender().getParameters();
      List<RTCRtpEncodingParameters> all = parameters.encodings();
      Pair.await(
          transceiver
              .sender()
              .setParameters(
                  parameters.withEncodings(all.get(0), all.get(1), all.get(2).withActive(false))));
      await(track, each -> each.width() == 320 && isNumbered(each));
    }
  }

  @Test
  void withoutACodecACallGoesOnWithoutPictures() throws Exception {
    PeerConnectionOptions options =
        Pair.options().withCodecs(new org.klatsch.codecs.Codecs(List.of()));
    try (Pair pair = new Pair(options);
        Camera camera = new Camera(320, 180)) {
      CompletableFuture<RTCTrackEvent> event = nextTrack(pair.b);
      pair.a.addTrack(camera.track());
      RTCDataChannel channel = pair.connect()[0];
      assertThat(Pair.await(event).track().muted()).isTrue();
      assertThat(channel.readyState()).isEqualTo(RTCDataChannelState.OPEN);
      assertThat(
              Pair.await(pair.a.getStats()).stream(RTCVideoSourceStats.class)
                  .findFirst()
                  .orElseThrow()
                  .frames())
          .isNotNegative();
    }
  }
}
