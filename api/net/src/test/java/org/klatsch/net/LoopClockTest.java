package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopClockTest {
  private static final long SECOND = 1_000_000_000L;

  private long monotonic = 77 * SECOND;
  private long wallMillis = 1_000_000;
  private final LoopClock clock = new LoopClock(() -> monotonic, () -> wallMillis, 5 * SECOND);

  private void pass(long nanos) {
    monotonic += nanos;
    wallMillis += nanos / 1_000_000;
  }

  @Test
  void startsAtZeroAndCountsNanoseconds() {
    assertThat(clock.turn()).isZero();
    pass(3 * SECOND);
    assertThat(clock.read()).isEqualTo(3 * SECOND);
    assertThat(clock.now()).isEqualTo(3 * SECOND);
    assertThat(clock.turn()).isEqualTo(3 * SECOND);
    assertThat(clock.takeSuspension()).isZero();
  }

  @Test
  void takesOutTheHourThatAStoppedProcessDidNotSee() {
    clock.turn();
    clock.expectWait(SECOND);
    pass(3600 * SECOND);
    assertThat(clock.turn()).isEqualTo(SECOND);
    assertThat(clock.takeSuspension()).isEqualTo(3599 * SECOND);
    assertThat(clock.takeSuspension()).isZero();
    pass(SECOND);
    assertThat(clock.turn()).isEqualTo(2 * SECOND);
    assertThat(clock.now()).isEqualTo(2 * SECOND);
  }

  @Test
  void reportsTheHourThatOnlyTheWallClockSaw() {
    clock.turn();
    clock.expectWait(SECOND);
    monotonic += SECOND;
    wallMillis += 3_600_000;
    assertThat(clock.turn()).isEqualTo(SECOND);
    assertThat(clock.takeSuspension()).isEqualTo(3599 * SECOND);
    pass(SECOND);
    assertThat(clock.turn()).isEqualTo(2 * SECOND);
    assertThat(clock.takeSuspension()).isZero();
  }

  @Test
  void doesNotMistakeALongWaitOrAStepBackOfTheWallClockForSuspension() {
    clock.turn();
    clock.expectWait(60 * SECOND);
    pass(60 * SECOND);
    assertThat(clock.read()).isEqualTo(60 * SECOND);
    assertThat(clock.turn()).isEqualTo(60 * SECOND);
    clock.expectWait(Long.MAX_VALUE);
    pass(7200 * SECOND);
    assertThat(clock.turn()).isEqualTo(7260 * SECOND);
    wallMillis -= 10_000_000;
    pass(SECOND);
    assertThat(clock.turn()).isEqualTo(7261 * SECOND);
    assertThat(clock.takeSuspension()).isZero();
  }

  @Test
  void neverGoesBackWhateverTheOrderOfReadings() {
    long last = clock.turn();
    for (int i = 0; i < 50; i++) {
      clock.expectWait(i % 3 * SECOND);
      pass(i % 7 * SECOND * 2);
      for (long now : new long[] {clock.read(), clock.read(), clock.turn()}) {
        assertThat(now).isGreaterThanOrEqualTo(last);
        last = now;
      }
    }
  }
}
