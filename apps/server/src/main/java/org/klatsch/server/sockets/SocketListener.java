package org.klatsch.server.sockets;

/// Hears of one WebSocket; one call at a time.
public interface SocketListener {
  /// A whole message, text or binary.
  void message(byte[] bytes, int offset, int length);

  /// It is closed or lost. The last call.
  void closed();
}
