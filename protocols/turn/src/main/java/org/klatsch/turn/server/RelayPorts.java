package org.klatsch.turn.server;

import org.klatsch.sansio.TransportAddress;

/// Where relayed addresses come from: the driver's sockets, or a simulator's.
public interface RelayPorts {
  /// Opens a UDP port. Packets to it come to [TurnServer#handlePacket] with this local address.
  ///
  /// @return false when the port is taken or cannot be had
  boolean open(TransportAddress address);

  /// Closes a port that was opened.
  void close(TransportAddress address);
}
