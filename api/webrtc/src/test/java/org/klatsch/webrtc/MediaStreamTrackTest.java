package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.media.EncodedFrame;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;

/// Tracks between sources and sinks of this process.
final class MediaStreamTrackTest {
  private static final RtpCodec VP8 = RtpCodec.of("video/VP8", 96, 90_000, 1);

  private static VideoFrame picture(int luma) {
    byte[] i420 = new byte[VideoFrame.size(4, 2)];
    java.util.Arrays.fill(i420, 0, 8, (byte) luma);
    return new VideoFrame(4, 2, i420, 0);
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T value = queue.poll(20, TimeUnit.SECONDS);
    assertThat(value).isNotNull();
    return value;
  }

  @Test
  void aTrackBeginsLiveAndEnabled() {
    try (VideoTrackSource source = new VideoTrackSource("screen")) {
      MediaStreamTrack track = source.track();
      assertThat(track.kind()).isEqualTo("video");
      assertThat(track.label()).isEqualTo("screen");
      assertThat(track.enabled()).isTrue();
      assertThat(track.muted()).isFalse();
      assertThat(track.readyState()).isEqualTo(MediaStreamTrackState.LIVE);
      assertThat(track.id()).hasSize(36);
    }
  }

  @Test
  void picturesGoToEverySinkOfTheTrackAndItsClones() throws Exception {
    try (VideoTrackSource source = new VideoTrackSource()) {
      BlockingQueue<VideoFrame> first = new LinkedBlockingQueue<>();
      BlockingQueue<VideoFrame> second = new LinkedBlockingQueue<>();
      MediaStreamTrack clone = source.track().clone();
      assertThat(clone.id()).isNotEqualTo(source.track().id());
      try (VideoTrackSink a = new VideoTrackSink(source.track(), first::add);
          VideoTrackSink b = new VideoTrackSink(clone, second::add)) {
        VideoFrame frame = picture(200);
        source.push(frame);
        assertThat(next(first)).isSameAs(frame);
        assertThat(next(second)).isSameAs(frame);
        clone.enabled(false);
        source.push(frame);
        assertThat(next(first)).isSameAs(frame);
        assertThat(next(second).i420()).startsWith(16, 16, 16, 16);
        assertThat(a.dropped() + b.dropped()).isZero();
      }
      assertThat(source.track().getSettings().width()).isEqualTo(4);
    }
  }

  @Test
  void stoppingATrackIsSilentAndEndingItsSourceIsNot() throws Exception {
    VideoTrackSource source = new VideoTrackSource();
    MediaStreamTrack stopped = source.track().clone();
    CompletableFuture<String> ended = new CompletableFuture<>();
    stopped.onEnded(_ -> ended.complete("stopped"));
    source.track().onEnded(_ -> ended.complete("source"));
    stopped.stop();
    assertThat(stopped.readyState()).isEqualTo(MediaStreamTrackState.ENDED);
    source.close();
    assertThat(ended.get(20, TimeUnit.SECONDS)).isEqualTo("source");
    assertThat(source.track().readyState()).isEqualTo(MediaStreamTrackState.ENDED);
    assertThat(source.track().clone().readyState()).isEqualTo(MediaStreamTrackState.ENDED);
  }

  @Test
  void encodedFramesPassUnchangedAndKeyFramesAreAskedFor() throws Exception {
    try (EncodedTrackSource source = new EncodedTrackSource("video")) {
      CompletableFuture<Boolean> asked = new CompletableFuture<>();
      source.onKeyFrameRequested(() -> asked.complete(true));
      BlockingQueue<EncodedFrame> frames = new LinkedBlockingQueue<>();
      try (EncodedTrackSink sink = new EncodedTrackSink(source.track(), frames::add)) {
        sink.requestKeyFrame();
        assertThat(asked.get(20, TimeUnit.SECONDS)).isTrue();
        EncodedFrame frame = EncodedVideoFrame.of(VP8, new byte[] {1}, 0, true, 0);
        source.push(frame);
        assertThat(next(frames)).isSameAs(frame);
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new EncodedTrackSink(new VideoTrackSource().track(), frames::add));
    }
  }

