package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class EncodingPaceTest {
  private static final long FRAME = 20_000_000;
  private static final int WISH = 5;

  private final EncodingPace pace = new EncodingPace();

  private boolean encode(int frames, long tookNanos) {
    boolean changed = false;
    for (int i = 0; i < frames; i++) {
      changed |= pace.note(tookNanos, FRAME, WISH);
    }
    return changed;
  }

  @Test
  void anEncoderInTimeDoesWhatIsWished() {
    assertThat(encode(1_000, FRAME / 3)).isFalse();
    assertThat(pace.complexity(WISH)).isEqualTo(WISH);
    assertThat(pace.complexity(10)).isEqualTo(10);
  }

  @Test
  void oneLongPauseDecidesNothing() {
    assertThat(encode(50, FRAME / 50)).isFalse();
    assertThat(encode(1, 50 * FRAME)).isFalse();
  }

  @Test
  void anEncoderThatIsTooSlowTakesLessTroubleWithinAFewFrames() {
    assertThat(encode(4, FRAME)).isTrue();
    assertThat(pace.complexity(WISH)).isEqualTo(2);
    assertThat(encode(8, FRAME)).isTrue();
    assertThat(pace.complexity(WISH)).isZero();
  }

  @Test
  void afterThatItTriesStepByStep() {
    encode(50, FRAME);
    assertThat(pace.complexity(WISH)).isZero();
    assertThat(encode(60, FRAME / 20)).isTrue();
    assertThat(pace.complexity(WISH)).isBetween(1, 2);
    encode(200, FRAME / 20);
    assertThat(pace.complexity(WISH)).isEqualTo(WISH);
  }
}
