package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;

class LocalInterfacesTest {
  private static final InterfaceFilter ALL =
      new InterfaceFilter(
          true, true, true, true, true, true, List.of(), List.of(), List.of(), List.of());

  @Test
  void listsWhatNetworkInterfaceLists() throws Exception {
    Set<TransportAddress> expected = new HashSet<>();
    for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
      if (network.isUp()) {
        for (InetAddress address : network.inetAddresses().toList()) {
          expected.add(SocketAddresses.of(address, 0));
        }
      }
    }
    List<LocalAddress> listed = LocalInterfaces.list(ALL);
    assertThat(listed)
        .extracting(LocalAddress::address)
        .containsExactlyInAnyOrderElementsOf(expected);
    assertThat(listed)
        .filteredOn(address -> address.address().isLoopback())
        .isNotEmpty()
        .allMatch(address -> address.kind() == InterfaceKind.LOOPBACK)
        .allMatch(address -> address.mtu() > 0 && address.interfaceIndex() > 0);
  }

  @Test
  void leavesOutLoopbackUnlessAsked() throws Exception {
    assertThat(LocalInterfaces.list(InterfaceFilter.DEFAULT))
        .noneMatch(address -> address.address().isLoopback());
    assertThat(LocalInterfaces.list(InterfaceFilter.DEFAULT.withLoopback(true)))
        .anyMatch(address -> address.address().isLoopback());
  }

  @Test
  void findsTheAddressOfTheDefaultRouteAmongTheListed() throws Exception {
    TransportAddress found = LocalInterfaces.defaultLocal(TransportAddress.Family.IPV4);
    List<TransportAddress> listed =
        LocalInterfaces.list(ALL).stream().map(LocalAddress::address).toList();
    if (found != null) {
      assertThat(listed).contains(found);
      assertThat(listed.get(0))
          .isIn(found, LocalInterfaces.defaultLocal(TransportAddress.Family.IPV6));
    }
    assertThat(LocalInterfaces.localTowards(Endpoint.LOOPBACK.withPort(9)))
        .isEqualTo(Endpoint.LOOPBACK);
  }

  @Test
  void readsTheFlagsOfLinux() {
    Map<TransportAddress, Integer> flags =
        LocalInterfaces.parseIfInet6(
            List.of(
                "20010db8000000000000000000000001 02 40 00 01     eth0",
                "20010db8000000000000000000000002 02 40 00 20     eth0",
                "fe8000000000000000fc00fffe000001 04 40 20 80     eth0",
                "not a line",
                "zz010db8000000000000000000000002 02 40 00 20     eth0"));
    assertThat(flags)
        .containsOnly(
            Map.entry(TransportAddress.parse("2001:db8::1", 0), 1),
            Map.entry(TransportAddress.parse("2001:db8::2", 0), 0x20),
            Map.entry(TransportAddress.parse("fe80::fc:ff:fe00:1", 0), 0x80));
  }

  private static LocalAddress address(String literal, String name, boolean temporary) {
    TransportAddress address = TransportAddress.parse(literal, 0);
    return new LocalAddress(
        address,
        address.isIpv4() ? 24 : 64,
        name,
        name.hashCode(),
        LocalInterfaces.kindByName(name),
        1500,
        temporary,
        false);
  }

  @Test
  void prefersAddressesThatDoNotAllowTracking() {
    LocalAddress eui64 = address("2001:db8::211:22ff:fe33:4455", "eth0", false);
    LocalAddress temporary = address("2001:db8::1234:5678:9abc:def0", "eth0", true);
    LocalAddress stable = address("2001:db8::5555:1", "eth0", false);
    LocalAddress linkLocal = address("fe80::211:22ff:fe33:4455%2", "eth0", false);
    LocalAddress elsewhere = address("2001:db8::211:22ff:fe33:4466", "eth1", false);
    LocalAddress linkLocalElsewhere = address("fe80::211:22ff:fe33:4466%3", "eth1", false);
    LocalAddress ipv4 = address("192.0.2.1", "eth0", false);
    InterfaceFilter filter = InterfaceFilter.DEFAULT;
    assertThat(
            filter.apply(
                List.of(eui64, temporary, stable, linkLocal, elsewhere, linkLocalElsewhere, ipv4)))
        .containsExactly(temporary, elsewhere, linkLocalElsewhere, ipv4);
    assertThat(filter.apply(List.of(eui64, stable))).containsExactly(stable);
    assertThat(filter.apply(List.of(eui64, linkLocal))).containsExactly(eui64, linkLocal);
  }

  @Test
  void allowsAndDeniesByNameAndByRange() {
    LocalAddress eth = address("192.0.2.1", "eth0", false);
    LocalAddress docker = address("172.17.0.1", "docker0", false);
    LocalAddress vpn = address("10.8.0.2", "tun0", false);
    LocalAddress ipv6 = address("2001:db8::1", "eth0", false);
    List<LocalAddress> all = List.of(eth, docker, vpn, ipv6);
    InterfaceFilter filter = InterfaceFilter.DEFAULT;
    assertThat(filter.apply(all)).isEqualTo(all);
    assertThat(filter.withNames(List.of("eth*", "t*0"), List.of("tun0")).apply(all))
        .containsExactly(eth, ipv6);
    assertThat(filter.withAllowed(List.of(AddressPrefix.parse("192.0.2.0/24"))).apply(all))
        .containsExactly(eth);
    assertThat(
            filter
                .withDenied(
                    List.of(AddressPrefix.parse("2001:db8::/32"), AddressPrefix.parse("10.8.0.2")))
                .apply(all))
        .containsExactly(eth, docker);
    assertThat(filter.withIpv6(false).apply(all)).containsExactly(eth, docker, vpn);
    assertThat(docker.kind()).isEqualTo(InterfaceKind.VIRTUAL);
    assertThat(vpn.kind()).isEqualTo(InterfaceKind.VPN);
  }

  @Test
  void comparesPrefixesOfEveryLength() {
    TransportAddress ipv6 = TransportAddress.parse("2001:db8:1:2:3:4:5:6", 0);
    for (int length = 0; length <= 128; length++) {
      AddressPrefix prefix = new AddressPrefix(ipv6, length);
      assertThat(prefix.contains(ipv6)).isTrue();
      for (int bit = 0; bit < 128; bit++) {
        TransportAddress flipped =
            bit < 64
                ? TransportAddress.ofIpv6(ipv6.high() ^ 1L << 63 - bit, ipv6.low(), 0)
                : TransportAddress.ofIpv6(ipv6.high(), ipv6.low() ^ 1L << 127 - bit, 0);
        assertThat(prefix.contains(flipped)).isEqualTo(bit >= length);
      }
    }
    assertThat(AddressPrefix.parse("0.0.0.0/0").contains(Endpoint.LOOPBACK)).isTrue();
    assertThat(AddressPrefix.parse("0.0.0.0/0").contains(ipv6)).isFalse();
    assertThatThrownBy(() -> AddressPrefix.parse("192.0.2.0/33"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("33");
    assertThatThrownBy(() -> AddressPrefix.parse("192.0.2.0/x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void watchesAndAnswersARefresh() throws Exception {
    try (NetworkMonitor monitor =
        new NetworkMonitor(
            AddressPolicy.all(InterfaceFilter.DEFAULT.withLoopback(true)), Duration.ofMillis(1))) {
      assertThat(monitor.addresses())
          .isEqualTo(LocalInterfaces.list(InterfaceFilter.DEFAULT.withLoopback(true)));
      Runnable end = monitor.onChange(addresses -> {});
      monitor.refresh();
      end.run();
    }
    assertThatThrownBy(
            () -> new NetworkMonitor(AddressPolicy.all(InterfaceFilter.DEFAULT), Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
