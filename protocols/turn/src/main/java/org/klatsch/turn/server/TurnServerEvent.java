package org.klatsch.turn.server;

import java.util.List;
import org.klatsch.sansio.TransportAddress;

/// What a [TurnServer] tells its driver.
public sealed interface TurnServerEvent {
  /// A client has got an allocation.
  ///
  /// @param stream whether the client is connected by TCP or TLS
  /// @param server the server's address that the client uses
  record Allocated(
      String username,
      boolean stream,
      TransportAddress server,
      TransportAddress client,
      List<TransportAddress> relayed)
      implements TurnServerEvent {
    public Allocated {
      relayed = List.copyOf(relayed);
    }
  }

  /// An allocation has ended: given back, expired or cut off.
  record Released(
      String username,
      boolean stream,
      TransportAddress server,
      TransportAddress client,
      List<TransportAddress> relayed,
      long bytesToPeers,
      long bytesToClient)
      implements TurnServerEvent {
    public Released {
      relayed = List.copyOf(relayed);
    }
  }

  /// Packets for clients on streams wait to be taken with [TurnServer#pollStream].
  record StreamOutput() implements TurnServerEvent {}
}
