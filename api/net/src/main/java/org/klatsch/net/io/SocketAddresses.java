package org.klatsch.net.io;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.klatsch.sansio.TransportAddress;

/// Between [TransportAddress] and the addresses of `java.net`; no names are looked up.
public final class SocketAddresses {
  private SocketAddresses() {}

  /// The same address for `java.net`, with its scope.
  public static InetSocketAddress toInet(TransportAddress address) {
    return new InetSocketAddress(toInetAddress(address), address.port());
  }

  /// The same address without its port.
  public static InetAddress toInetAddress(TransportAddress address) {
    try {
      byte[] bytes = address.addressBytes();
      // InetAddress.getByAddress would turn an IPv4-mapped address into an IPv4 one.
      return address.isIpv4()
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, address.scopeId());
    } catch (UnknownHostException impossible) {
      throw new IllegalArgumentException("not an IP address: " + address, impossible);
    }
  }

  /// The same address as a value of ours, with the scope of a link-local IPv6 address.
  public static TransportAddress of(InetAddress address, int port) {
    TransportAddress plain = TransportAddress.of(address.getAddress(), port);
    return address instanceof Inet6Address ipv6 && plain.isLinkLocal()
        ? plain.withScopeId(ipv6.getScopeId())
        : plain;
  }

  /// The same address as a value of ours, without any scope.
  static TransportAddress withoutScope(InetSocketAddress address) {
    return TransportAddress.of(address.getAddress().getAddress(), address.getPort());
  }

  /// Whether packets to this address need to know the interface: link-local, unicast or multicast.
  public static boolean needsScope(TransportAddress address) {
    return address.isIpv6()
        && address.scopeId() == 0
        && (address.isLinkLocal() || address.isMulticast());
  }

  /// The address with the scope, if it needs one.
  public static TransportAddress withScope(TransportAddress address, int scopeId) {
    return needsScope(address) ? address.withScopeId(scopeId) : address;
  }
}
