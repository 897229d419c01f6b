package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.fake.FrameCounter;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.RtpCodec;

/// One encoding follows its parameters; in virtual time.
final class VideoEncodingTest {
  private static final long SECOND = 1_000_000_000L;
  private static final RtpCodec VP8 = RtpCodec.of("video/VP8", 96, 90_000, 1);
  private static final VideoEncoding.Wish PLAIN =
      new VideoEncoding.Wish(VP8, true, 0, 1, null, RTCDegradationPreference.BALANCED, true, 30);

  private final FakeVideoCodec fake = new FakeVideoCodec();
  private final List<String> complaints = new ArrayList<>();
  private final EncodingFigures figures = new EncodingFigures(System::nanoTime);
  private final VideoEncoding encoding =
      new VideoEncoding(fake.codecs(), false, complaints::add, figures, System::nanoTime);
  private final FakeVideo video = new FakeVideo(640, 360, 30);
  private int pictures;

  private static VideoEncoding.Wish wish(
      boolean active, long maxBitrate, double scale, @Nullable Double maxFramerate) {
    return new VideoEncoding.Wish(
        VP8, active, maxBitrate, scale, maxFramerate, RTCDegradationPreference.BALANCED, true, 30);
  }

  private @Nullable EncodedVideoFrame encode(VideoEncoding.Wish wish) {
    return encode(encoding, wish);
  }

  private @Nullable EncodedVideoFrame encode(VideoEncoding of, VideoEncoding.Wish wish) {
    long now = SECOND + pictures++ * SECOND / 30;
    return of.encode(video.next(), now, wish);
  }

  private int count(int frames, VideoEncoding.Wish wish) {
    int count = 0;
    for (int i = 0; i < frames; i++) {
      count += encode(wish) == null ? 0 : 1;
    }
    return count;
  }

  private static void assertSize(@Nullable EncodedVideoFrame frame, int width, int height) {
    assertThat(frame).isNotNull();
    assertThat(frame.width()).isEqualTo(width);
    assertThat(frame.height()).isEqualTo(height);
  }

  @Test
  void scalesPictures() {
    assertSize(encode(PLAIN), 640, 360);
    EncodedVideoFrame half = encode(wish(true, 0, 2, null));
    assertSize(half, 320, 180);
    assertThat(half.keyFrame()).isTrue();
    assertSize(encode(wish(true, 0, 1.5, null)), 426, 240);
    assertSize(encode(wish(true, 0, 1_000, null)), 2, 2);
  }

  @Test
  void aScaledPictureKeepsItsNumber() {
    VideoFrame[] seen = new VideoFrame[1];
    encode(wish(true, 0, 2, null));
    byte[] data = fake.encoders.getFirst().made.getFirst().data();
    seen[0] = fake.new Decoder().decode(data, 0, data.length, 0);
    assertThat(FrameCounter.read(seen[0])).hasValue(0);
  }

  @Test
  void leavesOutPicturesBeyondTheFrameRate() {
    assertThat(count(300, wish(true, 0, 1, 10.0))).isBetween(99, 101);
    assertThat(count(300, wish(true, 0, 1, 20.0))).isBetween(198, 202);
    assertThat(count(300, wish(true, 0, 1, 60.0))).isEqualTo(300);
    assertThat(fake.encoders.getLast().frameRate).isEqualTo(30);
  }

  @Test
  void aFrameRateOfZeroFreezesThePicture() {
    assertThat(count(30, wish(true, 0, 1, 0.0))).isEqualTo(1);
    encoding.requestKeyFrame();
    assertThat(count(30, wish(true, 0, 1, 0.0))).isEqualTo(1);
  }

  @Test
  void anInactiveEncodingIsSilentAndBeginsAgainWithAKeyFrame() {
    assertThat(encode(PLAIN).keyFrame()).isTrue();
    assertThat(encode(PLAIN).keyFrame()).isFalse();
    assertThat(encode(wish(false, 0, 1, null))).isNull();
    assertThat(fake.encoders.getFirst().closed).isTrue();
    assertThat(encode(PLAIN).keyFrame()).isTrue();
  }

