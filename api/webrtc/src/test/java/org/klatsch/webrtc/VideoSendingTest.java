package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.MediaKind;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpEncoding;
import org.klatsch.media.RtpHeaderExtension;
import org.klatsch.media.RtpSendParameters;
import org.klatsch.rtp.ExtensionType;

/// What a sender makes of the pictures of its track.
@Timeout(60)
final class VideoSendingTest {
  private record Sent(int encoding, EncodedVideoFrame frame) {}

  private final EncodingFigures figures = new EncodingFigures(System::nanoTime);
  private final FakeVideoCodec fake = new FakeVideoCodec();
  private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
  private final FakeVideo video = new FakeVideo(640, 360, 30);
  private final VideoTrackSource source = new VideoTrackSource();

  private static RtpSendParameters parameters(int encodings, RtpHeaderExtension... extensions) {
    List<RtpEncoding> all = new ArrayList<>();
    for (int i = 0; i < encodings; i++) {
      RtpEncoding each = RtpEncoding.ofSsrc(100 + i);
      all.add(encodings == 1 ? each : each.withRid("r" + i));
    }
    return new RtpSendParameters(
        "0",
        "cname",
        MediaKind.VIDEO,
        List.of(RtpCodec.of("video/AV1", 45, 90_000, 1), RtpCodec.of("video/VP8", 96, 90_000, 1)),
        List.of(extensions),
        all,
        false);
  }

  private VideoSending sending(RtpSendParameters parameters) {
    VideoSending sending =
        new VideoSending(
            source.track(),
            (frame, encoding) -> sent.add(new Sent(encoding, (EncodedVideoFrame) frame)),
            true,
            parameters,
            fake.codecs(),
            _ -> figures,
            System::nanoTime);
    source.track().addConsumer(sending);
    return sending;
  }

  private Sent next() throws InterruptedException {
    Sent next = sent.poll(20, TimeUnit.SECONDS);
    assertThat(next).as("a frame").isNotNull();
    return next;
  }

  /// Pictures as they come until one is sent.
  private Sent pushUntilSent() throws InterruptedException {
    sent.clear();
    Sent next = null;
    while (next == null) {
      source.push(video.next());
      next = sent.poll(20, TimeUnit.MILLISECONDS);
    }
    return next;
  }

  @Test
  void feedsEveryEncodingOfASimulcast() throws Exception {
    VideoSending sending = sending(parameters(3));
    sending.wishes(
        RTCRtpSender.withScales(
            List.of(
                new RTCRtpEncodingParameters().withRid("r0"),
                new RTCRtpEncodingParameters().withRid("r1"),
                new RTCRtpEncodingParameters().withRid("r2"))),
        null);
    for (int i = 0; i < 3; i++) {
      sending.targetBitrate(i, 1_000_000);
    }
    source.push(video.next());
    for (int i = 0; i < 3; i++) {
      Sent each = next();
      assertThat(each.encoding()).isEqualTo(i);
      assertThat(each.frame().keyFrame()).isTrue();
      assertThat(each.frame().width()).isEqualTo(160 << i);
      assertThat(each.frame().codec().mimeType()).isEqualTo("video/VP8");
    }
    sending.requestKeyFrame(1);
    source.push(video.next());
    for (int i = 0; i < 3; i++) {
      assertThat(next().frame().keyFrame()).isEqualTo(i == 1);
    }
    sending.close();
  }

  @Test
  void fewerEncodingsRestTheOthers() throws Exception {
    VideoSending sending = sending(parameters(2));
    sending.targetBitrate(1, 1_000_000);
    source.push(video.next());
    next();
    next();
    sending.parameters(parameters(1));
    source.push(video.next());
    assertThat(next().encoding()).isZero();
    source.push(video.next());
    assertThat(next().encoding()).isZero();
    assertThat(fake.encoders.get(1).closed).isTrue();
    sending.close();
  }

  @Test
  void picturesAreLeftOutWhileTheEncoderIsBusy() throws Exception {
    VideoSending sending = sending(parameters(1));
    CountDownLatch brake = new CountDownLatch(1);
    fake.brake = brake;
    source.push(video.next());
    while (fake.encoders.isEmpty()) {
      Thread.onSpinWait();
    }
    for (int i = 0; i < 9; i++) {
      source.push(video.next());
    }
    assertThat(sending.frames()).isEqualTo(10);
    assertThat(sending.framesDropped()).isEqualTo(8);
    brake.countDown();
    next();
    next();
    assertThat(figures.framesEncoded()).isEqualTo(2);
    sending.close();
  }

  @Test
  void closingDoesNotWaitForThePictureInWork() throws Exception {
    VideoSending sending = sending(parameters(1));
    CountDownLatch brake = new CountDownLatch(1);
    fake.brake = brake;
    source.push(video.next());
    while (fake.encoders.isEmpty()) {
      Thread.onSpinWait();
    }
    sending.close();
    assertThat(fake.encoders.getFirst().closed).isFalse();
    source.push(video.next());
    brake.countDown();
    while (!fake.encoders.getFirst().closed) {
      Thread.onSpinWait();
    }
    assertThat(fake.encoders.getFirst().made).hasSize(1);
  }

  @Test
  void theContentSaysWhatIsGivenUp() throws Exception {
    source.track().contentHint("text");
    source.track().contentHint("speech");
    assertThat(source.track().contentHint()).isEqualTo("text");
    VideoSending sending = sending(parameters(1));
    sending.targetBitrate(0, 20_000);
    assertThat(pushUntilSent().frame().width()).isEqualTo(640);
    source.track().contentHint("motion");
    while (pushUntilSent().frame().width() > 400) {
      assertThat(source.track().contentHint()).isEqualTo("motion");
    }
    sending.wishes(List.of(), RTCDegradationPreference.MAINTAIN_RESOLUTION);
    while (pushUntilSent().frame().width() < 640) {
      assertThat(source.track().contentHint()).isEqualTo("motion");
    }
    sending.close();
  }

  @Test
  void picturesAreTurnedForAPeerThatDoesNot() throws Exception {
    VideoFrame lying = video.next();
    VideoFrame turned = new VideoFrame(640, 360, lying.i420(), 90, 0);
    VideoSending plain = sending(parameters(1));
    source.push(turned);
    EncodedVideoFrame upright = next().frame();
    assertThat(upright.width()).isEqualTo(360);
    assertThat(upright.rotation()).isZero();
    source.track().removeConsumer(plain);
    plain.close();
    VideoSending telling =
        sending(parameters(1, new RtpHeaderExtension(ExtensionType.VIDEO_ORIENTATION.uri(), 4)));
    source.push(turned);
    EncodedVideoFrame told = next().frame();
    assertThat(told.width()).isEqualTo(640);
    assertThat(told.rotation()).isEqualTo(90);
    telling.close();
  }

  @Test
  void theLastPictureOfAStillSourceIsShownToWhoComesLater() throws Exception {
    source.push(video.next());
    long pushed = System.nanoTime();
    while (System.nanoTime() - pushed < 250_000_000) {
      Thread.onSpinWait();
    }
    VideoSending sending = sending(parameters(1));
    source.requestKeyFrame();
    assertThat(next().frame().keyFrame()).isTrue();
    // Muted, black takes its place.
    source.track().enabled(false);
    next();
    byte[] data = fake.encoders.getFirst().made.getLast().data();
    assertThat(data[10]).as("no number").isEqualTo((byte) -1);
    sending.close();
  }
}
