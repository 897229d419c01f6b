package org.klatsch.stun;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// What lies between a host and the internet, RFC 5780, in the words of RFC 4787.
///
/// @param mapped this host as the server sees it; null when it does not answer: UDP is blocked, or
///   the server is down
/// @param mapping what the external port depends on
/// @param filtering whose packets are let in
public record NatBehavior(@Nullable TransportAddress mapped, Mapping mapping, Filtering filtering) {
  /// RFC 4787 §4.1.
  public enum Mapping {
    /// The server sees the very address and port that the host sent from.
    NO_TRANSLATION,

    ENDPOINT_INDEPENDENT,
    ADDRESS_DEPENDENT,
    ADDRESS_AND_PORT_DEPENDENT,

    /// Two servers see different ports; on what it depends cannot be told without RFC 5780.
    ENDPOINT_DEPENDENT,

    UNKNOWN
  }

  /// RFC 4787 §5.
  public enum Filtering {
    ENDPOINT_INDEPENDENT,
    ADDRESS_DEPENDENT,
    ADDRESS_AND_PORT_DEPENDENT,

    /// The server has no second address to answer from.
    UNKNOWN
  }

  /// Whether peers can send to what a STUN server tells, so that most connections need no relay.
  public boolean isMappingStable() {
    return mapping == Mapping.NO_TRANSLATION || mapping == Mapping.ENDPOINT_INDEPENDENT;
  }
}
