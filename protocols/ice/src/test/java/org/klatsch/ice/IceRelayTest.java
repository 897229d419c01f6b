package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Nat;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;

/// Relayed candidates, over our server, behind NATs that let nothing else through.
@Tag("simulation")
class IceRelayTest {
  private static final LinkOptions LINK = LinkOptions.PERFECT.delayMillis(5);

  private Simulation simulation = new Simulation(1);
  private Realm internet = simulation.network().internet();
  private SimulatedRelay relay =
      new SimulatedRelay(simulation, internet.host("198.51.100.1", LINK));

  private Host inside(String external, String internal, LinkOptions link) {
    return internet.nat(external, Nat.Options.SYMMETRIC, link, link).inside().host(internal);
  }

  private IcePeer[] behindSymmetricNats(IceOptions options, LinkOptions link) {
    IcePeer offerer = new IcePeer(simulation, inside("203.0.113.1", "10.0.0.2", link), options);
    IcePeer answerer = new IcePeer(simulation, inside("203.0.113.2", "10.1.0.2", link), options);
    IcePeer.link(offerer, answerer);
    offerer.begin(5000);
    answerer.begin(6000);
    return new IcePeer[] {offerer, answerer};
  }

  private static IceOptions through(IceTurnServer server) {
    return IceOptions.DEFAULT
        .withStunServers(List.of(server.address()))
        .withTurnServers(List.of(server), false);
  }

  private boolean connects(IcePeer[] peers) {
    return simulation.runUntil(
        () -> peers[0].agreesWith(peers[1]) || peers[1].agreesWith(peers[0]),
        Duration.ofSeconds(20));
  }

  private static boolean usesRelay(IcePeer[] peers) {
    for (IcePeer peer : peers) {
      CandidatePair pair = peer.agent.selectedPair();
      if (pair == null
          || pair.local().type() != CandidateType.RELAYED
              && !pair.remoteAddress().host().equals("198.51.100.1")) {
        return false;
      }
    }
    return true;
  }

  @Test
  void symmetricNatsOnBothSidesMeetAtTheRelay() {
    IcePeer[] peers = behindSymmetricNats(through(relay.server()), LINK);
    assertThat(
            simulation.runUntil(
                () -> peers[0].isUsable() && peers[1].isUsable() && usesRelay(peers),
                Duration.ofSeconds(20)))
        .as("%s %s", peers[0].agent, peers[1].agent)
        .isTrue();
    assertThat(relay.core.counters().packetsToPeers()).isPositive();
    // Consent, permissions and the allocation are renewed for as long as it lasts.
    simulation.runFor(Duration.ofHours(2));
    assertThat(peers[0].isUsable()).isTrue();
    assertThat(peers[1].isUsable()).isTrue();
    assertThat(usesRelay(peers)).isTrue();
  }

  @Test
  void aRestartKeepsTheRelay() {
    IcePeer[] peers = behindSymmetricNats(through(relay.server()), LINK);
    assertThat(connects(peers) || usesRelay(peers)).isTrue();
    CandidatePair before = peers[0].agent.selectedPair();
    long made = relay.core.counters().allocationsMade();
    peers[0].restart();
    assertThat(
            simulation.runUntil(
                () -> peers[0].agent.selectedPair() != before && usesRelay(peers),
                Duration.ofSeconds(20)))
        .isTrue();
    assertThat(relay.core.counters().allocationsMade()).isEqualTo(made);
  }

  @Test
  void withRelaysOnlyNothingElseIsToldOrUsed() {
    IceOptions options =
        IceOptions.DEFAULT
            .withStunServers(List.of(relay.host.address(SimulatedRelay.PORT)))
            .withTurnServers(List.of(relay.server()), true);
    IcePeer a = new IcePeer(simulation, internet.host("192.0.2.1", LINK), options);
    IcePeer b = new IcePeer(simulation, internet.host("192.0.2.2", LINK), options);
    IcePeer.link(a, b);
    a.begin(5000);
    b.begin(6000);
    assertThat(simulation.runUntil(() -> a.agreesWith(b), Duration.ofSeconds(10))).isTrue();
    for (IcePeer peer : List.of(a, b)) {
      assertThat(peer.gathered).hasSize(1);
      IceCandidate only = peer.gathered.getFirst();
      assertThat(only.type()).isEqualTo(CandidateType.RELAYED);
      assertThat(only.toString()).contains(" raddr 0.0.0.0 rport 9").doesNotContain("192.0.2.");
      assertThat(peer.agent.selectedPair().local().type()).isEqualTo(CandidateType.RELAYED);
      assertThat(peer.agent.selectedPair().remote().type()).isEqualTo(CandidateType.RELAYED);
    }
  }

