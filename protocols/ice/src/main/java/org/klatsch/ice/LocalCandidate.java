package org.klatsch.ice;

import org.klatsch.sansio.TransportAddress;

/// A candidate of this agent. Packets to it arrive at its base, RFC 8445 §4.
final class LocalCandidate {
  final CandidateType type;

  /// The address the peer sends to.
  final TransportAddress address;

  /// The interface's address and port; for a host candidate the same as [#address].
  final TransportAddress base;

  /// 0 to 65535, unique among the bases, RFC 8445 §5.1.2.1.
  final int localPreference;

  final IceCandidate description;

  LocalCandidate(
      CandidateType type,
      TransportAddress address,
      TransportAddress base,
      int localPreference,
      IceCandidate description) {
    this.type = type;
    this.address = address;
    this.base = base;
    this.localPreference = localPreference;
    this.description = description;
  }

  /// RFC 8445 §5.1.2.1, for component 1.
  static long priority(CandidateType type, int localPreference) {
    return (long) type.preference() << 24 | (long) localPreference << 8 | 256 - 1;
  }

  /// The priority that a peer-reflexive candidate found by a check from this base would have: the
  /// value of PRIORITY, RFC 8445 §7.1.1.
  long peerReflexivePriority() {
    return priority(CandidateType.PEER_REFLEXIVE, localPreference);
  }
}
