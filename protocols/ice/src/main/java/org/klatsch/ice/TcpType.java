package org.klatsch.ice;

import org.jspecify.annotations.Nullable;

/// Which side of a TCP candidate opens connections, RFC 6544 §4.5.
public enum TcpType {
  ACTIVE("active"),
  PASSIVE("passive"),
  SIMULTANEOUS_OPEN("so");

  private final String token;

  TcpType(String token) {
    this.token = token;
  }

  static @Nullable TcpType ofToken(String token) {
    return switch (token) {
      case "active" -> ACTIVE;
      case "passive" -> PASSIVE;
      case "so" -> SIMULTANEOUS_OPEN;
      default -> null;
    };
  }

  /// The word in SDP.
  @Override
  public String toString() {
    return token;
  }
}
