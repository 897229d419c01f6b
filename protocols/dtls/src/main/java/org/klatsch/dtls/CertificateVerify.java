package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// CertificateVerify, RFC 5246 §7.4.8: the algorithm and a signature over all handshake messages
/// before this one.
record CertificateVerify(int signatureScheme, byte[] signature) {
  static CertificateVerify parse(PacketReader in) throws MalformedPacketException {
    CertificateVerify message = new CertificateVerify(in.u16(), in.bytes(in.u16()));
    Extensions.requireEnd(in);
    return message;
  }

  byte[] encode() {
    PacketWriter out = new PacketWriter(4 + signature.length);
    return out.u16(signatureScheme).u16(signature.length).bytes(signature).toByteArray();
  }
}