  @Test
  void theEncoderGetsTheLowerOfTargetAndLimit() {
    encode(wish(true, 200_000, 1, null));
    FakeVideoCodec.Encoder encoder = fake.encoders.getFirst();
    assertThat(encoder.options.bitrateBps()).isEqualTo(200_000);
    encoding.target(900_000);
    encode(wish(true, 700_000, 1, null));
    assertThat(encoder.bitrate).isEqualTo(700_000);
    encoding.target(400_000);
    encode(wish(true, 700_000, 1, null));
    assertThat(encoder.bitrate).isEqualTo(400_000);
    encode(PLAIN);
    assertThat(encoder.bitrate).isEqualTo(400_000);
    assertThat(fake.encoders).hasSize(1);
  }

  @Test
  void aRequestedKeyFrameComesAlsoWhenAPictureIsDropped() {
    encode(PLAIN);
    assertThat(encode(PLAIN).keyFrame()).isFalse();
    encoding.requestKeyFrame();
    fake.encoders.getFirst().dropsNext = true;
    assertThat(encode(PLAIN)).isNull();
    assertThat(encode(PLAIN).keyFrame()).isTrue();
    assertThat(encode(PLAIN).keyFrame()).isFalse();
  }

  @Test
  void tooFewBitsGiveUpWhatThePreferenceSays() {
    encoding.target(100_000);
    VideoEncoding.Wish detail =
        new VideoEncoding.Wish(
            VP8, true, 0, 1, null, RTCDegradationPreference.MAINTAIN_RESOLUTION, true, 30);
    assertThat(count(60, detail)).isBetween(18, 42);
    assertThat(figures.width()).isEqualTo(640);
    assertThat(figures.limitation()).isEqualTo(RTCQualityLimitationReason.BANDWIDTH);
    VideoEncoding.Wish motion =
        new VideoEncoding.Wish(
            VP8, true, 0, 1, null, RTCDegradationPreference.MAINTAIN_FRAMERATE, true, 30);
    assertThat(count(60, motion)).isEqualTo(60);
    assertThat(figures.width()).isBetween(200, 500);
    encoding.target(2_000_000);
    count(600, motion);
    assertThat(figures.width()).isEqualTo(640);
    assertThat(figures.limitation()).isEqualTo(RTCQualityLimitationReason.NONE);
  }

  @Test
  void anUpperEncodingIsLeftOutUntilThereAreBitsForIt() {
    VideoEncoding upper =
        new VideoEncoding(fake.codecs(), true, complaints::add, figures, System::nanoTime);
    VideoEncoding.Wish wish =
        new VideoEncoding.Wish(VP8, true, 0, 1, null, RTCDegradationPreference.BALANCED, false, 30);
    upper.target(30_000);
    assertThat(encode(upper, wish)).isNull();
    assertThat(fake.encoders).isEmpty();
    upper.target(400_000);
    assertThat(encode(upper, wish).keyFrame()).isTrue();
    assertSize(encode(upper, wish), 640, 360);
  }

  /// Encodes what comes in so many seconds. One picture waits while the encoder works; a later one
  /// takes its place.
  private void encodeInTime(VideoEncoding of, AtomicLong time, int seconds) {
    VideoEncoding.Wish motion =
        new VideoEncoding.Wish(
            VP8, true, 0, 1, null, RTCDegradationPreference.MAINTAIN_FRAMERATE, true, 30);
    long waiting = -1;
    for (int i = 0; i < 30 * seconds; i++) {
      long captured = SECOND + pictures++ * SECOND / 30;
      if (waiting >= 0 && time.get() < captured) {
        time.set(Math.max(time.get(), waiting));
        of.encode(video.next(), waiting, motion);
      }
      waiting = captured;
    }
  }

