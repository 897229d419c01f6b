package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.BindingServer;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Nat;
import org.klatsch.testkit.Nat.Behavior;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;

/// Two agents behind every pairing of NAT kinds, RFC 4787, with a STUN server on the internet.
@Tag("simulation")
class IceNatTest {
  private static final TransportAddress SERVER = TransportAddress.parse("198.51.100.1", 3478);
  private static final LinkOptions LINK = LinkOptions.PERFECT.delayMillis(5);

  /// One NAT, by mapping and filtering.
  record Kind(Behavior mapping, Behavior filtering) {
    boolean remapsPerPeer() {
      return mapping != Behavior.ENDPOINT_INDEPENDENT;
    }

    boolean filtersPorts() {
      return filtering == Behavior.ADDRESS_AND_PORT_DEPENDENT;
    }

    boolean filtersNothing() {
      return filtering == Behavior.ENDPOINT_INDEPENDENT;
    }
  }

  record Pairing(Kind a, Kind b) {
    /// Whether hole punching can work. A NAT that maps per peer shows the other side a port that
    /// nobody signalled; the other side lets it in unless it filters by port. When both do, the
    /// first check arrives only where nothing is filtered; and when both choose another port for
    /// every port of the other, no pair of ports ever fits.
    boolean isReachable() {
      if (a.mapping() == Behavior.ADDRESS_AND_PORT_DEPENDENT && b.mapping() == a.mapping()) {
        return false;
      }
      if (a.remapsPerPeer() && b.remapsPerPeer()) {
        return b.filtersNothing() && !a.filtersPorts() || a.filtersNothing() && !b.filtersPorts();
      }
      if (a.remapsPerPeer()) {
        return !b.filtersPorts();
      }
      return !b.remapsPerPeer() || !a.filtersPorts();
    }
  }

  static Stream<Pairing> pairings() {
    List<Kind> kinds = new ArrayList<>();
    for (Behavior mapping : Behavior.values()) {
      for (Behavior filtering : Behavior.values()) {
        kinds.add(new Kind(mapping, filtering));
      }
    }
    return kinds.stream().flatMap(a -> kinds.stream().map(b -> new Pairing(a, b)));
  }

  private static final class Setup {
    final Simulation simulation;
    final IcePeer offerer;
    final IcePeer answerer;

    Setup(long seed, Pairing pairing, LinkOptions link, boolean trickle, boolean conflict) {
      simulation = new Simulation(seed);
      Realm internet = simulation.network().internet();
      Host server = internet.host("198.51.100.1", link);
      BindingServer binding = new BindingServer(64);
      simulation.add(server, binding, binding::handlePacket, event -> {});
      IceOptions options = IceOptions.DEFAULT.withStunServers(List.of(SERVER));
      offerer = peer(internet, "203.0.113.1", pairing.a(), "10.0.0.2", link, options);
      answerer = peer(internet, "203.0.113.2", pairing.b(), "192.168.1.2", link, options);
      IcePeer.link(offerer, answerer);
      if (conflict) {
        answerer.agent.setRole(0, IceRole.CONTROLLING);
      }
      offerer.trickles = trickle;
      answerer.trickles = trickle;
      offerer.begin(5000);
      answerer.begin(6000);
    }

    private IcePeer peer(
        Realm internet,
        String external,
        Kind kind,
        String internal,
        LinkOptions link,
        IceOptions options) {
      Nat nat =
          internet.nat(
              external, Nat.Options.behaving(kind.mapping(), kind.filtering()), link, link);
      return new IcePeer(simulation, nat.inside().host(internal), options);
    }

    boolean connects(Duration limit) {
      return simulation.runUntil(() -> offerer.agreesWith(answerer), limit);
    }

    void assertFailsCleanly() {
      simulation.runFor(Duration.ofSeconds(60));
      for (IcePeer peer : List.of(offerer, answerer)) {
        assertThat(peer.agent.state()).isEqualTo(IceState.FAILED);
        assertThat(peer.agent.selectedPair()).isNull();
        long sent = peer.driver.packetsSent();
        simulation.runFor(Duration.ofMinutes(2));
        assertThat(peer.driver.packetsSent() - sent).as("packets after failing").isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pairings")
  void reachablePairingsConnectAndOthersFailCleanly(Pairing pairing) {
    for (boolean trickle : new boolean[] {true, false}) {
      for (boolean conflict : new boolean[] {false, true}) {
        String what = "trickle " + trickle + ", conflict " + conflict;
        Setup setup = new Setup(1, pairing, LINK, trickle, conflict);
        boolean connected = setup.connects(Duration.ofSeconds(10));
        assertThat(connected).as(what).isEqualTo(pairing.isReachable());
        if (!connected) {
          setup.assertFailsCleanly();
          continue;
        }
        assertThat(setup.offerer.agent.role()).as(what).isNotEqualTo(setup.answerer.agent.role());
        restartAndAssert(setup, what);
      }
    }
  }

  private static void restartAndAssert(Setup setup, String what) {
    CandidatePair before = setup.offerer.agent.selectedPair();
    setup.offerer.restart();
    assertThat(setup.offerer.agent.selectedPair()).as("old pair in use, " + what).isSameAs(before);
    boolean connected =
        setup.simulation.runUntil(
            () ->
                setup.offerer.agent.selectedPair() != before
                    && setup.offerer.agreesWith(setup.answerer),
            Duration.ofSeconds(10));
    assertThat(connected).as("restart, " + what).isTrue();
    assertThat(setup.offerer.states).as(what).doesNotContain(IceState.FAILED);
  }

  @Test
  void hostsBehindTheSameNatFindTheirDirectPath() {
    Simulation simulation = new Simulation(1);
    Realm internet = simulation.network().internet();
    BindingServer binding = new BindingServer(64);
    simulation.add(
        internet.host("198.51.100.1", LINK), binding, binding::handlePacket, event -> {});
    Nat nat = internet.nat("203.0.113.1", Nat.Options.SYMMETRIC, LINK, LINK);
    IceOptions options = IceOptions.DEFAULT.withStunServers(List.of(SERVER));
    IcePeer a = new IcePeer(simulation, nat.inside().host("10.0.0.2"), options);
    IcePeer b = new IcePeer(simulation, nat.inside().host("10.0.0.3"), options);
    IcePeer.link(a, b);
    a.begin(5000);
    b.begin(6000);
    assertThat(simulation.runUntil(() -> a.agreesWith(b), Duration.ofSeconds(5))).isTrue();
    assertThat(a.agent.selectedPair().local().type()).isEqualTo(CandidateType.HOST);
    assertThat(a.agent.selectedPair().remote().type()).isEqualTo(CandidateType.HOST);
  }

  @Test
  void connectsThroughLossReorderAndDuplication() {
    LinkOptions bad =
        LinkOptions.PERFECT
            .delayMillis(10)
            .loss(
                0.04) // Six links there and back: a fifth of the binding requests goes unanswered.
            .reorder(0.1, Duration.ofMillis(30))
            .duplicate(0.1);
    Kind cone = new Kind(Behavior.ENDPOINT_INDEPENDENT, Behavior.ADDRESS_AND_PORT_DEPENDENT);
    Seeds.forEach(seed -> {
      Setup setup = new Setup(seed, new Pairing(cone, cone), bad, seed % 2 == 0, seed % 3 == 0);
      assertThat(setup.connects(Duration.ofSeconds(40))).isTrue();
      setup.simulation.runFor(Duration.ofMinutes(1));
      assertThat(setup.offerer.agent.selectedPair()).isNotNull();
    });
  }
}
