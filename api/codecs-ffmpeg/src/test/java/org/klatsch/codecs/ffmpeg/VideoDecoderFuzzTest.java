package org.klatsch.codecs.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.klatsch.codecs.VideoDecoder;
import org.klatsch.codecs.VideoFrame;

/// Arbitrary data where frames are expected: a decoder gives a picture that is whole or none, and
/// counts what it could not use. Mutated frames of real encoders reach beyond the first header.
class VideoDecoderFuzzTest {
  private static final int FRAMES = 8;

  /// Beyond it a picture takes longer than a fuzzer has patience for, and tells nothing more.
  private static final int MAX_LENGTH = 20_000;

  /// The first byte chooses the codec; each frame stands behind its length of two bytes.
  @FuzzTest
  void picturesAreWhole(byte[] data) {
    if (data.length < 3 || data.length > MAX_LENGTH) {
      return;
    }
    VideoCodec[] codecs = VideoCodec.values();
    try (VideoDecoder decoder = new FfmpegVideoDecoder(codecs[(data[0] & 0xff) % codecs.length])) {
      int at = 1;
      for (int i = 0; i < FRAMES && at + 2 <= data.length; i++) {
        int claimed = (data[at] & 0xff) << 8 | data[at + 1] & 0xff;
        at += 2;
        int length = Math.min(claimed, data.length - at);
        long damaged = decoder.damagedFrames();
        VideoFrame picture = decoder.decode(data, at, length, i);
        at += length;
        if (picture == null) {
          assertThat(decoder.damagedFrames()).isGreaterThan(damaged);
        } else {
          assertThat(picture.width()).isPositive();
          assertThat(picture.height()).isPositive();
          assertThat(picture.i420()).hasSize(VideoFrame.size(picture.width(), picture.height()));
        }
      }
    }
  }
}
