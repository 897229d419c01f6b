package org.klatsch.codecs.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.EncodedVideo;
import org.klatsch.codecs.VideoDecoder;
import org.klatsch.codecs.VideoEncoder;
import org.klatsch.codecs.VideoEncoderOptions;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.fake.FrameCounter;

class FfmpegTest {
  private static VideoEncoder encoder(VideoCodec codec, int bitrate) {
    return Codecs.installed()
        .videoEncoder(
            codec.format(), VideoEncoderOptions.defaults().withBitrate(bitrate).withFrameRate(30));
  }

  private static VideoDecoder decoder(VideoCodec codec) {
    return Codecs.installed().videoDecoder(codec.format());
  }

  @ParameterizedTest
  @EnumSource
  void everyPicturesNumberArrives(VideoCodec codec) {
    FakeVideo video = new FakeVideo(640, 360, 30);
    try (VideoEncoder encoder = encoder(codec, 1_500_000);
        VideoDecoder decoder = decoder(codec)) {
      for (int i = 0; i < 45; i++) {
        EncodedVideo coded = encoder.encode(video.next(), false);
        assertThat(coded).as("picture %d", i).isNotNull();
        assertThat(coded.keyFrame()).isEqualTo(i == 0);
        VideoFrame shown =
            decoder.decode(coded.data(), 0, coded.data().length, coded.timestampNanos());
        assertThat(shown).as("picture %d", i).isNotNull();
        assertThat(shown.width()).isEqualTo(640);
        assertThat(shown.height()).isEqualTo(360);
        assertThat(shown.timestampNanos()).isEqualTo(i * 1_000_000_000L / 30);
        assertThat(FrameCounter.read(shown)).hasValue(i);
        assertThat(FakeVideo.isFlash(shown)).isEqualTo(i % 30 < 3);
      }
      assertThat(decoder.damagedFrames()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"VP8", "VP9", "H264"})
  void sendsAKeyFrameWhenAsked(VideoCodec codec) {
    FakeVideo video = new FakeVideo(320, 180, 30);
    try (VideoEncoder encoder = encoder(codec, 500_000);
        VideoDecoder decoder = decoder(codec)) {
      for (int i = 0; i < 20; i++) {
        EncodedVideo coded = encoder.encode(video.next(), i == 10);
        assertThat(coded.keyFrame()).isEqualTo(i == 0 || i == 10);
        if (i >= 10) {
          // Whoever joins now understands it from here on.
          VideoFrame shown = decoder.decode(coded.data(), 0, coded.data().length, 0);
          assertThat(FrameCounter.read(shown)).hasValue(i);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"VP8", "VP9", "H264"})
  void followsItsTarget(VideoCodec codec) {
    Random random = new Random(5);
    FakeVideo video = new FakeVideo(320, 180, 30);
    try (VideoEncoder encoder = encoder(codec, 1_000_000)) {
      long[] bits = new long[3];
      int[] targets = {1_000_000, 300_000, 800_000};
      for (int i = 0; i < 360; i++) {
        encoder.bitrate(targets[i / 120]);
        VideoFrame picture = video.next();
        for (int k = 60 * 320; k < 140 * 320; k++) {
          picture.i420()[k] += (byte) random.nextInt(24);
        }
        EncodedVideo coded = encoder.encode(picture, false);
        // The first second of each target is for the change.
        if (coded != null && i % 120 >= 30) {
          bits[i / 120] += coded.data().length * 8L;
        }
      }
      for (int i = 0; i < 3; i++) {
        assertThat(bits[i] / 3.0).isBetween(targets[i] * 0.5, targets[i] * 1.3);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"VP8", "H264"})
  void followsTheSizeOfThePictures(VideoCodec codec) {
    try (VideoEncoder encoder = encoder(codec, 500_000);
        VideoDecoder decoder = decoder(codec)) {
      int[][] sizes = {{320, 180}, {160, 90}, {322, 182}};
      for (int[] size : sizes) {
        FakeVideo video = new FakeVideo(size[0], size[1], 30);
        for (int i = 0; i < 3; i++) {
          EncodedVideo coded = encoder.encode(video.next(), false);
          assertThat(coded.keyFrame()).isEqualTo(i == 0);
          VideoFrame shown = decoder.decode(coded.data(), 0, coded.data().length, 0);
          assertThat(shown.width()).isEqualTo(size[0]);
          assertThat(shown.height()).isEqualTo(size[1]);
          assertThat(FrameCounter.read(shown)).hasValue(i);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void damagedPicturesAreCounted(VideoCodec codec) {
    Random random = new Random(11);
    FakeVideo video = new FakeVideo(320, 180, 30);
    try (VideoEncoder encoder = encoder(codec, 500_000);
        VideoDecoder decoder = decoder(codec)) {
      assertThat(decoder.decode(new byte[0], 0, 0, 0)).isNull();
      for (int i = 0; i < 60; i++) {
        EncodedVideo coded = encoder.encode(video.next(), i % 20 == 19);
        if (coded == null) {
          continue;
        }
        byte[] data = coded.data().clone();
        if (i % 3 == 1) {
          for (int k = 0; k < 20; k++) {
            data[random.nextInt(data.length)] = (byte) random.nextInt();
          }
        }
        int length = i % 7 == 3 ? random.nextInt(data.length) : data.length;
        decoder.decode(data, 0, length, 0);
        byte[] garbage = new byte[random.nextInt(200)];
        random.nextBytes(garbage);
        decoder.decode(garbage, 0, garbage.length, 0);
      }
      assertThat(decoder.damagedFrames()).isPositive();
      // A key frame repairs everything.
      VideoFrame picture = video.next();
      EncodedVideo coded = encoder.encode(picture, true);
      VideoFrame shown = decoder.decode(coded.data(), 0, coded.data().length, 0);
      assertThat(FrameCounter.read(shown)).isEqualTo(FrameCounter.read(picture));
    }
  }

  /// Length of each NAL unit between start codes.
  private static List<Integer> units(byte[] data) {
    List<Integer> lengths = new ArrayList<>();
    int begin = -1;
    for (int i = 0; i + 2 < data.length; i++) {
      if (data[i] == 0 && data[i + 1] == 0 && data[i + 2] == 1) {
        if (begin >= 0) {
          lengths.add(i - begin);
        }
        begin = i + 3;
      }
    }
    lengths.add(data.length - begin);
    return lengths;
  }

  @Test
  void aPeerThatTakesNoFragmentsGetsSlicesOfThePacketsSize() {
    CodecFormat format = CodecFormat.H264.withParameters(Map.of("packetization-mode", "0"));
    FakeVideo video = new FakeVideo(640, 360, 30);
    VideoEncoderOptions options = VideoEncoderOptions.defaults().withBitrate(1_500_000);
    try (VideoEncoder encoder = Codecs.installed().videoEncoder(format, options);
        VideoDecoder decoder = decoder(VideoCodec.H264)) {
      for (int i = 0; i < 20; i++) {
        EncodedVideo coded = encoder.encode(video.next(), false);
        assertThat(coded).isNotNull();
        // A start code has three bytes or four.
        assertThat(units(coded.data())).allMatch(length -> length <= 1_001);
        VideoFrame shown = decoder.decode(coded.data(), 0, coded.data().length, 0);
        assertThat(shown).isNotNull();
        assertThat(FrameCounter.read(shown)).hasValue(i);
      }
    }
  }

  @Test
  void offersWhatTheLibrariesHave() {
    assertThat(Codecs.installed().formats())
        .contains(VideoCodec.VP8.format(), VideoCodec.H264.format());
    assertThat(VideoCodec.VP9.accepts(CodecFormat.VP9.withParameters(Map.of("profile-id", "2"))))
        .isFalse();
  }

  @Test
  void aClosedEncoderSaysSo() {
    VideoEncoder encoder = encoder(VideoCodec.VP8, 500_000);
    encoder.close();
    encoder.close();
    assertThatThrownBy(() -> encoder.encode(new FakeVideo(64, 64, 30).next(), false))
        .isInstanceOf(IllegalStateException.class);
  }
}
