package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.TransportAddress.Protocol;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Nat;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;

/// Pairs of TCP candidates, RFC 6544, in virtual time.
@Tag("simulation")
class IceTcpTest {
  private static final LinkOptions LINK = LinkOptions.PERFECT.delayMillis(5);
  private static final int DISCARD = 9;

  private static TransportAddress tcp(Host host, int port) {
    return host.address(port).withProtocol(Protocol.TCP);
  }

  /// Gathers UDP, an active candidate, and with a port a passive one.
  private static void begin(IcePeer peer, int udpPort, int passivePort) {
    peer.driver.act(() -> {
      long now = peer.now();
      peer.agent.addLocalAddress(now, peer.host.address(udpPort), NetworkKind.ETHERNET, 0);
      peer.agent.addLocalAddress(now, tcp(peer.host, DISCARD), NetworkKind.ETHERNET, 0);
      if (passivePort != 0) {
        peer.agent.addLocalAddress(now, tcp(peer.host, passivePort), NetworkKind.ETHERNET, 0);
      }
      peer.agent.startGathering(now);
    });
    peer.signalParameters();
  }

  private static boolean connects(Simulation simulation, IcePeer a, IcePeer b) {
    return simulation.runUntil(
        () -> nominated(a) && nominated(b) && a.isUsable() && b.isUsable(), Duration.ofSeconds(20));
  }

  private static boolean nominated(IcePeer peer) {
    CandidatePair pair = peer.agent.selectedPair();
    return pair != null && pair.isNominated();
  }

  @Test
  void tellsCandidatesWithTheirDirectionAndPriority() {
    Simulation simulation = new Simulation(1);
    IcePeer peer =
        new IcePeer(
            simulation, simulation.network().internet().host("192.0.2.1"), IceOptions.DEFAULT);
    begin(peer, 5000, 5001);
    List<String> lines = new ArrayList<>();
    peer.gathered.forEach(candidate -> lines.add(candidate.toString()));
    // RFC 6544 §4.2: 2^24 × 90 + 2^8 × (2^13 × direction + other) + 255, direction 6 or 4.
    assertThat(lines)
        .containsExactly(
            "candidate:1 1 udp 2130706431 192.0.2.1 5000 typ host",
            "candidate:2 1 tcp 1524629503 192.0.2.1 9 typ host tcptype active",
            "candidate:2 1 tcp 1520434943 192.0.2.1 5001 typ host tcptype passive");
  }

  @Test
  void connectsOverTcpWhereUdpIsBlocked() {
    Seeds.forEach(seed -> {
      boolean offererListens = seed % 2 == 0;
      Simulation simulation = new Simulation(seed);
      Realm internet = simulation.network().internet();
      LinkOptions lossy = LINK.loss(0.05);
      IcePeer a =
          new IcePeer(
              simulation, internet.host("192.0.2.1", lossy).blockUdp(true), IceOptions.DEFAULT);
      IcePeer b = new IcePeer(simulation, internet.host("192.0.2.2", lossy), IceOptions.DEFAULT);
      IcePeer.link(a, b);
      begin(a, 5000, offererListens ? 5001 : 0);
      begin(b, 6000, offererListens ? 0 : 6001);
      assertThat(connects(simulation, a, b)).isTrue();
      CandidatePair ours = a.agent.selectedPair();
      CandidatePair theirs = b.agent.selectedPair();
      CandidatePair passive = offererListens ? ours : theirs;
      CandidatePair active = offererListens ? theirs : ours;
      assertThat(active.local().tcpType()).isEqualTo(TcpType.ACTIVE);
      assertThat(active.local().type()).isEqualTo(CandidateType.HOST);
      assertThat(active.remote().tcpType()).isEqualTo(TcpType.PASSIVE);
      assertThat(passive.local().tcpType()).isEqualTo(TcpType.PASSIVE);
      assertThat(passive.remote().type()).isEqualTo(CandidateType.PEER_REFLEXIVE);
      simulation.runFor(Duration.ofMinutes(1));
      assertThat(a.isUsable()).as("consent goes on").isTrue();
      assertThat(a.agent.selectedPair()).isSameAs(ours);
    });
  }

  @Test
  void prefersUdpWhereBothWork() {
    Simulation simulation = new Simulation(1);
    Realm internet = simulation.network().internet();
    IcePeer a = new IcePeer(simulation, internet.host("192.0.2.1", LINK), IceOptions.DEFAULT);
    IcePeer b = new IcePeer(simulation, internet.host("192.0.2.2", LINK), IceOptions.DEFAULT);
    IcePeer.link(a, b);
    begin(a, 5000, 5001);
    begin(b, 6000, 6001);
    assertThat(connects(simulation, a, b)).isTrue();
    assertThat(a.agent.selectedPair().local().isUdp()).isTrue();
    assertThat(b.agent.selectedPair().local().isUdp()).isTrue();
  }

