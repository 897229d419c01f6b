package org.klatsch.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.TransportAddress;

/// The addresses of this machine, asked of the system at each call.
public final class LocalInterfaces {
  private static final Path SYS_NET = Path.of("/sys/class/net");
  private static final Path IF_INET6 = Path.of("/proc/net/if_inet6");

  /// Flags of `/proc/net/if_inet6`: not yet or never usable, tentative or a duplicate.
  private static final int UNUSABLE = 0x40 | 0x08;

  private static final int TEMPORARY = 0x01;
  private static final int DEPRECATED = 0x20;

  /// Documentation addresses (RFC 5737, RFC 3849): routed by the default route like any other; no
  /// packet is sent to them.
  private static final TransportAddress SOMEWHERE_IPV4 = TransportAddress.parse("192.0.2.1", 9);

  private static final TransportAddress SOMEWHERE_IPV6 = TransportAddress.parse("2001:db8::1", 9);

  /// Root servers' addresses as second opinion, for a machine inside a documentation network.
  private static final TransportAddress ELSEWHERE_IPV4 = TransportAddress.parse("198.41.0.4", 9);

  private static final TransportAddress ELSEWHERE_IPV6 =
      TransportAddress.parse("2001:503:ba3e::2:30", 9);

  private LocalInterfaces() {}

  /// The addresses of all interfaces that are up, those of the default route first.
  ///
  /// @param filter which of them to use
  public static List<LocalAddress> list(InterfaceFilter filter) throws IOException {
    return filter.apply(all());
  }

  /// Those of them that a policy takes; loopback where that is nothing.
  static List<LocalAddress> list(AddressPolicy policy) throws IOException {
    List<LocalAddress> all = all();
    TransportAddress default4 = defaultLocal(TransportAddress.Family.IPV4);
    TransportAddress default6 = defaultLocal(TransportAddress.Family.IPV6);
    IpHandling handling = policy.handling();
    List<LocalAddress> chosen = handling.choose(policy.filter().apply(all), default4, default6);
    return chosen.isEmpty()
        ? handling.choose(
            policy.filter().withLoopback(true).apply(all).stream()
                .filter(LocalAddress::isLoopback)
                .toList(),
            null,
            null)
        : chosen;
  }

