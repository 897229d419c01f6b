package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// ClientKeyExchange of the ECDHE suites, RFC 8422 §5.7: `opaque point<1..2^8-1>`.
record ClientKeyExchange(byte[] publicKey) {
  static ClientKeyExchange parse(PacketReader in) throws MalformedPacketException {
    ClientKeyExchange message = new ClientKeyExchange(in.bytes(in.u8()));
    Extensions.requireEnd(in);
    return message;
  }

  byte[] encode() {
    return new PacketWriter(1 + publicKey.length)
        .u8(publicKey.length)
        .bytes(publicKey)
        .toByteArray();
  }
}
