package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// What a server has to know of its HelloRetryRequest when the second ClientHello comes, RFC 8446
/// §4.2.2: kept here, or by the client inside the cookie.
///
/// @param suite code of the suite chosen
/// @param group code of the group asked for, 0 for none
/// @param clientHelloHash of the first ClientHello
/// @param cookie as sent; null for none
record HelloRetry(int suite, int group, byte[] clientHelloHash, byte @Nullable [] cookie) {
  /// The HelloRetryRequest, always with the same bytes: they are part of the transcript.
  byte[] encode() {
    CipherSuite known = CipherSuite.ofCode(suite);
    if (known == null) {
      throw new IllegalStateException("suite " + suite + " of a HelloRetryRequest is unknown");
    }
    Extensions extensions = new Extensions();
    if (group != 0) {
      extensions.put(Extensions.KEY_SHARE, KeyShareEntry.encodeRetry(group));
    }
    if (cookie != null) {
      extensions.putCookie(cookie);
    }
    return ServerHello.retry(known, extensions).encode();
  }

  /// What the cookie holds beside its seal.
  byte[] encodeState() {
    PacketWriter out = new PacketWriter(4 + clientHelloHash.length);
    return out.u16(suite).u16(group).bytes(clientHelloHash).toByteArray();
  }

  /// Reads a cookie's state back; its seal has been checked.
  static HelloRetry ofState(byte[] state, byte[] cookie) throws MalformedPacketException {
    PacketReader in = new PacketReader(state);
    return new HelloRetry(in.u16(), in.u16(), in.bytes(in.remaining()), cookie);
  }
}
