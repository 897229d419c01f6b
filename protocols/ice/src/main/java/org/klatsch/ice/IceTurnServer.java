package org.klatsch.ice;

import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunCredential;
import org.klatsch.turn.TurnTransport;

/// A TURN server that an agent may use.
///
/// @param transport how it is reached; anything but UDP is connected by the layer above
/// @param name what its certificate must be for: a host name, or the address as text
public record IceTurnServer(
    TransportAddress address,
    StunCredential.LongTerm credential,
    TurnTransport transport,
    String name) {
  /// One that is reached over UDP.
  public IceTurnServer(TransportAddress address, StunCredential.LongTerm credential) {
    this(address, credential, TurnTransport.UDP, address.host());
  }

  /// The same server at another address, where it has sent the client.
  IceTurnServer at(TransportAddress other) {
    return new IceTurnServer(other.withProtocol(address.protocol()), credential, transport, name);
  }

  IceServer reference() {
    return new IceServer(address, transport);
  }
}
