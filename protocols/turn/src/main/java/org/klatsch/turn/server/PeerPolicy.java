package org.klatsch.turn.server;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;

/// Which peers a relay sends to and takes packets from. Without rules only addresses of the open
/// internet: a relay stands inside a network, and whoever has an account on it must not reach what
/// else is there.
///
/// Denied are loopback, private, link-local, multicast and reserved addresses, this machine's own,
/// and every IPv6 form that carries an IPv4 address inside (mapped, compatible, 6to4, NAT64,
/// Teredo), since such a form may be another name of a denied one. Exceptions are the allowed
/// ranges, and ports that this process itself opened for connections.
public final class PeerPolicy {
  /// Reserved or special, beyond what [TransportAddress] tells: RFC 6890, RFC 4291 §2.5.5, RFC
  /// 3056, RFC 6052, RFC 8215, RFC 4380, RFC 3879.
  private static final List<AddressPrefix> SPECIAL =
      List.of(
          AddressPrefix.parse("0.0.0.0/8"),
          AddressPrefix.parse("192.0.0.0/24"),
          AddressPrefix.parse("192.88.99.0/24"),
          AddressPrefix.parse("240.0.0.0/4"),
          AddressPrefix.parse("::/96"),
          AddressPrefix.parse("::ffff:0:0/96"),
          AddressPrefix.parse("::ffff:0:0:0/96"),
          AddressPrefix.parse("2002::/16"),
          AddressPrefix.parse("64:ff9b::/96"),
          AddressPrefix.parse("64:ff9b:1::/48"),
          AddressPrefix.parse("2001::/32"),
          AddressPrefix.parse("fec0::/10"));

  private final List<AddressPrefix> allowed;
  private final Predicate<TransportAddress> ownPort;
  private Set<TransportAddress> ownHosts = Set.of();

  /// @param allowed ranges that are relayed to whatever the rules say
  /// @param ownPort whether this process has opened that address and port for its own connections
  public PeerPolicy(List<AddressPrefix> allowed, Predicate<TransportAddress> ownPort) {
    this.allowed = List.copyOf(allowed);
    this.ownPort = ownPort;
  }

  /// The open internet only.
  public static PeerPolicy strict() {
    return new PeerPolicy(List.of(), address -> false);
  }

  /// Sets the machine's own addresses; their ports mean nothing.
  public void ownHosts(Set<TransportAddress> hosts) {
    ownHosts = Set.copyOf(hosts.stream().map(host -> host.withPort(0).withScopeId(0)).toList());
  }

  /// Whether packets to this host are relayed, whatever the port.
  public boolean allowsHost(TransportAddress peer) {
    return isListed(peer)
        || !peer.isAnyLocal()
            && !peer.isMulticast()
            && !isDenied(peer)
            && !ownHosts.contains(peer.withPort(0).withScopeId(0));
  }

  /// Whether the host is in an allowed range. No range allows what is no host at all.
  boolean isListed(TransportAddress peer) {
    if (peer.isAnyLocal() || peer.isMulticast()) {
      return false;
    }
    for (AddressPrefix range : allowed) {
      if (range.contains(peer)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isDenied(TransportAddress peer) {
    if (peer.isLoopback() || peer.isPrivate() || peer.isLinkLocal()) {
      return true;
    }
    for (AddressPrefix range : SPECIAL) {
      if (range.contains(peer)) {
        return true;
      }
    }
    // ISATAP, RFC 5214 §6.1: an IPv4 address behind 0000:5efe or 0200:5efe.
    return peer.isIpv6() && (peer.low() >>> 32 & 0xfdffffffL) == 0x5efe;
  }

  /// Whether this very address is one of the process's own ports for connections.
  boolean isOwnPort(TransportAddress peer) {
    return ownPort.test(peer);
  }
}