  @Test
  void theReasonOfAFailureIsTold() {
    IceTurnServer silent =
        new IceTurnServer(
            TransportAddress.parse("198.51.100.99", 3478), relay.server().credential());
    IcePeer peer =
        new IcePeer(
            simulation,
            internet.host("192.0.2.1", LINK),
            IceOptions.DEFAULT.withTurnServers(
                List.of(relay.withPassword("guess"), silent), false));
    peer.gather(5000);
    simulation.runFor(Duration.ofSeconds(20));
    List<IceEvent.ServerFailed> failures =
        peer.events.stream()
            .filter(IceEvent.ServerFailed.class::isInstance)
            .map(IceEvent.ServerFailed.class::cast)
            .toList();
    assertThat(failures).hasSize(2);
    assertThat(failures.getFirst().errorCode()).isEqualTo(401);
    assertThat(failures.getFirst().reason()).isEqualTo("Unauthenticated");
    assertThat(failures.getLast().errorCode()).isEqualTo(701);
    assertThat(failures.getLast().server().address()).isEqualTo(silent.address());
    assertThat(peer.agent.gatheringState()).isEqualTo(GatheringState.COMPLETE);
  }

  @Test
  void severalServersAreAskedAtOnce() {
    SimulatedRelay second = new SimulatedRelay(simulation, internet.host("198.51.100.2", LINK));
    IcePeer peer =
        new IcePeer(
            simulation,
            internet.host("192.0.2.1", LINK),
            IceOptions.DEFAULT.withTurnServers(List.of(relay.server(), second.server()), false));
    peer.gather(5000);
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(peer.gathered.stream().filter(each -> each.type() == CandidateType.RELAYED))
        .hasSize(2);
  }

  @Test
  void aTurnServerTellsTheReflexiveAddressToo() {
    IcePeer peer =
        new IcePeer(
            simulation,
            inside("203.0.113.1", "10.0.0.2", LINK),
            IceOptions.DEFAULT.withTurnServers(List.of(relay.server()), false));
    peer.gather(5000);
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(peer.gathered)
        .extracting(IceCandidate::type)
        .containsExactly(CandidateType.HOST, CandidateType.SERVER_REFLEXIVE, CandidateType.RELAYED);
    assertThat(peer.gathered.get(1).toString())
        .contains(" 203.0.113.1 ")
        .contains(" raddr 10.0.0.2 ");
  }

  @Test
  void whatStunAndTurnServersSeeIsOneCandidate() {
    IcePeer peer =
        new IcePeer(simulation, inside("203.0.113.1", "10.0.0.2", LINK), through(relay.server()));
    peer.gather(5000);
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(peer.gathered.stream().filter(c -> c.type() == CandidateType.SERVER_REFLEXIVE))
        .hasSize(1);
  }

  @Test
  void closingGivesTheAllocationBack() {
    IcePeer[] peers = behindSymmetricNats(through(relay.server()), LINK);
    assertThat(connects(peers) || usesRelay(peers)).isTrue();
    assertThat(relay.open).hasSize(2);
    for (IcePeer peer : peers) {
      peer.driver.act(() -> peer.agent.close(simulation.now()));
    }
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(relay.open).isEmpty();
  }

  @Test
  void connectsThroughTheRelayInSpiteOfLoss() {
    LinkOptions bad = LINK.loss(0.04).reorder(0.1, Duration.ofMillis(30)).duplicate(0.1);
    Seeds.forEach(seed -> {
      simulation = new Simulation(seed);
      internet = simulation.network().internet();
      relay = new SimulatedRelay(simulation, internet.host("198.51.100.1", LINK));
      IcePeer[] peers = behindSymmetricNats(through(relay.server()), bad);
      assertThat(
              simulation.runUntil(
                  () -> peers[0].isUsable() && peers[1].isUsable() && usesRelay(peers),
                  Duration.ofSeconds(40)))
          .isTrue();
    });
  }
}
