package org.klatsch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;

class SimulationTest {
  /// Sends a numbered packet every ten milliseconds and reports what arrives.
  private static final class Ticker implements ProtocolCore<Integer> {
    private final Deque<Integer> received = new ArrayDeque<>();
    private final int last;
    private long next;
    private int number;
    private boolean due;

    Ticker(int last) {
      this.last = last;
    }

    @Override
    public void handleTimeout(long now) {
      if (number < last && now >= next) {
        due = true;
        next += 10_000_000;
      }
    }

    @Override
    public long nextTimeout() {
      return number < last ? next : NEVER;
    }

    @Override
    public boolean pollTransmit(long now, TransmitBuffer out) {
      if (!due) {
        return false;
      }
      due = false;
      out.array()[out.position()] = (byte) number++;
      out.commit(1);
      return true;
    }

    @Override
    public @Nullable Integer pollEvent() {
      return received.poll();
    }

    void handlePacket(byte[] array, int offset) {
      received.add((int) array[offset]);
    }
  }

  private static List<String> run(long seed, LinkOptions link) {
    Simulation simulation = new Simulation(seed);
    Host a = simulation.network().internet().host("192.0.2.1", link);
    Host b = simulation.network().internet().host("2001:db8::1", link);
    Ticker sender = new Ticker(100);
    Ticker receiver = new Ticker(0);
    List<String> log = new ArrayList<>();
    simulation
        .add(a, sender, (now, l, r, ecn, p, o, n) -> sender.handlePacket(p, o), e -> {})
        .route(a.address(1), b.address(2));
    simulation.add(
        b,
        receiver,
        (now, l, r, ecn, p, o, n) -> receiver.handlePacket(p, o),
        e -> log.add(simulation.now() + ":" + e));
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(simulation.now()).isEqualTo(2_000_000_000L);
    return log;
  }

  @Test
  void deliversOverALinkWithDelay() {
    List<String> log = run(1, LinkOptions.PERFECT.delayMillis(20));
    assertThat(log).hasSize(100).startsWith("40000000:0", "50000000:1");
  }

  @Test
  void theSameSeedReplaysTheRun() {
    LinkOptions bad =
        LinkOptions.PERFECT
            .delayMillis(5)
            .jitter(Duration.ofMillis(30), false)
            .loss(0.2)
            .duplicate(0.1)
            .reorder(0.1, Duration.ofMillis(50))
            .corrupt(0.05);
    assertThat(run(7, bad)).isEqualTo(run(7, bad)).isNotEqualTo(run(8, bad)).hasSizeBetween(40, 99);
  }

  @Test
  void tasksRunAtTheirTime() {
    Simulation simulation = new Simulation(1);
    List<Long> times = new ArrayList<>();
    simulation.after(Duration.ofMillis(3), () -> times.add(simulation.now()));
    simulation.after(Duration.ofMillis(1), () -> times.add(simulation.now()));
    assertThat(simulation.runUntil(() -> times.size() == 2, Duration.ofSeconds(1))).isTrue();
    assertThat(times).containsExactly(1_000_000L, 3_000_000L);
    assertThat(simulation.runUntil(() -> times.size() == 3, Duration.ofSeconds(1))).isFalse();
    assertThat(simulation.now()).isEqualTo(1_003_000_000L);
  }

  @Test
  void aFailureNamesItsSeed() {
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> Seeds.forEach(seed -> assertThat(seed).isLessThan(3)))
        .withMessageContaining("-Dklatsch.seed=3");
  }
}