  private static List<LocalAddress> all() throws IOException {
    Map<TransportAddress, Integer> flags = linuxIpv6Flags();
    ArrayList<LocalAddress> all = new ArrayList<>();
    for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
      try {
        if (network.isUp()) {
          addAll(network, flags, all);
        }
      } catch (IOException e) {
        // The interface went away while it was being looked at.
      }
    }
    TransportAddress default4 = defaultLocal(TransportAddress.Family.IPV4);
    TransportAddress default6 = defaultLocal(TransportAddress.Family.IPV6);
    all.sort((a, b) ->
        Boolean.compare(
            b.address().equals(default4) || b.address().equals(default6),
            a.address().equals(default4) || a.address().equals(default6)));
    return all;
  }

  private static void addAll(
      NetworkInterface network, Map<TransportAddress, Integer> flags, List<LocalAddress> all)
      throws IOException {
    InterfaceKind kind = kind(network);
    int mtu = Math.max(0, network.getMTU());
    for (InterfaceAddress each : network.getInterfaceAddresses()) {
      InetAddress inet = each.getAddress();
      TransportAddress address = SocketAddresses.of(inet, 0);
      int flag = flags.getOrDefault(address.withScopeId(0), 0);
      if ((flag & UNUSABLE) == 0 && !address.isMulticast() && !address.isAnyLocal()) {
        all.add(
            new LocalAddress(
                address,
                Math.max(0, each.getNetworkPrefixLength()),
                network.getName(),
                network.getIndex(),
                kind,
                mtu,
                (flag & TEMPORARY) != 0,
                (flag & DEPRECATED) != 0));
      }
    }
  }

  /// The local address of packets to the world: what the system chooses for a socket connected
  /// there. Nothing is sent. Null without a default route.
  public static @Nullable TransportAddress defaultLocal(TransportAddress.Family family) {
    boolean ipv4 = family == TransportAddress.Family.IPV4;
    TransportAddress found = localTowards(ipv4 ? ELSEWHERE_IPV4 : ELSEWHERE_IPV6);
    return found != null ? found : localTowards(ipv4 ? SOMEWHERE_IPV4 : SOMEWHERE_IPV6);
  }

  /// The local address of packets to `remote`, with port 0; null when there is no route.
  public static @Nullable TransportAddress localTowards(TransportAddress remote) {
    try (DatagramChannel channel =
        DatagramChannel.open(
            remote.isIpv4() ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6)) {
      channel.connect(SocketAddresses.toInet(remote));
      InetAddress chosen = ((InetSocketAddress) channel.getLocalAddress()).getAddress();
      return chosen.isAnyLocalAddress() ? null : SocketAddresses.of(chosen, 0);
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private static InterfaceKind kind(NetworkInterface network) throws IOException {
    if (network.isLoopback()) {
      return InterfaceKind.LOOPBACK;
    }
    String name = network.getName().toLowerCase(Locale.ROOT);
    Path sys = SYS_NET.resolve(network.getName());
    boolean linux = Files.isDirectory(sys);
    if (linux && Files.exists(sys.resolve("wireless"))) {
      return InterfaceKind.WIFI;
    }
    InterfaceKind byName = kindByName(name);
    if (byName != InterfaceKind.UNKNOWN) {
      return byName;
    }
    if (network.isPointToPoint()) {
      return InterfaceKind.VPN;
    }
    if (network.isVirtual() || (linux && Files.exists(sys.resolve("bridge")))) {
      return InterfaceKind.VIRTUAL;
    }
    boolean ethernet = name.startsWith("eth") || name.startsWith("en") || name.startsWith("em");
    return ethernet ? InterfaceKind.WIRED : InterfaceKind.UNKNOWN;
  }

  /// By the names that systems and programs give; visible for tests.
  static InterfaceKind kindByName(String name) {
    if (startsWithAny(name, "wlan", "wlp", "wlx", "wifi", "wl")) {
      return InterfaceKind.WIFI;
    }
    if (startsWithAny(name, "wwan", "rmnet", "pdp_ip", "ccmni")) {
      return InterfaceKind.CELLULAR;
    }
    if (startsWithAny(name, "tun", "tap", "wg", "utun", "ppp", "ipsec", "tailscale", "zt")) {
      return InterfaceKind.VPN;
    }
    if (startsWithAny(
        name,
        "docker",
        "br-",
        "veth",
        "virbr",
        "vmnet",
        "vboxnet",
        "cni",
        "flannel",
        "cali",
        "lxc",
        "lxd",
        "podman",
        "vethernet",
        "bridge",
        "dummy",
        "ifb")) {
      return InterfaceKind.VIRTUAL;
    }
    return InterfaceKind.UNKNOWN;
  }

  private static boolean startsWithAny(String name, String... prefixes) {
    for (String prefix : prefixes) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return false;
  }

  private static Map<TransportAddress, Integer> linuxIpv6Flags() {
    if (!Files.isReadable(IF_INET6)) {
      return Map.of();
    }
    try {
      return parseIfInet6(Files.readAllLines(IF_INET6));
    } catch (IOException e) {
      return Map.of();
    }
  }

  /// Lines of `/proc/net/if_inet6`: address, index, prefix length, scope, flags in hexadecimal, and
  /// the name. Lines of another shape are passed over.
  static Map<TransportAddress, Integer> parseIfInet6(List<String> lines) {
    Map<TransportAddress, Integer> flags = new HashMap<>();
    for (String line : lines) {
      String[] parts = line.trim().split("\\s+");
      if (parts.length >= 6 && parts[0].length() == 32) {
        try {
          long high = Long.parseUnsignedLong(parts[0].substring(0, 16), 16);
          long low = Long.parseUnsignedLong(parts[0].substring(16), 16);
          flags.put(TransportAddress.ofIpv6(high, low, 0), Integer.parseInt(parts[4], 16));
        } catch (NumberFormatException e) {
          // A line that this kernel writes in another way.
        }
      }
    }
    return flags;
  }
}
