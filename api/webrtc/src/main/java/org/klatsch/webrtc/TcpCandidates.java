package org.klatsch.webrtc;

/// Which TCP candidates a connection offers, RFC 6544. Pairs of them are used where UDP does not
/// get through.
public enum TcpCandidates {
  NONE,

  /// Connections are opened but none accepted, as browsers do.
  ACTIVE,

  /// A port is listened on too, which two browsers' candidates lack: with it a browser behind a
  /// firewall that lets no UDP out reaches this machine.
  ACTIVE_AND_PASSIVE
}
