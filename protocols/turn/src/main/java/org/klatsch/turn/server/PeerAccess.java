package org.klatsch.turn.server;

import org.klatsch.sansio.TransportAddress;

/// Decides about peers with what the server knows: its rules, its own addresses, its relay ports.
final class PeerAccess {
  /// What a client may do with a peer.
  enum Access {
    /// Every port of the host.
    HOST,

    /// Only ports of this server and its process: relayed addresses of other clients, for one.
    OWN_PORTS,

    NONE
  }

  private final PeerPolicy policy;
  private final AllocationTable table;

  PeerAccess(PeerPolicy policy, AllocationTable table) {
    this.policy = policy;
    this.table = table;
  }

  Access accessOf(Allocation allocation, TransportAddress peer) {
    boolean own = allocation.isAtHost(peer) && !policy.isListed(peer);
    if (!own && policy.allowsHost(peer)) {
      return Access.HOST;
    }
    boolean open = allocation.isTcp ? isTcpRelay(peer) : isOwnPort(peer);
    return open ? Access.OWN_PORTS : Access.NONE;
  }

  /// Whether connections from or to there are another client's of this server, RFC 6062.
  boolean isTcpRelay(TransportAddress peer) {
    return table.atRelay(peer.withProtocol(TransportAddress.Protocol.TCP)) != null;
  }

  boolean isOwnPort(TransportAddress peer) {
    return table.atRelay(peer) != null || policy.isOwnPort(peer);
  }
}
