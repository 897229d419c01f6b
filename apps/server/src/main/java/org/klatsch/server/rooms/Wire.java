package org.klatsch.server.rooms;

/// The sending half of one WebSocket. Called under the directory's lock, so no method blocks or
/// calls back.
public interface Wire {

  /// The stranger's address as far as limits are concerned.
  String source();

  /// The host name under which the client sees this server; that is where it finds the STUN server.
  String requestHost();

  /// Queues a message. False if too much is queued already: the reader is slow and nothing was
  /// queued.
  boolean send(String message);

  /// Closes after everything queued was sent, or at once if that takes too long.
  void close(int code, String reason);
}
