package org.klatsch.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.NatBehavior;
import org.klatsch.stun.NatBehaviorDiscovery;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Nat;
import org.klatsch.testkit.Nat.Behavior;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Simulation;
import org.klatsch.turn.server.TurnServerOptions;

/// RFC 5780: our client finds every kind of NAT with our server.
class NatBehaviorDiscoveryTest {
  private static final LinkOptions LINK = LinkOptions.PERFECT.delayMillis(20);
  private static final TransportAddress FIRST = TransportAddress.parse("198.51.100.1", 3478);
  private static final TransportAddress OTHER = TransportAddress.parse("198.51.100.2", 3479);
  private static final TransportAddress SECOND = TransportAddress.parse("203.0.113.9", 3478);

  private final Simulation simulation = new Simulation(1);
  private final Realm internet = simulation.network().internet();

  private void servers(boolean alternate) {
    SimulatedServer first =
        new SimulatedServer(
            simulation,
            internet.host(FIRST.host(), LINK).addAddress(OTHER.host()),
            TurnServerOptions.DEFAULT);
    if (alternate) {
      first.core.alternate(FIRST, OTHER);
      first.open.add(FIRST.withPort(OTHER.port()));
      first.open.add(OTHER);
    }
    new SimulatedServer(simulation, internet.host(SECOND.host(), LINK), TurnServerOptions.DEFAULT);
  }

  private NatBehavior discover(Host host, @Nullable TransportAddress second) {
    TransportAddress local = host.address(5000);
    NatBehaviorDiscovery discovery =
        new NatBehaviorDiscovery(local, FIRST, second, new SecureRandom());
    List<NatBehavior> found = new ArrayList<>();
    Simulation.Peer<NatBehavior> driver =
        simulation.add(host, discovery, discovery::handlePacket, found::add);
    driver.act(() -> discovery.start(simulation.now()));
    assertThat(simulation.runUntil(() -> !found.isEmpty(), Duration.ofSeconds(20))).isTrue();
    simulation.runFor(Duration.ofSeconds(20));
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private Host behind(Behavior mapping, Behavior filtering) {
    return internet
        .nat("192.0.2.1", Nat.Options.behaving(mapping, filtering), LINK, LINK)
        .inside()
        .host("10.0.0.2");
  }

  static Stream<Arguments> kinds() {
    return Stream.of(Behavior.values())
        .flatMap(mapping ->
            Stream.of(Behavior.values()).map(filtering -> Arguments.of(mapping, filtering)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyKindOfNatIsRecognized(Behavior mapping, Behavior filtering) {
    servers(true);
    NatBehavior found = discover(behind(mapping, filtering), null);
    assertThat(found.mapping().name()).isEqualTo(mapping.name());
    assertThat(found.filtering().name()).isEqualTo(filtering.name());
    assertThat(found.mapped()).isNotNull();
    assertThat(found.isMappingStable()).isEqualTo(mapping == Behavior.ENDPOINT_INDEPENDENT);
  }

  @Test
  void withoutNatNothingIsTranslated() {
    servers(true);
    Host host = internet.host("192.0.2.7", LINK);
    NatBehavior found = discover(host, null);
    assertThat(found)
        .isEqualTo(
            new NatBehavior(
                host.address(5000),
                NatBehavior.Mapping.NO_TRANSLATION,
                NatBehavior.Filtering.ENDPOINT_INDEPENDENT));
  }

  @Test
  void twoOrdinaryServersTellAStableMappingFromAnother() {
    servers(false);
    NatBehavior stable =
        discover(behind(Behavior.ENDPOINT_INDEPENDENT, Behavior.ADDRESS_DEPENDENT), SECOND);
    assertThat(stable.mapping()).isEqualTo(NatBehavior.Mapping.ENDPOINT_INDEPENDENT);
    assertThat(stable.filtering()).isEqualTo(NatBehavior.Filtering.UNKNOWN);
    Host symmetric =
        internet.nat("192.0.2.2", Nat.Options.SYMMETRIC, LINK, LINK).inside().host("10.0.0.2");
    assertThat(discover(symmetric, SECOND).mapping())
        .isEqualTo(NatBehavior.Mapping.ENDPOINT_DEPENDENT);
  }

  @Test
  void blockedUdpIsNoMappingAtAll() {
    servers(true);
    NatBehavior found = discover(internet.host("192.0.2.7", LINK).blockUdp(true), SECOND);
    assertThat(found)
        .isEqualTo(
            new NatBehavior(null, NatBehavior.Mapping.UNKNOWN, NatBehavior.Filtering.UNKNOWN));
  }
}
