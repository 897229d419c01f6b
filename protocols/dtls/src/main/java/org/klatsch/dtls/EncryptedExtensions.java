package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// EncryptedExtensions, RFC 8446 §4.3.1: `Extension extensions<0..2^16-1>`, never missing.
record EncryptedExtensions(Extensions extensions) {
  static EncryptedExtensions parse(PacketReader in) throws MalformedPacketException {
    return new EncryptedExtensions(Extensions.parseList(in));
  }

  byte[] encode() {
    PacketWriter out = new PacketWriter(extensions.listLength());
    extensions.writeList(out);
    return out.toByteArray();
  }
}
