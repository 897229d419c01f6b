package org.klatsch.sansio;

/// A core that stands directly on datagrams: what an event loop, a blocking driver or a simulator
/// drives. A whole session is one.
///
/// The outgoing half is [#pollTransmit], where the core sets the route of each packet
/// ([TransmitBuffer#route]); the local address of a route names the port that the driver sends from
/// and is equal to the one that packets of that port come in with.
///
/// @param <E> the sealed event type for the layer above
public interface PacketCore<E> extends ProtocolCore<E> {
  /// Takes a datagram. Malformed or unexpected ones are counted and dropped here, never thrown.
  ///
  /// @param local the address and port it arrived at: the driver's port, never a wildcard
  /// @param remote where it came from
  /// @param ecn its ECN code point, 0 to 3 (RFC 3168 §5); 0 where the driver cannot read it
  /// @param buffer holds the datagram; borrowed for the call, and the core may change the `length`
  ///   bytes (to decrypt in place)
  void handlePacket(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length);

  /// Takes notice that the stream between two addresses of TCP is gone, or could not be opened. A
  /// core may send there again: the driver then opens another one where it can.
  default void handleStreamClosed(long now, TransportAddress local, TransportAddress remote) {}
}
