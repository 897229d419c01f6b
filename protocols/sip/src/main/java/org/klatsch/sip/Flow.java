package org.klatsch.sip;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// Where a message came from or goes to: a pair of addresses of UDP, or a connection (RFC 5626
/// §3.1). Names are resolved (RFC 3263) before there is a flow.
///
/// @param local the address here, null when the transport may choose
/// @param connection the transport's number of a live connection, which the message must take; 0
///   when any connection to `remote` will do and a new one may be made, and with UDP
/// @param serverName the name that the peer's certificate must carry (RFC 5922 §4), null when the
///   address itself is all that is known
public record Flow(
    SipTransport transport,
    @Nullable TransportAddress local,
    TransportAddress remote,
    long connection,
    @Nullable String serverName) {

  /// A flow to an address, over any connection.
  public static Flow to(SipTransport transport, TransportAddress remote) {
    return new Flow(transport, null, remote, 0, null);
  }

  /// Whether both take the same connection, or the same pair of addresses.
  public boolean isSame(Flow other) {
    return transport == other.transport
        && connection == other.connection
        && remote.equals(other.remote);
  }
}
