package org.klatsch.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.BindingServer;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Simulation;

class IceAgentTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final Duration DELAY = Duration.ofMillis(10);

  private final Simulation simulation = new Simulation(1);
  private final IcePeer offerer = peer("192.0.2.1", DELAY, IceOptions.DEFAULT);
  private final IcePeer answerer = peer("192.0.2.2", DELAY, IceOptions.DEFAULT);

  private IcePeer peer(String address, Duration delay, IceOptions options) {
    return new IcePeer(simulation, host(address, delay), options);
  }

  private Host host(String address, Duration delay) {
    return simulation.network().internet().host(address, LinkOptions.PERFECT.delay(delay));
  }

  private void connect(IcePeer a, IcePeer b) {
    IcePeer.link(a, b);
    a.begin(5000);
    b.begin(6000);
    assertThat(simulation.runUntil(() -> a.agreesWith(b), LIMIT)).isTrue();
    simulation.runFor(Duration.ofSeconds(1));
  }

  @Test
  void connectsWithinOneRoundTripOfTheParametersAndNominatesInTheNext() {
    connect(offerer, answerer);
    // Each way crosses an uplink and a downlink of 10 ms; signalling takes 1 ms.
    assertThat(offerer.connectedAt).isEqualTo(Duration.ofMillis(41).toNanos());
    assertThat(answerer.connectedAt).isEqualTo(Duration.ofMillis(41).toNanos());
    assertThat(offerer.nominatedAt).isLessThanOrEqualTo(Duration.ofMillis(81).toNanos());
    assertThat(answerer.nominatedAt).isLessThanOrEqualTo(Duration.ofMillis(81).toNanos());
    assertThat(offerer.states)
        .containsExactly(IceState.CHECKING, IceState.CONNECTED, IceState.COMPLETED);
    assertThat(answerer.states)
        .containsExactly(IceState.CHECKING, IceState.CONNECTED, IceState.COMPLETED);
  }

  @Test
  void aConnectionTakesNoMorePacketsThanItsPhasesNeed() {
    connect(offerer, answerer);
    // A check, its repetition when the peer's comes in, a nomination and the answers to as many.
    assertThat(offerer.driver.packetsSent()).isLessThanOrEqualTo(6);
    assertThat(answerer.driver.packetsSent()).isLessThanOrEqualTo(6);
  }

  @Test
  void theFirstCheckGoesOutInTheSameDrainAsTheCandidate() {
    offerer.gather(5000);
    IceCredentials remote = answerer.agent.credentials();
    offerer.driver.act(() ->
        offerer.agent.setRemoteParameters(
            simulation.now(), remote.ufrag(), remote.password(), false, Set.of()));
    assertThat(offerer.driver.packetsSent()).isZero();
    offerer.driver.act(
        () -> offerer.agent.addRemoteCandidate(simulation.now(), candidateAt("192.0.2.2", 6000)));
    assertThat(offerer.driver.packetsSent()).isEqualTo(1);
  }

  static IceCandidate candidateAt(String address, int port) {
    return IceCandidate.of(
        "1", 2122260223L, TransportAddress.parse(address, port), CandidateType.HOST, null, null);
  }

  @Test
  void checksThatComeBeforeTheAnswerAreAnsweredAndMakeAPairAtOnce() {
    IcePeer.link(offerer, answerer);
    offerer.signallingDelay = Duration.ZERO;
    answerer.signallingDelay = Duration.ofMillis(500);
    offerer.begin(5000);
    answerer.begin(6000);
    // The answerer already works although the offerer has not seen the answer.
    simulation.runFor(Duration.ofMillis(100));
    assertThat(answerer.agent.state()).isEqualTo(IceState.CONNECTED);
    assertThat(offerer.agent.state()).isEqualTo(IceState.NEW);
    assertThat(offerer.agent.isKnownRemote(offerer.host.address(5000), answerer.host.address(6000)))
        .as("data may come before the answer")
        .isTrue();
    assertThat(simulation.runUntil(() -> offerer.agreesWith(answerer), LIMIT)).isTrue();
    assertThat(offerer.connectedAt).isEqualTo(Duration.ofMillis(540).toNanos());
  }

  @Test
  void ipv6GoesFirstAndBothFamiliesAreTried() {
    offerer.host.addAddress("2001:db8::1");
    answerer.host.addAddress("2001:db8::2");
    connect(offerer, answerer);
    assertThat(offerer.agent.selectedPair().localAddress().isIpv6()).isTrue();
    assertThat(offerer.agent.pairs()).hasSize(2);
  }

  @Test
  void aFamilyThatDoesNotWorkDelaysTheOtherByTheWaitForABetterPairAtMost() {
    offerer.host.addAddress("2001:db8::1");
    answerer.host.addAddress("2001:db8::2");
    IcePeer.link(offerer, answerer);
    offerer.begin(5000);
    answerer.begin(6000);
    offerer.host.removeAddress("2001:db8::1");
    assertThat(simulation.runUntil(() -> offerer.agreesWith(answerer), LIMIT)).isTrue();
    assertThat(offerer.connectedAt).isEqualTo(Duration.ofMillis(41).toNanos());
    assertThat(offerer.nominatedAt).isLessThanOrEqualTo(Duration.ofMillis(41 + 100 + 40).toNanos());
    assertThat(offerer.agent.selectedPair().localAddress().isIpv4()).isTrue();
  }

  @Test
  void linkLocalAddressesReachEachOtherThroughTheInterfaceTheyAreHeardOn() {
    TransportAddress local = TransportAddress.parse("fe80::1%7", 5000);
    TransportAddress remote = TransportAddress.parse("fe80::2%7", 6000);
    IceAgent agent = new IceAgent(IceOptions.DEFAULT, new SeededSecureRandom(1));
    agent.addLocalAddress(0, local, NetworkKind.ETHERNET, 0);
    agent.addLocalAddress(0, TransportAddress.parse("2001:db8::1", 5000), NetworkKind.ETHERNET, 0);
    agent.startGathering(0);
    agent.setRemoteParameters(0, "abcd", "0123456789012345678901", false, Set.of());
    agent.addRemoteCandidate(0, candidateAt("fe80::2", 6000));
    assertThat(agent.pairs()).hasSize(1);
    assertThat(agent.pairs().getFirst().remoteAddress()).isEqualTo(remote);
    assertThat(agent.localCandidates().toString()).contains("fe80::1 5000").doesNotContain("%");
  }

  @Test
  void anAddressAddedAfterTheEndOfGatheringGathersAgain() {
    IceAgent agent = new IceAgent(IceOptions.DEFAULT, new SeededSecureRandom(1));
    agent.addLocalAddress(0, TransportAddress.parse("192.0.2.1", 5000), NetworkKind.WIFI, 0);
    agent.startGathering(0);
    assertThat(agent.gatheringState()).isEqualTo(GatheringState.COMPLETE);
    drain(agent);
    agent.addLocalAddress(0, TransportAddress.parse("192.0.2.1", 5001), NetworkKind.WIFI, 0);
    List<IceEvent> events = drain(agent);
    assertThat(events).hasSize(3);
    assertThat(events.getFirst())
        .isEqualTo(new IceEvent.GatheringStateChanged(GatheringState.GATHERING));
    assertThat(events.get(1)).isInstanceOf(IceEvent.LocalCandidateGathered.class);
    assertThat(events.getLast())
        .isEqualTo(new IceEvent.GatheringStateChanged(GatheringState.COMPLETE));
  }

  @Test
  void aNameIsResolvedBeforeItsCandidateIsPaired() {
    IceAgent agent = new IceAgent(IceOptions.DEFAULT, new SeededSecureRandom(1));
    agent.addLocalAddress(0, TransportAddress.parse("192.0.2.1", 5000), NetworkKind.WIFI, 0);
    agent.startGathering(0);
    agent.setRemoteParameters(0, "abcd", "0123456789012345678901", false, Set.of());
    IceCandidate named = candidateAt("192.0.2.2", 6000).withHost("a-b-c.local");
    agent.addRemoteCandidate(0, named);
    agent.addRemoteCandidate(0, named.withHost("example.org"));
    assertThat(agent.pairs()).isEmpty();
    assertThat(drain(agent)).contains(new IceEvent.MdnsQueryRequested("a-b-c.local"));
    agent.handleMdnsResolved(0, "a-b-c.local", TransportAddress.parse("192.0.2.2", 0));
    assertThat(agent.pairs()).hasSize(1);
    assertThat(agent.pairs().getFirst().remoteAddress())
        .isEqualTo(TransportAddress.parse("192.0.2.2", 6000));
    assertThat(agent.statistics().candidatesDropped()).isEqualTo(1);
  }

  static List<IceEvent> drain(IceAgent agent) {
    List<IceEvent> events = new ArrayList<>();
    for (IceEvent event = agent.pollEvent(); event != null; event = agent.pollEvent()) {
      events.add(event);
    }
    return events;
  }

  @Test
  void candidatesThatCannotBeUsedAreDropped() throws Exception {
    IceAgent agent = new IceAgent(IceOptions.DEFAULT, new SeededSecureRandom(1));
    agent.addLocalAddress(0, TransportAddress.parse("192.0.2.1", 5000), NetworkKind.WIFI, 0);
    agent.startGathering(0);
    agent.setRemoteParameters(0, "abcd", "0123456789012345678901", false, Set.of());
    for (String line :
        List.of(
            "candidate:1 1 tcp 1518214911 192.0.2.2 9 typ host tcptype so",
            "candidate:1 2 udp 1518214911 192.0.2.2 900 typ host",
            "candidate:1 1 udp 1518214911 192.0.2.2 900 typ host ufrag other",
            "candidate:1 1 udp 1518214911 0.0.0.0 900 typ host",
            "candidate:1 1 udp 1518214911 224.0.0.1 900 typ host",
            "candidate:1 1 udp 1518214911 192.0.2.2 0 typ host")) {
      agent.addRemoteCandidate(0, IceCandidate.parse(line));
    }
    assertThat(agent.pairs()).isEmpty();
    assertThat(agent.statistics().candidatesDropped()).isEqualTo(6);
  }

  @Test
  void deadAndSlowServersDelayNothing() {
    host("198.51.100.1", DELAY);
    Host slow = host("198.51.100.2", Duration.ofMillis(700));
    BindingServer binding = new BindingServer(16);
    simulation.add(slow, binding, binding::handlePacket, event -> {});
    IceOptions options =
        IceOptions.DEFAULT.withStunServers(
            List.of(
                TransportAddress.parse("198.51.100.1", 3478),
                TransportAddress.parse("198.51.100.2", 3478),
                TransportAddress.parse("198.51.100.3", 3478)));
    IcePeer a = peer("192.0.2.11", DELAY, options);
    IcePeer b = peer("192.0.2.12", DELAY, options);
    IcePeer.link(a, b);
    a.begin(5000);
    b.begin(6000);
    assertThat(simulation.runUntil(() -> a.agreesWith(b), LIMIT)).isTrue();
    assertThat(a.connectedAt).isEqualTo(Duration.ofMillis(41).toNanos());
    simulation.runUntil(
        () -> a.agent.gatheringState() == GatheringState.COMPLETE, Duration.ofSeconds(60));
    // The slow server answers at 1420 ms; the dead ones get a quarter of a second more.
    assertThat(simulation.now()).isEqualTo(Duration.ofMillis(1420 + 250).toNanos());
    assertThat(a.events.stream().filter(IceEvent.ServerFailed.class::isInstance)).hasSize(2);
  }

  @Test
  void gatheringEndsWhenNoServerAnswers() {
    IcePeer a =
        peer(
            "192.0.2.11",
            DELAY,
            IceOptions.DEFAULT.withStunServers(
                List.of(TransportAddress.parse("198.51.100.3", 3478))));
    a.gather(5000);
    simulation.runFor(Duration.ofSeconds(10));
    assertThat(a.events)
        .contains(
            new IceEvent.GatheringStateChanged(GatheringState.GATHERING),
            new IceEvent.GatheringStateChanged(GatheringState.COMPLETE));
    assertThat(a.gathered).hasSize(1);
  }

  @Test
  void consentExpiresThirtySecondsAfterThePeerFallsSilent() {
    connect(offerer, answerer);
    answerer.host.blockUdp(true);
    long silentSince = simulation.now();
    simulation.runUntil(
        () -> offerer.agent.state() == IceState.DISCONNECTED, Duration.ofSeconds(60));
    assertThat(simulation.now() - silentSince).isLessThan(Duration.ofSeconds(9).toNanos());
    simulation.runUntil(() -> offerer.agent.state() == IceState.FAILED, Duration.ofSeconds(60));
    assertThat(simulation.now() - silentSince)
        .isBetween(Duration.ofSeconds(23).toNanos(), Duration.ofSeconds(31).toNanos());
    assertThat(offerer.agent.selectedPair()).isNull();
    long sent = offerer.driver.packetsSent();
    simulation.runFor(Duration.ofMinutes(1));
    assertThat(offerer.driver.packetsSent()).as("nothing without consent").isEqualTo(sent);
  }

  @Test
  void consentChecksAreRandomisedAndNeverLessThanFourSecondsApart() {
    connect(offerer, answerer);
    long before = offerer.agent.selectedPair().statistics().consentRequestsSent();
    simulation.runFor(Duration.ofSeconds(600));
    long sent = offerer.agent.selectedPair().statistics().consentRequestsSent() - before;
    assertThat(sent).isBetween(105L, 135L);
    assertThat(offerer.agent.state()).isEqualTo(IceState.COMPLETED);
    assertThat(offerer.agent.selectedPair().statistics().currentRoundTripNanos())
        .isEqualTo(Duration.ofMillis(40).toNanos());
  }

  @Test
  void aShortInterruptionEndsInTheSameConnection() {
    connect(offerer, answerer);
    answerer.host.blockUdp(true);
    simulation.runFor(Duration.ofSeconds(15));
    assertThat(offerer.agent.state()).isEqualTo(IceState.DISCONNECTED);
    answerer.host.blockUdp(false);
    simulation.runFor(Duration.ofSeconds(15));
    assertThat(offerer.agent.state()).isEqualTo(IceState.COMPLETED);
    assertThat(answerer.agent.state()).isEqualTo(IceState.COMPLETED);
    assertThat(offerer.agreesWith(answerer)).isTrue();
  }

  @Test
  void anotherPairTakesOverWhenTheSelectedOneDies() {
    offerer.host.addAddress("2001:db8::1");
    answerer.host.addAddress("2001:db8::2");
    offerer.signalledOptions = Set.of("renomination");
    answerer.signalledOptions = Set.of("renomination");
    connect(offerer, answerer);
    answerer.host.removeAddress("2001:db8::2");
    boolean recovered =
        simulation.runUntil(
            () ->
                offerer.agreesWith(answerer)
                    && offerer.agent.selectedPair().localAddress().isIpv4()
                    && offerer.isUsable()
                    && answerer.isUsable(),
            Duration.ofSeconds(25));
    assertThat(recovered).isTrue();
    assertThat(answerer.agent.selectedPair().localAddress().isIpv4()).isTrue();
  }

  /// @param mover 0 for the controlling agent, 1 for the controlled one
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aBetterAddressThatComesLateIsUsed(int mover) {
    IcePeer[] peers = {offerer, answerer};
    for (IcePeer each : peers) {
      each.signalledOptions = Set.of("renomination");
      each.driver.act(
          () -> each.agent.addLocalAddress(0, each.host.address(4000), NetworkKind.WIFI, 0));
    }
    IcePeer.link(offerer, answerer);
    for (IcePeer each : peers) {
      each.driver.act(() -> each.agent.startGathering(0));
      each.signalParameters();
    }
    assertThat(simulation.runUntil(() -> offerer.agreesWith(answerer), LIMIT)).isTrue();
    simulation.runFor(Duration.ofSeconds(10));
    IcePeer moved = peers[mover];
    moved.host.addAddress("198.51.100.77");
    TransportAddress better = TransportAddress.parse("198.51.100.77", 4001);
    moved.driver.act(
        () -> moved.agent.addLocalAddress(simulation.now(), better, NetworkKind.ETHERNET, 0));
    boolean used =
        simulation.runUntil(
            () ->
                offerer.agreesWith(answerer)
                    && moved.agent.selectedPair().localAddress().equals(better),
            Duration.ofSeconds(5));
    assertThat(used).as("%s", moved.agent.pairs()).isTrue();
    // A worse one changes nothing.
    moved.host.addAddress("198.51.100.78");
    TransportAddress worse = TransportAddress.parse("198.51.100.78", 4002);
    moved.driver.act(
        () -> moved.agent.addLocalAddress(simulation.now(), worse, NetworkKind.CELLULAR, 0));
    simulation.runFor(Duration.ofSeconds(10));
    assertThat(moved.agent.selectedPair().localAddress()).isEqualTo(better);
    assertThat(offerer.agreesWith(answerer)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aLostNetworkDisconnectsUntilThereIsAnother(int mover) {
    IcePeer[] peers = {offerer, answerer};
    connect(offerer, answerer);
    IcePeer moved = peers[mover];
    moved.states.clear();
    TransportAddress gone = moved.agent.selectedPair().localAddress();
    moved.host.removeAddress(gone.host());
    moved.driver.act(() -> moved.agent.removeLocalAddress(simulation.now(), gone));
    simulation.runFor(Duration.ofSeconds(4));
    assertThat(moved.states).containsExactly(IceState.DISCONNECTED);
    moved.host.addAddress("198.51.100.77");
    TransportAddress next = TransportAddress.parse("198.51.100.77", 4001);
    moved.driver.act(
        () -> moved.agent.addLocalAddress(simulation.now(), next, NetworkKind.WIFI, 0));
    assertThat(simulation.runUntil(() -> offerer.agreesWith(answerer), LIMIT)).isTrue();
    assertThat(moved.states).doesNotContain(IceState.FAILED, IceState.CHECKING);
    assertThat(moved.isUsable()).isTrue();
  }

  @Test
  void aNetworkThatStaysLostFails() {
    connect(offerer, answerer);
    TransportAddress gone = offerer.agent.selectedPair().localAddress();
    offerer.states.clear();
    offerer.driver.act(() -> offerer.agent.removeLocalAddress(simulation.now(), gone));
    simulation.runFor(IceOptions.DEFAULT.patience().plusSeconds(1));
    assertThat(offerer.states).containsExactly(IceState.DISCONNECTED, IceState.FAILED);
  }

  @Test
  void anAddressThatIsTakenBackGivesWayToAnother() {
    offerer.host.addAddress("2001:db8::1");
    answerer.host.addAddress("2001:db8::2");
    connect(offerer, answerer);
    TransportAddress gone = offerer.agent.selectedPair().localAddress();
    offerer.driver.act(() -> offerer.agent.removeLocalAddress(simulation.now(), gone));
    boolean recovered =
        simulation.runUntil(
            () -> offerer.isUsable() && offerer.agent.selectedPair().localAddress().isIpv4(),
            Duration.ofSeconds(10));
    assertThat(recovered).isTrue();
    simulation.runFor(Duration.ofSeconds(10));
    assertThat(offerer.agreesWith(answerer)).isTrue();
  }

  @Test
  void aLiteAgentAnswersAndFollowsTheNomination() {
    IcePeer lite = peer("192.0.2.12", DELAY, IceOptions.DEFAULT.withLite(true));
    connect(offerer, lite);
    assertThat(lite.agent.role()).isEqualTo(IceRole.CONTROLLED);
    assertThat(lite.agent.state()).isEqualTo(IceState.COMPLETED);
    assertThat(lite.agent.selectedPair().statistics().requestsSent()).isZero();
    simulation.runFor(Duration.ofMinutes(3));
    assertThat(lite.agent.state()).isEqualTo(IceState.COMPLETED);
    offerer.host.blockUdp(true);
    simulation.runFor(Duration.ofSeconds(40));
    assertThat(lite.agent.state()).isEqualTo(IceState.FAILED);
  }

  @Test
  void aLiteOffererIsControlledByAFullAnswerer() {
    IcePeer lite = peer("192.0.2.12", DELAY, IceOptions.DEFAULT.withLite(true));
    connect(lite, answerer);
    assertThat(lite.agent.role()).isEqualTo(IceRole.CONTROLLED);
    assertThat(answerer.agent.role()).isEqualTo(IceRole.CONTROLLING);
  }

  @Test
  void twoLiteAgentsUseTheirBestPairWithoutChecks() {
    IcePeer a = peer("192.0.2.11", DELAY, IceOptions.DEFAULT.withLite(true));
    IcePeer b = peer("192.0.2.12", DELAY, IceOptions.DEFAULT.withLite(true));
    IcePeer.link(a, b);
    a.begin(5000);
    b.begin(6000);
    assertThat(simulation.runUntil(() -> a.agreesWith(b), LIMIT)).isTrue();
  }

  @Test
  void aRestartThatIsTakenBackLeavesTheConnectionAlone() {
    connect(offerer, answerer);
    CandidatePair pair = offerer.agent.selectedPair();
    IceCredentials before = offerer.agent.credentials();
    offerer.driver.act(() -> offerer.agent.restart(simulation.now()));
    assertThat(offerer.agent.credentials()).isNotEqualTo(before);
    offerer.driver.act(offerer.agent::cancelRestart);
    assertThat(offerer.agent.credentials()).isEqualTo(before);
    simulation.runFor(Duration.ofSeconds(60));
    assertThat(offerer.agent.selectedPair()).isSameAs(pair);
    assertThat(offerer.isUsable()).isTrue();
  }

  @Test
  void aRestartRepairsAFailedConnection() {
    connect(offerer, answerer);
    answerer.host.blockUdp(true);
    simulation.runFor(Duration.ofSeconds(60));
    answerer.host.blockUdp(false);
    assertThat(offerer.agent.state()).isEqualTo(IceState.FAILED);
    offerer.restart();
    assertThat(simulation.runUntil(() -> offerer.agreesWith(answerer), LIMIT)).isTrue();
    assertThat(offerer.isUsable()).isTrue();
  }

  @Test
  void closingEndsAllActivity() {
    connect(offerer, answerer);
    offerer.driver.act(() -> offerer.agent.close(simulation.now()));
    long sent = offerer.driver.packetsSent();
    simulation.runFor(Duration.ofMinutes(1));
    assertThat(offerer.driver.packetsSent()).isEqualTo(sent);
    assertThat(offerer.agent.state()).isEqualTo(IceState.CLOSED);
    assertThat(answerer.agent.state()).isEqualTo(IceState.FAILED);
  }

  @Test
  void knownRemotesAreThoseThatProvedThePassword() {
    connect(offerer, answerer);
    TransportAddress local = offerer.host.address(5000);
    assertThat(offerer.agent.isKnownRemote(local, answerer.host.address(6000))).isTrue();
    assertThat(offerer.agent.isKnownRemote(local, answerer.host.address(6001))).isFalse();
    assertThat(offerer.agent.isKnownRemote(local.withPort(1), answerer.host.address(6000)))
        .isFalse();
  }
}
