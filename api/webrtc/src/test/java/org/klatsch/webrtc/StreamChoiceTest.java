package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.klatsch.media.EncodedVideoFrame;
import org.klatsch.media.FrameOrigin;
import org.klatsch.media.RtpCodec;

/// Which encoding of a simulcast is shown.
final class StreamChoiceTest {
  private static final long MILLI = 1_000_000L;

  private int requests;
  private final StreamChoice choice = new StreamChoice(() -> requests++);
  private long now;

  private static EncodedVideoFrame frame(
      int ssrc, @Nullable String rid, boolean keyFrame, int width, int bytes) {
    return new EncodedVideoFrame(
        RtpCodec.of("video/VP8", 96, 90_000, 1),
        new byte[bytes],
        0,
        keyFrame,
        width,
        width / 2,
        0,
        0,
        -1,
        false,
        0,
        new FrameOrigin(ssrc, rid, 0, 0, new int[0], 0, false, 0));
  }

  private boolean takes(int ssrc, boolean keyFrame) {
    now += 10 * MILLI;
    return choice.takes(now, frame(ssrc, "r" + ssrc, keyFrame, 100 * ssrc, 10));
  }

  @Test
  void theLargestThatComesIsTaken() {
    assertThat(takes(1, true)).isTrue();
    assertThat(takes(1, false)).isTrue();
    assertThat(takes(3, true)).isTrue();
    assertThat(takes(1, false)).isFalse();
    assertThat(takes(2, true)).isFalse();
    assertThat(takes(3, false)).isTrue();
    assertThat(requests).isZero();
  }

  @Test
  void aLargerOneIsWaitedForUntilItsKeyFrame() {
    takes(2, true);
    takes(3, true);
    for (int i = 0; i < 150; i++) {
      assertThat(takes(2, false)).as("frame %d", i).isFalse();
    }
    // The third has fallen silent: the second is asked for a key frame, not with every frame.
    assertThat(requests).isEqualTo(1);
    assertThat(takes(2, true)).isTrue();
    assertThat(takes(3, false)).isFalse();
    assertThat(takes(3, true)).isTrue();
    assertThat(takes(2, false)).isFalse();
  }

  @Test
  void withoutSimulcastEveryStreamIsTaken() {
    assertThat(choice.takes(0, frame(1, null, true, 100, 10))).isTrue();
    assertThat(choice.takes(0, frame(2, null, false, 50, 10))).isTrue();
    assertThat(choice.takes(0, frame(1, null, false, 50, 10))).isTrue();
  }

  @Test
  void ofPicturesWithoutSizeTheLargerKeyFrameIsTaken() {
    assertThat(choice.takes(0, frame(1, "a", true, 0, 500))).isTrue();
    assertThat(choice.takes(0, frame(2, "b", true, 0, 2_000))).isTrue();
    assertThat(choice.takes(0, frame(1, "a", false, 0, 300))).isFalse();
  }

  @Test
  void streamsThatAPeerMakesUpAreNotCounted() {
    takes(1, true);
    for (int ssrc = 2; ssrc < 9; ssrc++) {
      assertThat(takes(ssrc, true)).isTrue();
    }
    assertThat(takes(9, true)).isFalse();
  }
}
