package org.klatsch.codecs.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.audio.Goertzel;

class FakeSourcesTest {
  @Test
  void audioIsAToneWithABeepEverySecond() {
    FakeAudio audio = new FakeAudio(new PcmFormat(48_000, 2));
    for (int i = 0; i < 150; i++) {
      AudioFrame frame = audio.next(960);
      assertThat(frame.timestampNanos()).isEqualTo(i * 20_000_000L);
      assertThat(frame.format()).isEqualTo(audio.format());
      short[] left = new short[960];
      for (int k = 0; k < 960; k++) {
        left[k] = frame.samples()[2 * k];
        assertThat(frame.samples()[2 * k + 1]).isEqualTo(left[k]);
      }
      Goertzel beep = new Goertzel(48_000, FakeAudio.BEEP_HZ);
      beep.add(left, 0, 960);
      Goertzel tone = new Goertzel(48_000, FakeAudio.TONE_HZ);
      tone.add(left, 0, 960);
      if (i % 50 < 5) {
        assertThat(beep.share()).as("block %d", i).isGreaterThan(0.5);
      } else if (i % 50 > 5) {
        assertThat(beep.share()).as("block %d", i).isLessThan(0.05);
        assertThat(tone.share()).as("block %d", i).isGreaterThan(0.8);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"640, 360", "1280, 720", "176, 144", "321, 181", "64, 64"})
  void picturesCarryTheirNumber(int width, int height) {
    FakeVideo video = new FakeVideo(width, height, 30);
    for (int i = 0; i < 60; i++) {
      VideoFrame frame = video.next();
      assertThat(FrameCounter.read(frame)).hasValue(i);
      assertThat(frame.timestampNanos()).isEqualTo(i * 1_000_000_000L / 30);
      assertThat(FakeVideo.isFlash(frame)).isEqualTo(i % 30 < 3);
    }
  }

  @Test
  void everyNumberCanBeRead() {
    VideoFrame frame = new FakeVideo(320, 180, 30).next();
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      int number = random.nextInt(FrameCounter.LIMIT);
      FrameCounter.write(frame, number);
      assertThat(FrameCounter.read(frame)).hasValue(number);
    }
  }

  @Test
  void theNumberSurvivesNoiseAndScaling() {
    FakeVideo video = new FakeVideo(640, 360, 30);
    Random random = new Random(2);
    for (int i = 0; i < 20; i++) {
      VideoFrame frame = video.next();
      VideoFrame small = new VideoFrame(200, 112, new byte[VideoFrame.size(200, 112)], 0);
      for (int y = 0; y < 112; y++) {
        for (int x = 0; x < 200; x++) {
          int luma = frame.i420()[y * 360 / 112 * 640 + x * 640 / 200] & 0xff;
          small.i420()[y * 200 + x] =
              (byte) Math.clamp(luma + Math.round(random.nextGaussian() * 60), 0, 255);
        }
      }
      assertThat(FrameCounter.read(small)).hasValue(i);
    }
  }

  @Test
  void otherPicturesHaveNoNumber() {
    assertThat(FrameCounter.read(new VideoFrame(640, 360, new byte[VideoFrame.size(640, 360)], 0)))
        .isEmpty();
    byte[] white = new byte[VideoFrame.size(640, 360)];
    Arrays.fill(white, (byte) 235);
    assertThat(FrameCounter.read(new VideoFrame(640, 360, white, 0))).isEmpty();
    assertThat(FrameCounter.read(new VideoFrame(2, 2, new byte[6], 0))).isEmpty();
  }

  @Test
  void refusesPicturesThatAreTooSmall() {
    assertThatThrownBy(() -> new FakeVideo(16, 16, 30))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
