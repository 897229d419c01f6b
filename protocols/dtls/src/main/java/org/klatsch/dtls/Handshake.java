package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;

/// A state machine of the handshake. It is given whole messages in order, one at a time, and never
/// while a computation it asked for is running.
///
/// A connection begins with [ClientStart] or [ServerStart], which know no more than how to find the
/// version; they hand over to the machine of the version found.
abstract sealed class Handshake
    permits ClientStart, ServerStart, Client12, Server12, Client13, Server13, PostHandshake13 {
  final HandshakeLayer layer;

  Handshake(HandshakeLayer layer) {
    this.layer = layer;
  }

  /// Handles the next message of the peer.
  abstract void handle(long now, HandshakeMessage message) throws MalformedPacketException;

  /// What an earlier state has set.
  static <T> T required(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("a message was handled out of order");
    }
    return value;
  }

  /// The message is not the one whose turn it is.
  static DtlsException unexpected(HandshakeMessage message, String state) {
    return DtlsException.fatal(
        AlertDescription.UNEXPECTED_MESSAGE, message.name() + " while " + state);
  }
}
