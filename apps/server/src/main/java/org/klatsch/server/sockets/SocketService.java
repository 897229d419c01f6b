package org.klatsch.server.sockets;

/// A WebSocket subprotocol at a path of the server. Thread-safe.
public interface SocketService {
  /// For example `/sip`.
  String path();

  /// The only subprotocol that is accepted, RFC 6455 §1.9.
  String subprotocol();

  /// A client has connected. Pages of all origins may: a service that acts for whoever reaches it,
  /// without asking for a password, looks at [SocketPeer#origin] first.
  ///
  /// @return who hears of it
  SocketListener opened(SocketPeer peer);
}
