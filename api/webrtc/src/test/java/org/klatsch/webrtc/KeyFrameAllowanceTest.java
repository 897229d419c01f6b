package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class KeyFrameAllowanceTest {
  private static final long MILLI = 1_000_000L;

  private final KeyFrameAllowance allowance = new KeyFrameAllowance();

  @Test
  void whoJoinsSoonAfterAnotherIsServedToo() {
    assertThat(allowance.take(-5)).isTrue();
    assertThat(allowance.take(999 * MILLI)).isFalse();
    assertThat(allowance.take(1_000 * MILLI)).isTrue();
    assertThat(allowance.take(2_000 * MILLI)).isTrue();
  }

  @Test
  void whoeverAsksAllTheTimeHindersOnlyALittle() {
    int taken = 0;
    for (long now = 0; now < 60_000 * MILLI; now += 50 * MILLI) {
      taken += allowance.take(now) ? 1 : 0;
    }
    assertThat(taken).isBetween(12, 15);
  }

  @Test
  void afterAPauseThereAreThreeAgain() {
    for (long now = 0; now < 20_000 * MILLI; now += 50 * MILLI) {
      allowance.take(now);
    }
    int taken = 0;
    for (long now = 60_000 * MILLI; now < 63_000 * MILLI; now += 50 * MILLI) {
      taken += allowance.take(now) ? 1 : 0;
    }
    assertThat(taken).isEqualTo(3);
  }
}