  private static StatsValues values(EncodingFigures of) {
    StatsValues values = new StatsValues(0, "O1");
    of.putInto(values);
    return values;
  }

  @Test
  void anEncoderThatIsTooSlowGetsSmallerPicturesUntilItHasTimeAgain() {
    AtomicLong time = new AtomicLong();
    EncodingFigures made = new EncodingFigures(time::get);
    VideoEncoding slow = new VideoEncoding(fake.codecs(), false, complaints::add, made, time::get);
    slow.target(2_000_000);
    // 69 ms for a full picture, of which thirty come a second.
    fake.burden = picture -> time.addAndGet(300L * picture.width() * picture.height());
    encodeInTime(slow, time, 20);
    assertThat(made.limitation()).isEqualTo(RTCQualityLimitationReason.CPU);
    assertThat(made.width()).isEqualTo(320);
    RTCOutboundRtpStreamStats stats = new RTCOutboundRtpStreamStats(values(made));
    assertThat(stats.qualityLimitationReason()).isEqualTo(RTCQualityLimitationReason.CPU);
    assertThat(stats.qualityLimitationResolutionChanges()).isEqualTo(2);
    assertThat(stats.qualityLimitationDurations().get(RTCQualityLimitationReason.CPU))
        .isBetween(14.0, 18.5);
    assertThat(stats.qualityLimitationDurations().get(RTCQualityLimitationReason.NONE))
        .isBetween(1.5, 6.0);
    assertThat(stats.qualityLimitationDurations().get(RTCQualityLimitationReason.BANDWIDTH))
        .isZero();
    assertThat(stats.totalEncodeTime()).isBetween(8.0, 20.0);

    fake.burden = null;
    encodeInTime(slow, time, 20);
    assertThat(made.limitation()).isEqualTo(RTCQualityLimitationReason.NONE);
    assertThat(made.width()).isEqualTo(640);
    assertThat(values(made).whole("qualityLimitationResolutionChanges")).isEqualTo(4);
  }

  @Test
  void theStatisticsTellWhatTheEncoderWasToMakeAndWhoItIs() {
    encoding.target(240_000);
    count(30, PLAIN);
    RTCOutboundRtpStreamStats stats = new RTCOutboundRtpStreamStats(values(figures));
    assertThat(stats.framesEncoded()).isEqualTo(30);
    // A thirtieth of 240 kbit is a thousand bytes.
    assertThat(stats.totalEncodedBytesTarget()).isEqualTo(30_000);
    assertThat(stats.scalabilityMode()).isEqualTo("L1T1");
    assertThat(stats.encoderImplementation()).isEqualTo("fake");
    assertThat(stats.powerEfficientEncoder()).isFalse();
  }

  @Test
  void anEncoderThatFailsIsReplacedAfterAPause() {
    encode(PLAIN);
    fake.failures.set(1);
    assertThat(encode(PLAIN)).isNull();
    assertThat(fake.encoders.getFirst().closed).isTrue();
    assertThat(complaints).singleElement().asString().contains("made to fail");
    int before = pictures;
    EncodedVideoFrame next = null;
    while (next == null) {
      next = encode(PLAIN);
    }
    assertThat(next.keyFrame()).isTrue();
    assertThat(pictures - before).isBetween(14, 17);
    assertThat(fake.encoders).hasSize(2);
  }

  @Test
  void withoutAnEncoderItSaysWhatToAdd() {
    VideoEncoding none =
        new VideoEncoding(new Codecs(List.of()), false, complaints::add, figures, System::nanoTime);
    assertThat(encode(none, PLAIN)).isNull();
    assertThat(encode(none, PLAIN)).isNull();
    assertThat(complaints)
        .containsExactly(
            "no encoder for video/VP8/90000 among []: add org.klatsch:klatsch-codecs-ffmpeg and"
                + " the ffmpeg artifact of this platform");
  }
}
