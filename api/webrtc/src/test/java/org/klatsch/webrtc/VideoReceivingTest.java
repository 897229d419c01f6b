package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.fake.FrameCounter;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.FrameOrigin;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.SenderReportInfo;
import org.klatsch.rtp.NtpTime;

/// How received frames become pictures.
@Timeout(60)
final class VideoReceivingTest {
  private static final RtpCodec VP8 = RtpCodec.of("video/VP8", 96, 90_000, 1);
  private static final long MILLI = 1_000_000L;

  private record Shown(VideoFrame picture, long time) {
    int number() {
      return FrameCounter.read(picture).orElse(-1);
    }
  }

  private final FakeVideoCodec fake = new FakeVideoCodec();
  private final BlockingQueue<Shown> shown = new LinkedBlockingQueue<>();
  private final Semaphore requests = new Semaphore(0);

  /// Stands for the source of a peer's track.
  private final VideoTrackSource source = new VideoTrackSource();

  /// Stands still but for the tests of time, so that no slow machine makes frames late.
  private volatile boolean timeRuns;

  private final VideoReceiving receiving = new VideoReceiving(source, fake.codecs(), this::now);
  private FakeVideoCodec.Encoder encoder =
      new FakeVideoCodec().new Encoder(VideoEncoderOptions.defaults().withBitrate(10_000));
  private FakeVideo video = new FakeVideo(128, 64, 30);

  @BeforeEach
  void listen() {
    source.onPictureRequested(requests::release);
    source
        .track()
        .addConsumer(
            new TrackConsumer() {
              @Override
              public void video(VideoFrame frame) {
                shown.add(new Shown(frame, System.nanoTime()));
              }
            });
    receiving.listen(true);
  }

  @AfterEach
  void close() {
    receiving.close();
  }

  private long now() {
    return timeRuns ? System.nanoTime() : 0;
  }

  private EncodedVideoFrame frame(boolean keyFrame) {
    EncodedVideo encoded = encoder.encode(video.next(), keyFrame);
    return EncodedVideoFrame.of(VP8, encoded.data(), 0, encoded.keyFrame(), now());
  }

  private void receive(boolean keyFrame) {
    receiving.frame(frame(keyFrame), now());
  }

  private Shown next() throws InterruptedException {
    Shown next = shown.poll(20, TimeUnit.SECONDS);
    assertThat(next).as("a picture").isNotNull();
    return next;
  }

  private void awaitRequest() throws InterruptedException {
    assertThat(requests.tryAcquire(20, TimeUnit.SECONDS)).as("a key frame request").isTrue();
  }

  @Test
  void whoeverListensAsksForAKeyFrame() throws Exception {
    awaitRequest();
  }

  @Test
  void aPictureIsShownWhenItIsDue() throws Exception {
    timeRuns = true;
    long due = System.nanoTime() + 150 * MILLI;
    receiving.frame(frame(true), due);
    receiving.frame(frame(false), due + 100 * MILLI);
    Shown first = next();
    assertThat(first.time()).isGreaterThan(due - 20 * MILLI);
    assertThat(first.picture().timestampNanos()).isEqualTo(due);
    assertThat(next().time()).isGreaterThan(due + 80 * MILLI);
  }

  @Test
  void picturesMayChangeTheirSize() throws Exception {
    receive(true);
    assertThat(next().picture().width()).isEqualTo(128);
    video = new FakeVideo(256, 128, 30);
    receive(false);
    assertThat(next().picture().width()).isEqualTo(256);
    assertThat(receiving.width()).isEqualTo(256);
    assertThat(receiving.keyFramesDecoded()).isEqualTo(2);
    assertThat(fake.decoders).hasSize(1);
  }

  @Test
  void nothingIsShownBeforeAKeyFrame() throws Exception {
    encoder.encode(video.next(), true);
    receive(false);
    receive(false);
    receive(true);
    assertThat(next().number()).isEqualTo(3);
    assertThat(receiving.framesDropped()).isEqualTo(2);
  }

  @Test
  void aDamagedFrameAsksForAKeyFrameAndHidesWhatFollows() throws Exception {
    awaitRequest();
    receive(true);
    assertThat(next().number()).isZero();
    EncodedVideoFrame damaged = frame(false);
    ByteBuffer.wrap(damaged.payload()).putInt(0x11000000);
    receiving.frame(damaged, now());
    receive(false);
    awaitRequest();
    receive(true);
    assertThat(next().number()).isEqualTo(3);
    assertThat(receiving.framesDropped()).isEqualTo(2);
  }

