package org.klatsch.ice;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// A candidate of this agent. Packets to it arrive at its base, RFC 8445 §4.
final class LocalCandidate {
  final CandidateType type;

  /// The address the peer sends to.
  final TransportAddress address;

  /// The interface's address and port; for a host candidate the same as [#address].
  final TransportAddress base;

  /// 0 to 65535, unique among the bases of UDP, RFC 8445 §5.1.2.1; among those of TCP 0 to 8191, to
  /// which the direction is added, RFC 6544 §4.2.
  final int localPreference;

  /// Which side opens the connections of a TCP candidate; null for UDP.
  final @Nullable TcpType tcpType;

  final IceCandidate description;

  /// Who gave it; null for an interface's address and for what only a peer saw.
  final @Nullable IceServer server;

  LocalCandidate(
      CandidateType type,
      TransportAddress address,
      TransportAddress base,
      int localPreference,
      IceCandidate description,
      @Nullable IceServer server) {
    this.type = type;
    this.address = address;
    this.base = base;
    this.localPreference = localPreference;
    this.description = description;
    this.server = server;
    this.tcpType = tcpType(base);
  }

  /// The discard port in the base of outgoing connections, which have a port each, RFC 6544 §4.5.
  static final int ACTIVE_PORT = 9;

  static @Nullable TcpType tcpType(TransportAddress base) {
    if (!base.isTcp()) {
      return null;
    }
    return base.port() == ACTIVE_PORT ? TcpType.ACTIVE : TcpType.PASSIVE;
  }

  /// RFC 8445 §5.1.2.1, for component 1.
  static long priority(CandidateType type, TransportAddress base, int localPreference) {
    TcpType tcpType = type == CandidateType.RELAYED ? null : tcpType(base);
    int preference = tcpType == null ? type.preference() : type.tcpPreference();
    int local = tcpType == null ? localPreference : tcpPreference(type, tcpType, localPreference);
    return (long) preference << 24 | (long) local << 8 | 256 - 1;
  }

  /// RFC 6544 §4.2: three bits for the direction, 13 for what else distinguishes the base. Opening
  /// a connection succeeds where a firewall lets none in, and through a NAT.
  private static int tcpPreference(CandidateType type, TcpType tcpType, int other) {
    boolean host = type == CandidateType.HOST;
    int direction =
        switch (tcpType) {
          case ACTIVE -> host ? 6 : 4;
          case PASSIVE -> host ? 4 : 2;
          case SIMULTANEOUS_OPEN -> host ? 2 : 6;
        };
    return direction << 13 | Math.min(other, MAX_TCP_PREFERENCE);
  }

  static final int MAX_TCP_PREFERENCE = (1 << 13) - 1;

  /// The priority that a peer-reflexive candidate found by a check from this base would have: the
  /// value of PRIORITY, RFC 8445 §7.1.1.
  long peerReflexivePriority() {
    return priority(CandidateType.PEER_REFLEXIVE, base, localPreference);
  }
}
