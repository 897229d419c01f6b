package org.klatsch.ice;

import org.klatsch.sansio.TransportAddress;

/// A candidate of the peer, signalled or learned from its checks.
final class RemoteCandidate {
  final TransportAddress address;

  /// Replaced when a candidate learned from a check is signalled later, RFC 8445 §7.3.1.3.
  IceCandidate description;

  RemoteCandidate(TransportAddress address, IceCandidate description) {
    this.address = address;
    this.description = description;
  }
}
