package org.klatsch.net;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.klatsch.sansio.TransportAddress;

/// The UDP ports that connections of this process have open. A relay in the same process may send
/// to them although the machine's own addresses are closed to it. Thread-safe.
public final class IcePorts {
  private static final Set<TransportAddress> OPEN = ConcurrentHashMap.newKeySet();

  private IcePorts() {}

  /// Notes that a connection uses this local address.
  public static void opened(TransportAddress local) {
    OPEN.add(plain(local));
  }

  /// Takes that back, before the port is closed.
  public static void closed(TransportAddress local) {
    OPEN.remove(plain(local));
  }

  /// Whether a connection of this process is at that address and port.
  public static boolean contains(TransportAddress address) {
    return OPEN.contains(plain(address));
  }

  private static TransportAddress plain(TransportAddress address) {
    return address.withScopeId(0);
  }
}
