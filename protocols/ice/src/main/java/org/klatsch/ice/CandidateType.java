package org.klatsch.ice;

import org.jspecify.annotations.Nullable;

/// Where a candidate comes from, RFC 8445 §5.1.1.
public enum CandidateType {
  /// An address of an interface.
  HOST("host", 126),

  /// The address that a STUN server saw.
  SERVER_REFLEXIVE("srflx", 100),

  /// The address that the peer saw in a connectivity check.
  PEER_REFLEXIVE("prflx", 110),

  /// An address on a TURN server.
  RELAYED("relay", 0);

  private final String token;
  private final int preference;

  CandidateType(String token, int preference) {
    this.token = token;
    this.preference = preference;
  }

  /// The type preference recommended in RFC 8445 §5.1.2.2, 0 to 126.
  public int preference() {
    return preference;
  }

  /// The type preference of a TCP candidate: below those of UDP that are not relayed, RFC 6544
  /// §4.2, since media suffers from retransmission. Chromium has the same values.
  int tcpPreference() {
    return Math.max(0, preference - 36);
  }

  static @Nullable CandidateType ofToken(String token) {
    return switch (token) {
      case "host" -> HOST;
      case "srflx" -> SERVER_REFLEXIVE;
      case "prflx" -> PEER_REFLEXIVE;
      case "relay" -> RELAYED;
      default -> null;
    };
  }

  /// The word in SDP, RFC 8839 §5.1.
  @Override
  public String toString() {
    return token;
  }
}
