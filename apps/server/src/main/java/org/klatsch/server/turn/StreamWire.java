package org.klatsch.server.turn;

/// The connection under a [RelayStream], whoever accepted it. Called on the relay's loop; must not
/// block.
public interface StreamWire {
  /// Sends bytes. Called again only after `done` ran, on any thread; until then the array is the
  /// wire's.
  void write(byte[] bytes, int length, Runnable done);

  /// What was received last is used up: the buffer may be filled again.
  void resume();

  void close();
}
