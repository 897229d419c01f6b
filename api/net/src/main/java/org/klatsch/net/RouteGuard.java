package org.klatsch.net;

import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.SocketAddresses;
import org.klatsch.sansio.TransportAddress;

/// Keeps the packets of a port on the interface of its address, RFC 8828 §6.1.
///
/// Being bound to an address does not do that: the system sends a packet by its destination alone,
/// so that one for a network beside the VPN leaves there, with the VPN's address as its source.
/// Hence each remote address is first asked of the routing table, and what would leave elsewhere is
/// not sent. Confined to one loop.
final class RouteGuard {
  /// How long a route is believed; as soon as a VPN has gone, so must be what was known of it.
  private static final long MEMORY_NANOS = 1_000_000_000L;

  /// A check list has 100 pairs, a session few servers; the oldest is forgotten first.
  private static final int MAX_REMOTES = 256;

  private record Verdict(boolean allowed, long until) {}

  private final Set<TransportAddress> own;
  private final Function<TransportAddress, @Nullable TransportAddress> route;
  private final Map<TransportAddress, Verdict> verdicts =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<TransportAddress, Verdict> eldest) {
          return size() > MAX_REMOTES;
        }
      };

  /// @param own the addresses of the interface, with port 0 and without scope
  /// @param route the local address of packets to a remote one; null without a route
  RouteGuard(
      Set<TransportAddress> own, Function<TransportAddress, @Nullable TransportAddress> route) {
    this.own = Set.copyOf(own);
    this.route = route;
  }

  /// A guard for the interface that has an address.
  static RouteGuard of(TransportAddress local) {
    Set<TransportAddress> own = new HashSet<>();
    own.add(bare(local));
    try {
      NetworkInterface network =
          NetworkInterface.getByInetAddress(SocketAddresses.toInetAddress(local));
      if (network != null) {
        for (InterfaceAddress each : network.getInterfaceAddresses()) {
          own.add(bare(SocketAddresses.of(each.getAddress(), 0)));
        }
      }
    } catch (SocketException e) {
      // Going away: the address itself is what is left.
    }
    return new RouteGuard(own, LocalInterfaces::localTowards);
  }

  private static TransportAddress bare(TransportAddress address) {
    return address.withScopeId(0).withPort(0).withProtocol(TransportAddress.Protocol.UDP);
  }

  /// Whether a packet to `remote` leaves by the interface, or stays on this machine.
  boolean allows(TransportAddress remote, long now) {
    Verdict known = verdicts.get(remote);
    if (known == null || now >= known.until()) {
      known = new Verdict(look(remote), now + MEMORY_NANOS);
      verdicts.put(remote, known);
    }
    return known.allowed();
  }

  private boolean look(TransportAddress remote) {
    TransportAddress towards = route.apply(remote);
    if (towards == null) {
      return false;
    }
    TransportAddress source = bare(towards);
    // The system reaches an address of its own from that address.
    return own.contains(source) || source.equals(bare(remote));
  }
}
