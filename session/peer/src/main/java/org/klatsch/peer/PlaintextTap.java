package org.klatsch.peer;

import org.klatsch.sansio.TransportAddress;

/// Sees what travels inside DTLS, for a capture file. Called in the middle of packet processing: it
/// must be quick and keep no reference.
@FunctionalInterface
public interface PlaintextTap {
  /// An SCTP packet before encryption or after decryption.
  ///
  /// @param outgoing whether this side sends it
  /// @param packet borrowed
  void packet(
      long now,
      boolean outgoing,
      TransportAddress local,
      TransportAddress remote,
      byte[] packet,
      int offset,
      int length);
}
