package org.klatsch.net.io;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// Addresses in both forms, so that a packet of a known peer makes no new ones. Each address has
/// one place, where a newcomer pushes it out: bounded whatever strangers send. One serves all
/// sockets of a loop.
final class AddressCache {
  private static final int BITS = 10;

  private final @Nullable InetSocketAddress[] sourceInets = new InetSocketAddress[1 << BITS];
  private final @Nullable TransportAddress[] sources = new TransportAddress[1 << BITS];
  private final @Nullable TransportAddress[] destinations = new TransportAddress[1 << BITS];
  private final @Nullable InetSocketAddress[] destinationInets = new InetSocketAddress[1 << BITS];

  /// Where a packet came from, without scope.
  TransportAddress source(InetSocketAddress inet) {
    int slot = slot(inet.hashCode());
    TransportAddress source = sources[slot];
    if (source == null || !inet.equals(sourceInets[slot])) {
      source = SocketAddresses.withoutScope(inet);
      sourceInets[slot] = inet;
      sources[slot] = source;
    }
    return source;
  }

  /// Where a packet goes.
  ///
  /// @param scopeId of the sending address, for destinations that need one and have none
  InetSocketAddress destination(TransportAddress address, int scopeId) {
    int slot = slot(address.hashCode());
    InetSocketAddress inet = destinationInets[slot];
    if (inet != null && address.equals(destinations[slot]) && hasScope(inet, address, scopeId)) {
      return inet;
    }
    inet = SocketAddresses.toInet(SocketAddresses.withScope(address, scopeId));
    destinations[slot] = address;
    destinationInets[slot] = inet;
    return inet;
  }

  private static boolean hasScope(InetSocketAddress inet, TransportAddress address, int scopeId) {
    return !SocketAddresses.needsScope(address)
        || (inet.getAddress() instanceof Inet6Address ipv6 && ipv6.getScopeId() == scopeId);
  }

  private static int slot(int hash) {
    return hash * 0x9E3779B9 >>> 32 - BITS;
  }
}
