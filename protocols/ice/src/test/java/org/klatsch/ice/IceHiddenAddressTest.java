package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.BindingServer;
import org.klatsch.stun.StunCredential;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Nat;
import org.klatsch.testkit.Nat.Behavior;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Simulation;
import org.klatsch.turn.TurnTransport;

/// Agents that hide their addresses from their peers.
class IceHiddenAddressTest {
  private static final String NAME = "186f77b5-bdee-4a08-bf8c-bf620d221a34.local";
  private static final TransportAddress SERVER = TransportAddress.parse("198.51.100.1", 3478);
  private static final LinkOptions LINK = LinkOptions.PERFECT.delayMillis(5);

  private final Simulation simulation = new Simulation(1);
  private final Realm internet = simulation.network().internet();

  IceHiddenAddressTest() {
    BindingServer server = new BindingServer(64);
    simulation.add(internet.host("198.51.100.1", LINK), server, server::handlePacket, _ -> {});
  }

  private IcePeer peer(Host host, @Nullable String name) {
    IcePeer peer =
        new IcePeer(simulation, host, IceOptions.DEFAULT.withStunServers(List.of(SERVER)));
    for (TransportAddress address : host.addresses()) {
      peer.agent.hideAddress(address, name);
    }
    return peer;
  }

  private Host behindNat(String outside, String inside) {
    Nat nat =
        internet.nat(
            outside,
            Nat.Options.behaving(
                Behavior.ENDPOINT_INDEPENDENT, Behavior.ADDRESS_AND_PORT_DEPENDENT),
            LINK,
            LINK);
    return nat.inside().host(inside);
  }

  private static void carriesNowhere(String address, IcePeer peer) {
    for (IceCandidate each : peer.gathered) {
      assertThat(each.toString()).doesNotContain(address);
    }
    for (IceCandidate each : peer.agent.localCandidates()) {
      assertThat(each.toString()).doesNotContain(address);
    }
    for (CandidatePair each : peer.agent.pairs()) {
      assertThat(each.local().toString()).doesNotContain(address);
    }
  }

  @Test
  void aNameStandsForTheAddress() {
    IcePeer a = peer(behindNat("203.0.113.1", "10.0.0.2"), NAME);
    IcePeer b = peer(behindNat("203.0.113.2", "10.0.0.2"), NAME);
    IcePeer.link(a, b);
    a.begin(5000);
    b.begin(6000);
    assertThat(simulation.runUntil(() -> a.agreesWith(b), Duration.ofSeconds(20))).isTrue();
    assertThat(a.gathered).hasSize(2);
    assertThat(a.gathered.getFirst().host()).isEqualTo(NAME);
    assertThat(a.gathered.getFirst().type()).isEqualTo(CandidateType.HOST);
    assertThat(a.gathered.getLast().toString())
        .contains(" 203.0.113.1 ")
        .endsWith("typ srflx raddr 0.0.0.0 rport 9");
    carriesNowhere("10.0.0.2", a);
    carriesNowhere("10.0.0.2", b);
  }

  @Test
  void withoutNameTheHostCandidateIsNotTold() {
    IcePeer a = peer(behindNat("203.0.113.1", "10.0.0.2"), null);
    IcePeer b = peer(behindNat("203.0.113.2", "10.0.0.3"), null);
    IcePeer.link(a, b);
    a.begin(5000);
    b.begin(6000);
    assertThat(simulation.runUntil(() -> a.agreesWith(b), Duration.ofSeconds(20))).isTrue();
    assertThat(a.gathered)
        .extracting(IceCandidate::type)
        .containsExactly(CandidateType.SERVER_REFLEXIVE);
    carriesNowhere("10.0.0.2", a);
    carriesNowhere("10.0.0.3", b);
  }

  @Test
  void aRestartTellsNoMore() {
    IcePeer a = peer(internet.host("192.0.2.1", LINK), null);
    a.gather(5000);
    simulation.runFor(Duration.ofSeconds(1));
    a.gathered.clear();
    a.driver.act(() -> a.agent.restart(simulation.now()));
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(a.gathered)
        .extracting(IceCandidate::type)
        .containsExactly(CandidateType.SERVER_REFLEXIVE);
  }

