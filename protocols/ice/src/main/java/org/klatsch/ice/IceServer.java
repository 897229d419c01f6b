package org.klatsch.ice;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.turn.TurnTransport;

/// The STUN or TURN server that something came from.
///
/// @param transport how a TURN server is reached; null for a STUN server
public record IceServer(TransportAddress address, @Nullable TurnTransport transport) {
  static IceServer stun(TransportAddress address) {
    return new IceServer(address, null);
  }
}