  @Test
  void pushedAudioLeavesInRealTimeAndCanBeTakenBack() throws Exception {
    try (AudioTrackSource source = new AudioTrackSource(8_000, 1)) {
      BlockingQueue<AudioFrame> heard = new LinkedBlockingQueue<>();
      short[] second = new short[8_000];
      java.util.Arrays.fill(second, (short) 7);
      source.push(second);
      assertThat(source.buffered()).isEqualTo(Duration.ofSeconds(1));
      TrackConsumer ear =
          new TrackConsumer() {
            @Override
            public void audio(AudioFrame frame) {
              heard.add(frame);
            }
          };
      source.track().addConsumer(ear);
      AudioFrame frame = next(heard);
      assertThat(frame.frames()).isEqualTo(160);
      assertThat(frame.samples()).containsOnly((short) 7);
      assertThat(source.clear()).isBetween(Duration.ofMillis(1), Duration.ofMillis(980));
      List<AudioFrame> silence = new ArrayList<>();
      while (silence.isEmpty() || silence.getLast().samples()[0] != 0) {
        silence.add(next(heard));
      }
      source.push(new float[] {1f, -1f, 0.5f});
      source.drained().get(20, TimeUnit.SECONDS);
      AudioFrame last = next(heard);
      while (last.samples()[0] == 0) {
        last = next(heard);
      }
      assertThat(last.samples()).startsWith((short) 32_767, (short) -32_768, (short) 16_384);
      source.track().removeConsumer(ear);
    }
  }

  @Test
  void whatExceedsTheLimitIsDroppedAndCounted() {
    try (AudioTrackSource source =
        new AudioTrackSource(8_000, 2, Duration.ofMillis(100), "speech")) {
      source.push(new short[2_000]);
      assertThat(source.buffered()).isEqualTo(Duration.ofMillis(100));
      assertThat(source.dropped()).isEqualTo(400);
      assertThat(source.track().getSettings().channelCount()).isEqualTo(2);
      assertThat(source.track().getCapabilities().sampleRate())
          .isEqualTo(new ULongRange(8_000, 8_000));
    }
  }

  @Test
  void constraintsThatCannotBeHadChangeNothing() {
    try (AudioTrackSource source = new AudioTrackSource(16_000, 1)) {
      MediaStreamTrack track = source.track();
      MediaTrackConstraints impossible =
          new MediaTrackConstraints(
              new MediaTrackConstraintSet().withSampleRate(ConstrainULongRange.exact(48_000)));
      assertThat(track.applyConstraints(impossible))
          .failsWithin(20, TimeUnit.SECONDS)
          .withThrowableOfType(java.util.concurrent.ExecutionException.class)
          .withCauseInstanceOf(OverconstrainedError.class);
      assertThat(track.getConstraints()).isEqualTo(new MediaTrackConstraints());
      MediaTrackConstraints wish =
          new MediaTrackConstraints(new MediaTrackConstraintSet().withSampleRate(48_000));
      assertThat(track.applyConstraints(wish)).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(track.getConstraints()).isEqualTo(wish);
      assertThat(track.getSettings().sampleRate()).isEqualTo(16_000);
    }
  }

  @Test
  void streamsHoldTracksOnceAndInOrder() {
    MediaStreamTrack audio = new AudioTrackSource(8_000, 1).track();
    MediaStreamTrack video = new VideoTrackSource().track();
    MediaStream stream = new MediaStream(List.of(audio));
    stream.addTrack(video);
    stream.addTrack(audio);
    assertThat(stream.getTracks()).containsExactly(audio, video);
    assertThat(stream.getAudioTracks()).containsExactly(audio);
    assertThat(stream.getVideoTracks()).containsExactly(video);
    assertThat(stream.getTrackById(video.id())).isSameAs(video);
    assertThat(stream.active()).isTrue();
    MediaStream copy = stream.clone();
    assertThat(copy.id()).isNotEqualTo(stream.id());
    assertThat(copy.getTracks()).hasSize(2).doesNotContain(audio, video);
    stream.removeTrack(video);
    audio.stop();
    assertThat(stream.active()).isFalse();
    assertThat(copy.active()).isTrue();
    assertThat(new MediaStream(stream).getTracks()).containsExactly(audio);
  }
}
