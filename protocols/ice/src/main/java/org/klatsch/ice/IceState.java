package org.klatsch.ice;

/// The state of connectivity, with the names and the meaning of the W3C's `RTCIceTransportState`.
public enum IceState {
  /// Waiting for the remote parameters and candidates.
  NEW,

  /// Checking pairs; none works yet.
  CHECKING,

  /// A pair works; better ones may still be found.
  CONNECTED,

  /// A pair is nominated and both sides have no more candidates.
  COMPLETED,

  /// The selected pair has been silent for a while; it may come back.
  DISCONNECTED,

  /// No pair works, or the peer's consent has expired; only a restart helps.
  FAILED,
  CLOSED
}