  @Test
  void reachesAPublicPassiveCandidateFromBehindANat() {
    Simulation simulation = new Simulation(1);
    Realm internet = simulation.network().internet();
    Nat nat = internet.nat("203.0.113.1", Nat.Options.SYMMETRIC.blocksUdp(true), LINK, LINK);
    IcePeer a = new IcePeer(simulation, nat.inside().host("10.0.0.2", LINK), IceOptions.DEFAULT);
    IcePeer b = new IcePeer(simulation, internet.host("192.0.2.2", LINK), IceOptions.DEFAULT);
    IcePeer.link(a, b);
    begin(a, 5000, 5001);
    begin(b, 6000, 6001);
    assertThat(connects(simulation, a, b)).isTrue();
    assertThat(a.agent.selectedPair().local().type()).isEqualTo(CandidateType.PEER_REFLEXIVE);
    assertThat(b.agent.selectedPair().remote().host()).isEqualTo("203.0.113.1");
  }

  @Test
  void opensANewConnectionWhenTheOldOneIsCut() {
    Simulation simulation = new Simulation(1);
    Realm internet = simulation.network().internet();
    IcePeer a =
        new IcePeer(
            simulation, internet.host("192.0.2.1", LINK).blockUdp(true), IceOptions.DEFAULT);
    IcePeer b = new IcePeer(simulation, internet.host("192.0.2.2", LINK), IceOptions.DEFAULT);
    IcePeer.link(a, b);
    begin(a, 5000, 0);
    begin(b, 6000, 6001);
    assertThat(connects(simulation, a, b)).isTrue();
    CandidatePair active = a.agent.selectedPair();
    CandidatePair passive = b.agent.selectedPair();
    b.driver.act(
        () -> b.agent.handleStreamClosed(b.now(), passive.localAddress(), passive.remoteAddress()));
    a.driver.act(
        () -> a.agent.handleStreamClosed(a.now(), active.localAddress(), active.remoteAddress()));
    assertThat(b.agent.selectedPair()).isNull();
    assertThat(connects(simulation, a, b)).isTrue();
    assertThat(a.states).doesNotContain(IceState.FAILED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aBetterPathThatAppearsLaterIsTaken(boolean atTheController) {
    Simulation simulation = new Simulation(1);
    Realm internet = simulation.network().internet();
    IcePeer a =
        new IcePeer(
            simulation, internet.host("192.0.2.1", LINK).blockUdp(true), IceOptions.DEFAULT);
    IcePeer b = new IcePeer(simulation, internet.host("192.0.2.2", LINK), IceOptions.DEFAULT);
    a.signalledOptions = Set.of("renomination");
    b.signalledOptions = Set.of("renomination");
    if (atTheController) {
      IcePeer.link(a, b);
    } else {
      IcePeer.link(b, a);
    }
    begin(a, 5000, 5001);
    begin(b, 6000, 6001);
    assertThat(connects(simulation, a, b)).isTrue();
    assertThat(a.agent.selectedPair().local().isUdp()).isFalse();
    simulation.runFor(Duration.ofMinutes(1));
    a.host.blockUdp(false).addAddress("192.0.2.77");
    a.driver.act(() ->
        a.agent.addLocalAddress(
            a.now(), TransportAddress.parse("192.0.2.77", 7000), NetworkKind.ETHERNET, 0));
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(a.agent.selectedPair().local().isUdp()).isTrue();
    assertThat(b.agent.selectedPair().local().isUdp()).isTrue();
    assertThat(a.agent.selectedPair().isNominated()).isTrue();
    assertThat(b.agent.selectedPair().isNominated()).isTrue();
    assertThat(a.states).doesNotContain(IceState.DISCONNECTED, IceState.FAILED);
  }

  /// As when the address of a new network is there before its route.
  @ParameterizedTest
  @CsvSource({"0, 80, true", "0, 80, false", "1, 80, true", "0, 700, true", "1, 700, true"})
  void lostChecksAfterAMoveLeaveNobodyOnTcp(int mover, long lostMillis, boolean renominates) {
    Simulation simulation = new Simulation(1);
    Realm internet = simulation.network().internet();
    IcePeer[] peers = {
      new IcePeer(simulation, internet.host("192.0.2.1", LINK), IceOptions.DEFAULT),
      new IcePeer(simulation, internet.host("192.0.2.2", LINK), IceOptions.DEFAULT)
    };
    for (IcePeer each : peers) {
      each.signalledOptions = renominates ? Set.of("renomination") : Set.of();
    }
    IcePeer.link(peers[0], peers[1]);
    begin(peers[0], 5000, 5001);
    begin(peers[1], 6000, 6001);
    assertThat(connects(simulation, peers[0], peers[1])).isTrue();
    simulation.runFor(Duration.ofSeconds(5));
    IcePeer moved = peers[mover];
    // Nothing is signalled.
    moved.other = null;
    TransportAddress before = moved.host.address(0);
    moved.host.removeAddress(before.host());
    moved.host.addAddress("198.51.100.77");
    moved.host.blockUdp(true);
    moved.driver.act(() -> {
      moved.agent.removeLocalAddress(moved.now(), before.withPort(5000 + 1000 * mover));
      moved.agent.removeLocalAddress(
          moved.now(), before.withPort(5001 + 1000 * mover).withProtocol(Protocol.TCP));
      moved.agent.removeLocalAddress(
          moved.now(), before.withPort(DISCARD).withProtocol(Protocol.TCP));
      moved.agent.addLocalAddress(moved.now(), moved.host.address(7000), NetworkKind.WIFI, 0);
      moved.agent.addLocalAddress(moved.now(), tcp(moved.host, DISCARD), NetworkKind.WIFI, 0);
    });
    simulation.after(Duration.ofMillis(lostMillis), () -> moved.host.blockUdp(false));
    boolean together =
        simulation.runUntil(
            () -> connects(peers[0]) && connects(peers[1]) && peers[0].agreesWith(peers[1]),
            Duration.ofSeconds(10));
    assertThat(together).as("%s %s", peers[0].agent.pairs(), peers[1].agent.pairs()).isTrue();
  }

  private static boolean connects(IcePeer peer) {
    CandidatePair pair = peer.agent.selectedPair();
    return pair != null && pair.isNominated() && pair.local().isUdp();
  }

  @Test
  void aRefusedConnectionFailsItsPairAtOnce() throws Exception {
    Simulation simulation = new Simulation(1);
    IcePeer a =
        new IcePeer(
            simulation,
            simulation.network().internet().host("192.0.2.1", LINK),
            IceOptions.DEFAULT);
    begin(a, 5000, 0);
    a.driver.act(() -> {
      a.agent.setRemoteParameters(0, "abcd", "0123456789012345678901", false, Set.of());
      a.agent.addRemoteCandidate(0, candidate("passive", 7000));
    });
    simulation.runFor(Duration.ofMillis(100));
    CandidatePair pair = a.agent.pairs().getFirst();
    assertThat(pair.state()).isEqualTo(CandidatePair.State.IN_PROGRESS);
    assertThat(pair.statistics().requestsSent()).as("TCP repeats by itself").isEqualTo(1);
    a.driver.act(
        () -> a.agent.handleStreamClosed(a.now(), pair.localAddress(), pair.remoteAddress()));
    assertThat(pair.state()).isEqualTo(CandidatePair.State.FAILED);
  }

  @Test
  void pairsOnlyActiveWithPassiveCandidates() {
    Simulation simulation = new Simulation(1);
    IcePeer a =
        new IcePeer(
            simulation,
            simulation.network().internet().host("192.0.2.1", LINK),
            IceOptions.DEFAULT);
    begin(a, 5000, 5001);
    a.driver.act(() -> {
      a.agent.setRemoteParameters(0, "abcd", "0123456789012345678901", false, Set.of());
      a.agent.addRemoteCandidate(0, candidate("active", DISCARD));
      a.agent.addRemoteCandidate(0, candidate("so", 7000));
      a.agent.addRemoteCandidate(0, candidate("passive", 7001));
    });
    assertThat(a.agent.pairs()).hasSize(1);
    CandidatePair pair = a.agent.pairs().getFirst();
    assertThat(pair.localAddress()).isEqualTo(tcp(a.host, DISCARD));
    assertThat(pair.remoteAddress().port()).isEqualTo(7001);
    assertThat(a.agent.statistics().candidatesDropped()).isEqualTo(1);
  }

  private static IceCandidate candidate(String tcpType, int port) {
    try {
      return IceCandidate.parse(
          "candidate:7 1 tcp 1518214911 192.0.2.9 " + port + " typ host tcptype " + tcpType);
    } catch (MalformedIceException e) {
      throw new AssertionError(e);
    }
  }
}
