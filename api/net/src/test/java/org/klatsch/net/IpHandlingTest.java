package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;

/// The modes of RFC 8828 §5.2 and what keeps to them.
class IpHandlingTest {
  private static final LocalAddress WIRE = address("192.168.1.5", "eth0", 2, InterfaceKind.WIRED);
  private static final LocalAddress WIRE6 = address("2001:db8::5", "eth0", 2, InterfaceKind.WIRED);
  private static final LocalAddress TUNNEL = address("10.8.0.2", "tun0", 3, InterfaceKind.VPN);
  private static final LocalAddress BRIDGE =
      address("172.17.0.1", "docker0", 4, InterfaceKind.VIRTUAL);
  private static final LocalAddress LOOPBACK =
      address("127.0.0.1", "lo", 1, InterfaceKind.LOOPBACK);
  private static final List<LocalAddress> ALL = List.of(TUNNEL, WIRE, WIRE6, BRIDGE);

  private static LocalAddress address(String host, String name, int index, InterfaceKind kind) {
    return new LocalAddress(
        TransportAddress.parse(host, 0), 24, name, index, kind, 1500, false, false);
  }

  private static List<LocalAddress> choose(
      int mode,
      List<LocalAddress> addresses,
      @Nullable LocalAddress ipv4,
      @Nullable LocalAddress ipv6) {
    return IpHandling.of(mode)
        .choose(
            addresses, ipv4 == null ? null : ipv4.address(), ipv6 == null ? null : ipv6.address());
  }

  @Test
  void hasTheModesOfTheRfc() {
    for (int mode = 1; mode <= 4; mode++) {
      IpHandling handling = IpHandling.of(mode);
      assertThat(handling.number()).isEqualTo(mode);
      assertThat(handling.usesAllInterfaces()).isEqualTo(mode == 1);
      assertThat(handling.tellsHostCandidates()).isEqualTo(mode <= 2);
      assertThat(handling.allowsUdp()).isEqualTo(mode <= 3);
    }
    for (int mode : new int[] {0, 5, -1}) {
      assertThatThrownBy(() -> IpHandling.of(mode)).hasMessageContaining("mode " + mode);
    }
  }

  @Test
  void modeOneUsesAllAddressesTheOthersThoseOfTheDefaultRoute() {
    assertThat(choose(1, ALL, TUNNEL, null)).isEqualTo(ALL);
    for (int mode = 2; mode <= 4; mode++) {
      assertThat(choose(mode, ALL, TUNNEL, null)).containsExactly(TUNNEL);
      assertThat(choose(mode, ALL, WIRE, WIRE6)).containsExactly(WIRE, WIRE6);
    }
  }

  @Test
  void theOtherFamilyDoesNotShowWhatAVpnHides() {
    assertThat(choose(2, ALL, TUNNEL, WIRE6)).containsExactly(TUNNEL);
  }

  @Test
  void withoutADefaultRouteAnInterfaceIsUsedOnlyIfItIsTheOnlyOne() {
    assertThat(choose(2, List.of(WIRE, WIRE6), null, null)).containsExactly(WIRE, WIRE6);
    assertThat(choose(2, List.of(WIRE, TUNNEL), null, null)).isEmpty();
  }

  @Test
  void loopbackIsKeptWhereTheFilterLetsItThrough() {
    assertThat(choose(2, List.of(WIRE, LOOPBACK), WIRE, null)).containsExactly(WIRE, LOOPBACK);
    assertThat(choose(2, List.of(LOOPBACK), WIRE, null)).containsExactly(LOOPBACK);
  }

  @Test
  void loopbackIsUsedWhereThereIsNothingElse() throws Exception {
    InterfaceFilter nothing = InterfaceFilter.DEFAULT.withNames(List.of("lo*"), List.of());
    for (int mode = 1; mode <= 4; mode++) {
      AddressPolicy policy = new AddressPolicy(IpHandling.of(mode), nothing);
      assertThat(policy.addresses()).isNotEmpty().allMatch(LocalAddress::isLoopback);
    }
    InterfaceFilter denied = nothing.withNames(List.of("none"), List.of());
    assertThat(AddressPolicy.all(denied).addresses()).isEmpty();
  }

  @Test
  void thisMachinesDefaultRouteIsFollowed() throws Exception {
    TransportAddress ipv4 = LocalInterfaces.defaultLocal(TransportAddress.Family.IPV4);
    List<LocalAddress> chosen =
        new AddressPolicy(IpHandling.DEFAULT_ROUTE, InterfaceFilter.DEFAULT).addresses();
    assertThat(chosen).isNotEmpty();
    if (ipv4 != null) {
      assertThat(chosen).extracting(LocalAddress::address).contains(ipv4);
    }
  }

  @Test
  void aGuardedPortSendsNothingByAnotherInterface() {
    Map<TransportAddress, TransportAddress> routes = new HashMap<>();
    TransportAddress world = TransportAddress.parse("203.0.113.9", 5000);
    TransportAddress neighbour = TransportAddress.parse("192.168.1.77", 5000);
    TransportAddress nowhere = TransportAddress.parse("198.51.100.1", 5000);
    TransportAddress self = WIRE.address().withPort(6000);
    routes.put(world, TUNNEL.address());
    routes.put(neighbour, WIRE.address());
    routes.put(self, WIRE.address());
    RouteGuard guard = new RouteGuard(Set.of(TUNNEL.address()), routes::get);
    assertThat(guard.allows(world, 0)).isTrue();
    assertThat(guard.allows(neighbour, 0)).isFalse();
    assertThat(guard.allows(nowhere, 0)).isFalse();
    assertThat(guard.allows(self, 0)).as("stays on this machine").isTrue();
    // The VPN ends; within a second nothing follows it to the other interface.
    routes.put(world, WIRE.address());
    assertThat(guard.allows(world, 1_000_000_000L)).isFalse();
  }

  @Test
  void aRealRouteLeadsToThisMachineItself() throws Exception {
    for (LocalAddress each : LocalInterfaces.list(InterfaceFilter.DEFAULT.withLoopback(true))) {
      if (each.address().isIpv4()) {
        RouteGuard guard = RouteGuard.of(each.address());
        assertThat(guard.allows(each.address().withPort(9), 0)).isTrue();
      }
    }
  }
}