  @Test
  void aDecoderThatFailsIsReplaced() throws Exception {
    awaitRequest();
    receive(true);
    next();
    fake.failures.set(1);
    receive(false);
    awaitRequest();
    receive(true);
    assertThat(next().number()).isEqualTo(2);
    assertThat(fake.decoders).hasSize(2);
    assertThat(fake.decoders.getFirst().closed).isTrue();
  }

  @Test
  void whatWaitsIsBounded() throws Exception {
    awaitRequest();
    CountDownLatch brake = new CountDownLatch(1);
    fake.brake = brake;
    receive(true);
    while (fake.decoders.isEmpty()) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 200; i++) {
      receive(false);
    }
    awaitRequest();
    assertThat(receiving.framesDropped()).isGreaterThan(100);
    brake.countDown();
    receive(true);
    int number = next().number();
    assertThat(number).isZero();
    assertThat(next().number()).isEqualTo(201);
  }

  @Test
  void withoutListenersNothingIsDecoded() throws Exception {
    receiving.listen(false);
    receive(true);
    receiving.listen(true);
    receive(true);
    assertThat(next().number()).isEqualTo(1);
    assertThat(receiving.framesDecoded()).isEqualTo(1);
    assertThat(receiving.framesDropped()).isZero();
  }

  @Test
  void withoutADecoderItSaysWhatToAdd() throws Exception {
    List<String> messages = new ArrayList<>();
    CountDownLatch logged = new CountDownLatch(1);
    Logger logger = Logger.getLogger(VideoReceiving.class.getName());
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord message) {
            messages.add(message.getMessage());
            logged.countDown();
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    try {
      VideoReceiving none = new VideoReceiving(source, new Codecs(List.of()), this::now);
      none.listen(true);
      none.frame(frame(true), now());
      none.frame(frame(false), now());
      assertThat(logged.await(20, TimeUnit.SECONDS)).isTrue();
      none.close();
    } finally {
      logger.removeHandler(handler);
    }
    assertThat(messages.getFirst())
        .contains("not shown: no decoder for video/VP8")
        .contains("add org.klatsch:klatsch-codecs-ffmpeg");
  }

  @Test
  void theStatisticsTellHowLongFramesTook() throws Exception {
    for (int i = 0; i < 3; i++) {
      EncodedVideoFrame made = frame(i == 0);
      // 30 ms from its first packet to its last, 50 ms to its picture; the first has one packet.
      FrameOrigin origin =
          new FrameOrigin(
              7, null, 4 * i, i == 0 ? 0 : 4 * i + 3, new int[0], 0, false, -50 * MILLI);
      receiving.frame(
          new EncodedVideoFrame(
              VP8,
              made.payload(),
              3_000 * i,
              made.keyFrame(),
              128,
              64,
              0,
              0,
              -1,
              false,
              -20 * MILLI,
              origin),
          now());
      next();
    }
    StatsValues values = new StatsValues(0, "I7");
    receiving.putInto(values);
    RTCInboundRtpStreamStats stats = new RTCInboundRtpStreamStats(values);
    assertThat(stats.framesDecoded()).isEqualTo(3);
    assertThat(stats.keyFramesDecoded()).isEqualTo(1);
    assertThat(stats.totalProcessingDelay()).isEqualTo(0.15);
    assertThat(stats.framesAssembledFromMultiplePackets()).isEqualTo(2);
    assertThat(stats.totalAssemblyTime()).isEqualTo(0.06);
    assertThat(stats.decoderImplementation()).isEqualTo("fake");
    assertThat(stats.powerEfficientDecoder()).isTrue();
    assertThat(receiving.shown()).isEqualTo(new PlayoutPoint(7, 6_000, 0));
  }

  @Test
  void whatIsShownIsFoundOnTheSendersClock() {
    // 2026-01-01, at RTP timestamp 90,000: the picture was sent half a second later.
    long epoch = 1_767_225_600_000L;
    SenderReportInfo report =
        new SenderReportInfo(5, NtpTime.ofEpoch(epoch / 1_000, 0), 90_000, 1, 1, 1);
    PlayoutPoint point = new PlayoutPoint(7, 135_000, 1_000 * MILLI);
    assertThat(point.estimate(report, 90_000, 1_040 * MILLI)).isEqualTo(epoch + 540.0);
    PlayoutPoint before = new PlayoutPoint(7, 45_000, 1_000 * MILLI);
    assertThat(before.estimate(report, 90_000, 1_000 * MILLI)).isEqualTo(epoch - 500.0);
  }
}
