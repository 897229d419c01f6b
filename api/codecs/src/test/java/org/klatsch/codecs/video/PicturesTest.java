package org.klatsch.codecs.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.fake.FakeVideo;
import org.klatsch.codecs.fake.FrameCounter;

/// Pictures made smaller and turned.
class PicturesTest {
  @ParameterizedTest
  @CsvSource({"320,180", "160,90", "480,270", "214,120", "638,358", "640,180", "32,18"})
  void theNumberOfAScaledPictureCanBeRead(int width, int height) {
    FakeVideo video = new FakeVideo(640, 360, 30);
    VideoScaler scaler = new VideoScaler();
    for (int i = 0; i < 40; i++) {
      VideoFrame scaled = scaler.scale(video.next(), width, height);
      assertThat(scaled.width()).isEqualTo(width);
      assertThat(scaled.height()).isEqualTo(height);
      assertThat(FrameCounter.read(scaled)).hasValue(i);
    }
  }

  @Test
  void aScaledPixelIsTheMeanOfItsArea() {
    byte[] i420 = new byte[VideoFrame.size(6, 2)];
    byte[] luma = {0, 30, 60, 90, 120, (byte) 150, 10, 40, 70, 100, (byte) 130, (byte) 160};
    System.arraycopy(luma, 0, i420, 0, luma.length);
    VideoFrame scaled = new VideoScaler().scale(new VideoFrame(6, 2, i420, 90, 7), 4, 1);
    // Each covers one and a half pixels of two rows: ((5 + 35 / 2) / 1.5), …
    assertThat(Arrays.copyOf(scaled.i420(), 4))
        .containsExactly((byte) 15, (byte) 55, (byte) 105, (byte) 145);
    assertThat(scaled.rotationDegrees()).isEqualTo(90);
    assertThat(scaled.timestampNanos()).isEqualTo(7);
  }

  @Test
  void aLargeUniformPictureStaysAsItIs() {
    byte[] i420 = new byte[VideoFrame.size(3840, 2160)];
    Arrays.fill(i420, (byte) 235);
    VideoFrame scaled = new VideoScaler().scale(new VideoFrame(3840, 2160, i420, 0), 16, 9);
    assertThat(scaled.i420()).containsOnly((byte) 235);
  }

  @Test
  void aPictureIsNotMadeLarger() {
    VideoFrame frame = new VideoFrame(2, 2, new byte[6], 0);
    assertThatThrownBy(() -> new VideoScaler().scale(frame, 4, 2)).hasMessageContaining("4 x 2");
  }

  /// Luma 0 1 2 over 3 4 5, chroma of two columns and one row.
  private static VideoFrame small(int degrees) {
    byte[] i420 = {0, 1, 2, 3, 4, 5, 10, 11, 20, 21};
    return new VideoFrame(3, 2, i420, degrees, 9);
  }

  @Test
  void turnsClockwise() {
    VideoFrame right = VideoRotation.upright(small(90));
    assertThat(right.width()).isEqualTo(2);
    assertThat(right.height()).isEqualTo(3);
    assertThat(right.rotationDegrees()).isZero();
    assertThat(right.timestampNanos()).isEqualTo(9);
    assertThat(right.i420()).containsExactly(3, 0, 4, 1, 5, 2, 10, 11, 20, 21);
    assertThat(VideoRotation.upright(small(180)).i420())
        .containsExactly(5, 4, 3, 2, 1, 0, 11, 10, 21, 20);
    assertThat(VideoRotation.upright(small(270)).i420())
        .containsExactly(2, 5, 1, 4, 0, 3, 11, 10, 21, 20);
  }

  @Test
  void anUprightPictureIsLeftAlone() {
    VideoFrame frame = small(0);
    assertThat(VideoRotation.upright(frame)).isSameAs(frame);
  }
}
