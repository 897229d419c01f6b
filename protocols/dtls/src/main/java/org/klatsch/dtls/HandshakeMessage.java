package org.klatsch.dtls;

import org.klatsch.sansio.PacketReader;

/// A whole handshake message.
///
/// @param type as on the wire, [HandshakeType] if it is one we know
/// @param epoch of the records that it came in, or is to go out in
/// @param body without header; not to be changed
record HandshakeMessage(int type, int sequence, int epoch, byte[] body) {
  boolean is(HandshakeType expected) {
    return type == expected.code();
  }

  PacketReader reader() {
    return new PacketReader(body);
  }

  /// For messages to people.
  String name() {
    HandshakeType known = HandshakeType.ofCode(type);
    return known == null ? "handshake message " + type : known.name();
  }
}