  @Test
  void whatTheInternetSeesWithoutNatIsTold() {
    IcePeer a = peer(internet.host("192.0.2.1", LINK), NAME);
    a.gather(5000);
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(a.gathered)
        .extracting(IceCandidate::toString)
        .satisfiesExactly(
            host -> assertThat(host).contains(NAME).doesNotContain("192.0.2.1"),
            seen -> assertThat(seen).contains(" 192.0.2.1 5000 typ srflx raddr 0.0.0.0 rport 9"));
  }

  @Test
  void whatOnlyAServerNearbySeesIsNot() {
    IcePeer a = peer(internet.host("10.1.2.3", LINK), NAME);
    a.gather(5000);
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(a.gathered).hasSize(1);
    carriesNowhere("10.1.2.3", a);
  }

  @Test
  void aPeerThatMeetsTheAddressIsToldNothingMore() {
    IcePeer a = peer(internet.host("192.0.2.1", LINK), null);
    IcePeer b = new IcePeer(simulation, internet.host("192.0.2.2", LINK), IceOptions.DEFAULT);
    IcePeer.link(a, b);
    a.begin(5000);
    b.begin(6000);
    assertThat(simulation.runUntil(() -> a.agreesWith(b), Duration.ofSeconds(20))).isTrue();
    assertThat(a.agent.selectedPair().local().host()).isIn("0.0.0.0", "192.0.2.1");
    assertThat(b.agent.selectedPair().remote().host()).isEqualTo("192.0.2.1");
  }

  @Test
  void foundationsDoNotDependOnTheAddress() {
    IcePeer a = peer(behindNat("203.0.113.1", "10.0.0.2"), NAME);
    IcePeer b = peer(behindNat("203.0.113.2", "10.99.0.77"), NAME);
    a.gather(5000);
    b.gather(5000);
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(a.gathered.getFirst()).isEqualTo(b.gathered.getFirst());
  }

  @Test
  void candidatesOverTcpHideTheAddressToo() {
    IcePeer a = peer(internet.host("192.0.2.1", LINK), NAME);
    TransportAddress base =
        TransportAddress.parse("192.0.2.1", 9).withProtocol(TransportAddress.Protocol.TCP);
    a.driver.act(() -> {
      a.agent.addLocalAddress(simulation.now(), base, NetworkKind.ETHERNET, 0);
      a.agent.startGathering(simulation.now());
    });
    assertThat(a.gathered)
        .singleElement()
        .extracting(IceCandidate::toString)
        .asString()
        .contains(" " + NAME + " 9 typ host tcptype active");
  }

  @Test
  void withoutDatagramsRelaysAreReachedOverStreams() {
    StunCredential.LongTerm credential = new StunCredential.LongTerm("user", "password");
    IceTurnServer overTcp =
        new IceTurnServer(
            SERVER.withProtocol(TransportAddress.Protocol.TCP),
            credential,
            TurnTransport.TCP,
            "198.51.100.1");
    IceOptions options =
        IceOptions.DEFAULT
            .withStunServers(List.of(SERVER))
            .withTurnServers(List.of(overTcp, new IceTurnServer(SERVER, credential)), false);
    IcePeer a = new IcePeer(simulation, internet.host("192.0.2.1", LINK), options);
    TransportAddress base =
        TransportAddress.parse("192.0.2.1", 9).withProtocol(TransportAddress.Protocol.TCP);
    a.driver.act(() -> {
      a.agent.addLocalAddress(simulation.now(), base, NetworkKind.ETHERNET, 0);
      a.agent.startGathering(simulation.now());
    });
    assertThat(a.events).contains(new IceEvent.TurnConnectionRequested(base, overTcp));
    assertThat(a.sent).as("nothing goes over UDP").isEmpty();
  }
}
