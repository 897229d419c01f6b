package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Simulation;

class IceAgentTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Simulation simulation = new Simulation(1);

  private IcePeer peer(String address, Duration delay, IceOptions options) {
    return new IcePeer(
        simulation,
        simulation.network().internet().host(address, LinkOptions.PERFECT.delay(delay)),
        options);
  }

  @Test
  void connectsTwoHostsWithinOneRoundTripOfTheParameters() {
    IcePeer offerer = peer("192.0.2.1", Duration.ofMillis(10), IceOptions.DEFAULT);
    IcePeer answerer = peer("192.0.2.2", Duration.ofMillis(10), IceOptions.DEFAULT);
    IcePeer.link(offerer, answerer);
    offerer.gather(5000).signalParameters();
    answerer.gather(6000).signalParameters();

    assertThat(simulation.runUntil(() -> offerer.agreesWith(answerer), LIMIT)).isTrue();

    // Each way crosses an uplink and a downlink of 10 ms; signalling takes 1 ms.
    assertThat(offerer.connectedAt).isEqualTo(Duration.ofMillis(41).toNanos());
    assertThat(answerer.connectedAt).isEqualTo(Duration.ofMillis(41).toNanos());
    assertThat(offerer.nominatedAt).isLessThanOrEqualTo(Duration.ofMillis(81).toNanos());
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(offerer.states)
        .containsExactly(IceState.CHECKING, IceState.CONNECTED, IceState.COMPLETED);
  }
}
