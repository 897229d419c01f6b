package org.klatsch.net;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// How much of this machine's addresses peers and servers may learn: the modes of RFC 8828 §5.2.
public enum IpHandling {
  /// Mode 1: every address of every interface is used.
  ALL_ADDRESSES,

  /// Mode 2: only the interface that packets to the world leave by, with its own addresses.
  DEFAULT_ROUTE,

  /// Mode 3: the same, and those own addresses are told to nobody; peers learn what STUN and TURN
  /// servers see.
  DEFAULT_ROUTE_WITHOUT_HOST,

  /// Mode 4: nothing but connections over TCP, through the proxy if there is one, to TURN servers
  /// and peers.
  // Deviates from RFC 8828 §5.2 mode 4: UDP is not used without a proxy either, so that the mode
  // means the same wherever a program runs.
  PROXY;

  /// The mode of a number of RFC 8828.
  ///
  /// @param number 1 to 4
  public static IpHandling of(int number) {
    if (number < 1 || number > values().length) {
      throw new IllegalArgumentException("mode " + number + " is not in 1 to 4 (RFC 8828 §5.2)");
    }
    return values()[number - 1];
  }

  /// The number in RFC 8828.
  public int number() {
    return ordinal() + 1;
  }

  /// Whether other interfaces than that of the default route are used.
  public boolean usesAllInterfaces() {
    return this == ALL_ADDRESSES;
  }

  /// Whether host candidates are told to peers, by address or by name.
  public boolean tellsHostCandidates() {
    return this == ALL_ADDRESSES || this == DEFAULT_ROUTE;
  }

  /// Whether UDP is used.
  public boolean allowsUdp() {
    return this != PROXY;
  }

  /// The addresses to be used.
  ///
  /// The default routes of IPv4 and IPv6 may lead over different interfaces. When one of them is a
  /// VPN and the other is not, the other would show what the VPN is there to hide, and is not used.
  ///
  /// @param addresses those that are allowed; loopback ones among them are always kept
  /// @param defaultIpv4 the local address of packets to the world; null without such a route
  /// @param defaultIpv6 the same for IPv6
  List<LocalAddress> choose(
      List<LocalAddress> addresses,
      @Nullable TransportAddress defaultIpv4,
      @Nullable TransportAddress defaultIpv6) {
    if (usesAllInterfaces()) {
      return addresses;
    }
    List<LocalAddress> loopback = new ArrayList<>();
    List<LocalAddress> others = new ArrayList<>();
    List<LocalAddress> chosen = new ArrayList<>();
    for (LocalAddress each : addresses) {
      boolean isDefault = each.isAt(defaultIpv4) || each.isAt(defaultIpv6);
      (each.isLoopback() ? loopback : isDefault ? chosen : others).add(each);
    }
    boolean unrouted = defaultIpv4 == null && defaultIpv6 == null;
    if (unrouted
        && others.stream().mapToInt(LocalAddress::interfaceIndex).distinct().count() == 1) {
      // A network of its own: there is only one way out.
      chosen.addAll(others);
    }
    if (chosen.stream().anyMatch(each -> each.kind() == InterfaceKind.VPN)) {
      chosen.removeIf(each -> each.kind() != InterfaceKind.VPN);
    }
    chosen.addAll(loopback);
    return List.copyOf(chosen);
  }
}
