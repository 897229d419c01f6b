package org.klatsch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinkTest {
  private static Link link(LinkOptions options) {
    return new Link(options, new SplittableRandom(5));
  }

  @Test
  void aPerfectLinkDeliversAtOnce() {
    assertThat(link(LinkOptions.PERFECT).arrival(7, 1_000)).isEqualTo(7);
  }

  @Test
  void theRateSpacesPackets() {
    Link link = link(LinkOptions.PERFECT.rate(8_000_000).delayMillis(10));
    // 972 + 28 bytes at one byte per microsecond.
    assertThat(link.arrival(0, 972)).isEqualTo(11_000_000);
    assertThat(link.arrival(0, 972)).isEqualTo(12_000_000);
    assertThat(link.arrival(5_000_000, 972)).isEqualTo(16_000_000);
  }

  @Test
  void aFullQueueDrops() {
    Link link = link(LinkOptions.PERFECT.rate(8_000_000).queueBytes(2_000));
    int arrived = 0;
    for (int i = 0; i < 10; i++) {
      if (link.arrival(0, 972) != Link.LOST) {
        arrived++;
      }
    }
    assertThat(arrived).isEqualTo(2);
    assertThat(link.overflowed()).isEqualTo(8);
  }

  @Test
  void losesAsOftenAsAsked() {
    Link link = link(LinkOptions.PERFECT.loss(0.1));
    for (int i = 0; i < 100_000; i++) {
      link.arrival(i, 100);
    }
    assertThat(link.lost() / 100_000.0).isCloseTo(0.1, within(0.005));
  }

  @Test
  void burstsLoseInARow() {
    Link link = link(LinkOptions.PERFECT.burst(new LinkOptions.Burst(0.01, 0.1, 1)));
    int losses = 0;
    int runs = 0;
    boolean before = false;
    for (int i = 0; i < 100_000; i++) {
      boolean lost = link.arrival(i, 100) == Link.LOST;
      losses += lost ? 1 : 0;
      runs += lost && !before ? 1 : 0;
      before = lost;
    }
    // The chain is in the bad state 1/11 of the time, and stays there for ten packets.
    assertThat(losses / 100_000.0).isCloseTo(1 / 11.0, within(0.01));
    assertThat((double) losses / runs).isCloseTo(10, within(1.0));
  }

  @Test
  void jitterKeepsTheOrderWhenAsked() {
    Link link = link(LinkOptions.PERFECT.jitter(Duration.ofMillis(10), true));
    long last = 0;
    for (int i = 0; i < 1_000; i++) {
      long at = link.arrival(i * 1_000_000L, 100);
      assertThat(at)
          .isGreaterThanOrEqualTo(last)
          .isBetween(i * 1_000_000L, i * 1_000_000L + 10_000_000);
      last = at;
    }
  }

  @Test
  void largePacketsVanish() {
    Link link = link(LinkOptions.PERFECT.mtu(1_280));
    assertThat(link.arrival(0, 1_252)).isZero();
    assertThat(link.arrival(0, 1_253)).isEqualTo(Link.LOST);
  }

  @Test
  void refusesWhatIsNoProbability() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LinkOptions.PERFECT.loss(1.5))
        .withMessageContaining("1.5");
  }
}
