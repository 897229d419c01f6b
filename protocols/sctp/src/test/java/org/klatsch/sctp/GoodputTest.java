package org.klatsch.sctp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Goodput over long and lossy paths, and beside TCP.
class GoodputTest {
  private static final long RATE = 100_000_000;

  /// Share of the link that is user data when packets are as large as 1500-byte paths allow.
  private static final double CAPACITY = RATE * 1364.0 / (1412 + PathSimulation.OVERHEAD);

  private static double share(long rtt, double loss, int from, int to, long seed) {
    PathSimulation simulation = new PathSimulation(seed, RATE, rtt, 1, loss);
    PathSimulation.Node[] nodes = simulation.association(SctpOptions.defaults(), seed);
    long start = simulation.now;
    nodes[0].wanted = Long.MAX_VALUE / 2;
    nodes[0].association.connect(simulation.now);
    nodes[0].drain();
    simulation.runUntil(start + from * PathSimulation.SECOND);
    long before = nodes[1].receivedBytes;
    simulation.runUntil(start + to * PathSimulation.SECOND);
    double bits = (nodes[1].receivedBytes - before) * 8.0 / (to - from);
    SctpStatistics s = nodes[0].association.statistics();
    System.out.printf(
        Locale.ROOT,
        "rtt %3d ms loss %.1f %%: %5.1f %% of payload capacity; cwnd %d srtt %d us rtx %d t3 %d tlp %d dup %d overflow %d%n",
        rtt,
        loss * 100,
        bits / CAPACITY * 100,
        s.congestionWindow(),
        s.smoothedRttNanos() / 1000,
        s.chunksRetransmitted(),
        s.retransmissionTimeouts(),
        s.tailProbes(),
        nodes[1].association.statistics().duplicatesReceived(),
        simulation.forward.dropped);
    return bits / CAPACITY;
  }

  /// @param head seconds by which TCP starts earlier; negative for later
  private static double shareBesideTcp(long rtt, int head, long seed) {
    PathSimulation simulation = new PathSimulation(seed, RATE, rtt, 1, 0);
    PathSimulation.Node[] nodes = simulation.association(SctpOptions.defaults(), seed);
    PathSimulation.TcpCubic tcp = simulation.new TcpCubic();
    long start = simulation.now;
    nodes[0].wanted = Long.MAX_VALUE / 2;
    simulation.at(
        start + Math.max(head, 0) * PathSimulation.SECOND,
        () -> {
          nodes[0].association.connect(simulation.now);
          nodes[0].drain();
        });
    simulation.at(start + Math.max(-head, 0) * PathSimulation.SECOND, tcp::start);
    simulation.runUntil(start + 5 * PathSimulation.SECOND);
    long before = nodes[1].receivedBytes;
    long tcpBefore = tcp.delivered;
    simulation.runUntil(start + 35 * PathSimulation.SECOND);
    double ours = nodes[1].receivedBytes - before;
    double theirs = tcp.delivered - tcpBefore;
    System.out.printf(
        Locale.ROOT,
        "rtt %3d ms beside TCP (head start %d s): %.1f %%, together %.1f Mbit/s; rtx %d t3 %d%n",
        rtt,
        head,
        ours / (ours + theirs) * 100,
        (ours + theirs) * 8 / 30e6,
        nodes[0].association.statistics().chunksRetransmitted(),
        nodes[0].association.statistics().retransmissionTimeouts());
    return ours / (ours + theirs);
  }

  @Test
  void fillsALossyAndALongPath() {
    assertThat(share(20, 0.01, 2, 4, 1)).isGreaterThan(0.85);
    assertThat(share(100, 0, 5, 10, 1)).isGreaterThan(0.95);
  }

  @Test
  @Tag("long")
  void fillsLongAndLossyPaths() {
    for (long rtt : new long[] {2, 20, 50, 100, 300}) {
      for (double loss : new double[] {0, 0.001, 0.01, 0.02}) {
        assertThat(share(rtt, loss, 5, 30, 1))
            .as("rtt %d loss %s", rtt, loss)
            .isGreaterThan(loss == 0 ? 0.95 : 0.70);
      }
    }
  }

  @Test
  @Tag("long")
  void sharesFairlyWithTcp() {
    for (long rtt : new long[] {2, 20, 50, 100, 300}) {
      for (int head = -2; head <= 2; head += 2) {
        double share = shareBesideTcp(rtt, head, 1);
        if (head == 0) {
          assertThat(share).as("rtt %d", rtt).isBetween(0.25, 0.67);
        } else {
          // Who comes first keeps more for longer than this, TCP beside TCP as well.
          assertThat(share).as("rtt %d, head start %d", rtt, head).isBetween(0.10, 0.95);
        }
      }
    }
  }
}
