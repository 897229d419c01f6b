package org.klatsch.turn.server;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// The second address and port of a server, with which clients find out how their NATs behave, RFC
/// 5780 §6: the driver listens on both ports of both addresses.
record AlternateAddress(TransportAddress primary, TransportAddress alternate) {
  AlternateAddress {
    if (primary.family() != alternate.family()
        || primary.hasSameHost(alternate)
        || primary.port() == alternate.port()) {
      throw new IllegalArgumentException(
          alternate + " must differ from " + primary + " in address and port, not in family");
    }
  }

  /// One of the four addresses from another one of them.
  ///
  /// @return null when `local` is none of them
  @Nullable TransportAddress changed(TransportAddress local, boolean address, boolean port) {
    boolean first = local.hasSameHost(primary);
    boolean firstPort = local.port() == primary.port();
    if (!first && !local.hasSameHost(alternate) || !firstPort && local.port() != alternate.port()) {
      return null;
    }
    int number = firstPort == port ? alternate.port() : primary.port();
    return (first == address ? alternate : primary).withPort(number);
  }
}
