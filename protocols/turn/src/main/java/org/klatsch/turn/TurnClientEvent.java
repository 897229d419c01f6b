package org.klatsch.turn;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// What a [TurnClient] tells the layer above.
public sealed interface TurnClientEvent {
  /// The server has allocated.
  ///
  /// @param relayed one address, or one of each family
  /// @param mapped the client's address as the server sees it, or null when it did not tell
  /// @param lifetime as the server granted it; the client refreshes
  record Allocated(
      List<TransportAddress> relayed, @Nullable TransportAddress mapped, Duration lifetime)
      implements TurnClientEvent {
    public Allocated {
      relayed = List.copyOf(relayed);
    }
  }

  /// There is no allocation, and the client will not try again.
  ///
  /// @param errorCode the server's answer, or [TurnClient#UNREACHABLE]
  /// @param reason the server's phrase, or why there was no answer
  /// @param alternate over a stream: the server named by a 300, to be connected to instead
  record Failed(int errorCode, String reason, @Nullable TransportAddress alternate)
      implements TurnClientEvent {}

  /// The allocation is gone, although nobody closed it.
  record Lost(int errorCode, String reason) implements TurnClientEvent {}

  /// The server relays from and to this peer's IP address.
  record PermissionInstalled(TransportAddress peer) implements TurnClientEvent {}

  /// The server does not relay to this peer.
  record PeerRefused(TransportAddress peer, int errorCode, String reason)
      implements TurnClientEvent {}

  /// Data to and from this peer now goes over a channel.
  record ChannelBound(TransportAddress peer, int number) implements TurnClientEvent {}

  /// [TurnClient#close] has done its work.
  record Closed() implements TurnClientEvent {}

  /// The server has connected to a peer, RFC 6062 §4.3: a [TurnDataConnection] of this number is to
  /// be made within 30 s.
  record PeerConnected(TransportAddress peer, int connection) implements TurnClientEvent {}

  /// The server could not connect to a peer.
  record PeerNotConnected(TransportAddress peer, int errorCode, String reason)
      implements TurnClientEvent {}

  /// A peer has connected to the relayed address, RFC 6062 §4.4; as with [PeerConnected].
  record ConnectionAttempted(TransportAddress peer, int connection) implements TurnClientEvent {}
}
