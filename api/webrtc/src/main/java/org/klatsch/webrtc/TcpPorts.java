package org.klatsch.webrtc;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.klatsch.ice.IceAgent;
import org.klatsch.ice.NetworkKind;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.SharedPort;
import org.klatsch.peer.SessionEvent;
import org.klatsch.sansio.TransportAddress;

/// The addresses of a connection for ICE over TCP. Confined to the loop.
final class TcpPorts {
  private static final System.Logger LOGGER = System.getLogger(TcpPorts.class.getName());

  private final PeerConnectionOptions options;
  private final Map<TransportAddress, List<TransportAddress>> bases = new HashMap<>();

  TcpPorts(PeerConnectionOptions options) {
    this.options = options;
  }

  /// Has connections opened from, and accepted at, an IP address of this machine.
  void open(
      IceAgent ice,
      CoreDriver<SessionEvent> driver,
      long now,
      TransportAddress address,
      NetworkKind kind) {
    if (options.tcpCandidates() == TcpCandidates.NONE) {
      return;
    }
    List<TransportAddress> opened = bases.computeIfAbsent(address, _ -> new ArrayList<>(2));
    opened.add(driver.openStreams(address, options.streams().dialer()));
    // The system answers who knocks by whatever interface leads there, RFC 8828 §6.1.
    boolean listens = address.isLoopback() || options.ipHandling().usesAllInterfaces();
    if (listens && options.tcpCandidates() == TcpCandidates.ACTIVE_AND_PASSIVE) {
      try {
        opened.add(driver.listen(address, options.portRange()));
      } catch (IOException e) {
        LOGGER.log(Level.DEBUG, () -> "no TCP port on " + address.host() + ": " + e.getMessage());
      }
    }
    for (TransportAddress base : opened) {
      ice.addLocalAddress(now, base, kind, 0);
    }
  }

  /// The same with connections accepted by a shared port.
  void join(IceAgent ice, CoreDriver<SessionEvent> driver, long now, SharedPort port) {
    if (options.tcpCandidates() == TcpCandidates.NONE) {
      return;
    }
    for (TransportAddress local : port.locals()) {
      TransportAddress base = driver.openStreams(local, options.streams().dialer());
      ice.addLocalAddress(now, base, NetworkKind.UNKNOWN, 0);
    }
    for (TransportAddress base : port.streamLocals()) {
      ice.addLocalAddress(now, base, NetworkKind.UNKNOWN, 0);
    }
  }

  /// Gives up an IP address that is gone.
  void close(IceAgent ice, CoreDriver<SessionEvent> driver, long now, TransportAddress address) {
    List<TransportAddress> gone = bases.remove(address);
    if (gone != null) {
      for (TransportAddress base : gone) {
        ice.removeLocalAddress(now, base);
        driver.closeStreams(base);
      }
    }
  }
}
