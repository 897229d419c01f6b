package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.List;

/// The messages that one side sends before it waits for the other, RFC 6347 §4.2.4. Kept whole so
/// that it can be sent again: with new record numbers and other fragment lengths, but the same
/// bytes.
final class Flight {
  /// @param contentType [ContentType#HANDSHAKE] or [ContentType#CHANGE_CIPHER_SPEC]
  /// @param message for a ChangeCipherSpec the type is 0 and the body its single byte
  record Item(int contentType, HandshakeMessage message) {
    byte[] body() {
      return message.body();
    }
  }

  private final List<Item> items = new ArrayList<>();

  Flight add(HandshakeMessage message) {
    items.add(new Item(ContentType.HANDSHAKE, message));
    return this;
  }

  /// RFC 5246 §7.1. Not a handshake message: it has no sequence number and is not hashed.
  Flight addChangeCipherSpec(int epoch) {
    items.add(
        new Item(
            ContentType.CHANGE_CIPHER_SPEC, new HandshakeMessage(0, 0, epoch, new byte[] {1})));
    return this;
  }

  List<Item> items() {
    return items;
  }
}
