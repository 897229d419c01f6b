package org.klatsch.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.sansio.TransportAddress;

class NatTest {
  private final Network network = new Network(3);
  private final Host a = network.internet().host("192.0.2.1");
  private final Host b = network.internet().host("192.0.2.2");

  private List<Network.Delivery> run(long now) {
    List<Network.Delivery> deliveries = new ArrayList<>();
    for (Network.Delivery d = network.poll(now); d != null; d = network.poll(now)) {
      deliveries.add(d);
    }
    return deliveries;
  }

  private TransportAddress seenBy(Host host, long now, Host from, int fromPort, int toPort) {
    from.send(now, from.address(fromPort), host.address(toPort), 0, new byte[] {1}, 0, 1);
    List<Network.Delivery> deliveries = run(now);
    assertThat(deliveries).hasSize(1);
    assertThat(deliveries.getFirst().host()).isSameAs(host);
    return deliveries.getFirst().remote();
  }

  private boolean reaches(long now, Host from, int fromPort, TransportAddress to) {
    from.send(now, from.address(fromPort), to, 0, new byte[] {2}, 0, 1);
    return !run(now).isEmpty();
  }

  static Stream<Arguments> behaviors() {
    return Stream.of(Nat.Behavior.values())
        .flatMap(m -> Stream.of(Nat.Behavior.values()).map(f -> arguments(m, f)));
  }

  @ParameterizedTest
  @MethodSource("behaviors")
  void mapsAndFiltersAsRfc4787Says(Nat.Behavior mapping, Nat.Behavior filtering) {
    Nat nat = network.internet().nat("198.51.100.1", Nat.Options.behaving(mapping, filtering));
    Host inner = nat.inside().host("192.168.1.2");
    TransportAddress toA = seenBy(a, 0, inner, 5000, 1);
    assertThat(toA.host()).isEqualTo("198.51.100.1");
    assertThat(seenBy(a, 0, inner, 5000, 1)).isEqualTo(toA);
    boolean sameForOtherPort = seenBy(a, 0, inner, 5000, 2).equals(toA);
    assertThat(sameForOtherPort).isEqualTo(mapping != Nat.Behavior.ADDRESS_AND_PORT_DEPENDENT);

    // Filtering, on a fresh mapping that has spoken to a:1 alone.
    TransportAddress fresh = seenBy(a, 0, inner, 6000, 1);
    assertThat(reaches(0, a, 1, fresh)).isTrue();
    assertThat(reaches(0, a, 9, fresh))
        .isEqualTo(filtering != Nat.Behavior.ADDRESS_AND_PORT_DEPENDENT);
    assertThat(reaches(0, b, 1, fresh)).isEqualTo(filtering == Nat.Behavior.ENDPOINT_INDEPENDENT);
    boolean sameForOtherHost = seenBy(b, 0, inner, 6000, 1).equals(fresh);
    assertThat(sameForOtherHost).isEqualTo(mapping == Nat.Behavior.ENDPOINT_INDEPENDENT);
  }

  @Test
  void aMappingDiesWithoutOutboundPackets() {
    Nat nat = network.internet().nat("198.51.100.1", Nat.Options.FULL_CONE);
    Host inner = nat.inside().host("192.168.1.2");
    TransportAddress external = seenBy(a, 0, inner, 5000, 1);
    long twoMinutes = Duration.ofMinutes(2).toNanos();
    assertThat(reaches(twoMinutes, b, 1, external)).isTrue();
    assertThat(reaches(twoMinutes + 1, b, 1, external)).isFalse();
    assertThat(nat.filtered()).isEqualTo(1);
  }

  @Test
  void hairpinsOnlyWhenAsked() {
    for (boolean on : new boolean[] {true, false}) {
      Nat nat =
          network
              .internet()
              .nat(on ? "198.51.100.1" : "198.51.100.2", Nat.Options.FULL_CONE.hairpinning(on));
      Host one = nat.inside().host("192.168.1.2");
      Host two = nat.inside().host("192.168.1.3");
      TransportAddress external = seenBy(a, 0, one, 5000, 1);
      assertThat(reaches(0, two, 7000, external)).isEqualTo(on);
    }
  }

  @Test
  void sameAddressesMayStandBehindDifferentNats() {
    Nat n1 = network.internet().nat("198.51.100.1", Nat.Options.FULL_CONE);
    Nat n2 = network.internet().nat("198.51.100.2", Nat.Options.FULL_CONE);
    Host h1 = n1.inside().host("192.168.1.2");
    Host h2 = n2.inside().host("192.168.1.2");
    TransportAddress e1 = seenBy(a, 0, h1, 5000, 1);
    h2.send(0, h2.address(5000), e1, 0, new byte[] {1}, 0, 1);
    List<Network.Delivery> deliveries = run(0);
    assertThat(deliveries).hasSize(1);
    assertThat(deliveries.getFirst().host()).isSameAs(h1);
    assertThat(deliveries.getFirst().remote().host()).isEqualTo("198.51.100.2");
  }

  @Test
  void natsBehindNatsWork() {
    Nat carrier = network.internet().nat("198.51.100.1", Nat.Options.SYMMETRIC);
    Nat home = carrier.inside().nat("100.64.0.2", Nat.Options.PORT_RESTRICTED_CONE);
    Host inner = home.inside().host("192.168.1.2");
    TransportAddress external = seenBy(a, 0, inner, 5000, 1);
    assertThat(external.host()).isEqualTo("198.51.100.1");
    assertThat(reaches(0, a, 1, external)).isTrue();
    assertThat(reaches(0, b, 1, external)).isFalse();
  }

  @Test
  void aChangedAddressForgetsAllMappings() {
    Nat nat = network.internet().nat("198.51.100.1", Nat.Options.FULL_CONE);
    Host inner = nat.inside().host("192.168.1.2");
    TransportAddress before = seenBy(a, 0, inner, 5000, 1);
    nat.changeAddress("198.51.100.9");
    assertThat(reaches(0, a, 1, before)).isFalse();
    assertThat(seenBy(a, 0, inner, 5000, 1).host()).isEqualTo("198.51.100.9");
  }

  @Test
  void blockedUdpGoesNowhere() {
    Nat nat = network.internet().nat("198.51.100.1", Nat.Options.FULL_CONE.blocksUdp(true));
    Host inner = nat.inside().host("192.168.1.2");
    assertThat(reaches(0, inner, 5000, a.address(1))).isFalse();
    assertThat(reaches(0, a.blockUdp(true), 5000, b.address(1))).isFalse();
  }
}
