package org.klatsch.net;

import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// A connection to one remote address that carries a core's packets: TCP, TLS, or something above
/// UDP. Added with [CoreDriver#add]; its owner gives what arrives to [CoreDriver#received].
/// Confined to the loop's thread.
public interface PacketStream {
  /// Unique among the local addresses of the core's streams with the same remote address.
  TransportAddress local();

  TransportAddress remote();

  /// Sends packets `from` to `to` of `out`, or drops those it has no room for.
  void send(TransmitBuffer out, int from, int to);

  /// Ends it; what was given to [#send] before still goes out.
  void close();
}
