package org.klatsch.turn.server;

import org.klatsch.sansio.TransportAddress;

/// The TCP sockets of a server's relayed addresses, RFC 6062: the driver's, or a simulator's.
/// Outcomes come by [TurnServer#peerConnected] and its like, never within a call.
public interface TcpRelayPorts {
  /// Listens at a relayed address; connections of peers come by [TurnServer#peerAccepted].
  ///
  /// @return false when the port is taken or cannot be had
  boolean listen(TransportAddress relayed);

  /// Ends that; connections that there are stay.
  void unlisten(TransportAddress relayed);

  /// Connects from a relayed address to a peer.
  ///
  /// @param connection names it from now on
  void connect(int connection, TransportAddress relayed, TransportAddress peer);

  /// Makes a client's connection and a peer's one: what comes from either goes to the other, after
  /// the answer that waits for the client.
  void join(int connection, TransportAddress server, TransportAddress client);

  /// Closes a peer's connection, and the client's that was joined with it.
  void disconnect(int connection);
}
