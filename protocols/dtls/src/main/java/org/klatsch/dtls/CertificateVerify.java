package org.klatsch.dtls;

import java.nio.charset.StandardCharsets;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// CertificateVerify, RFC 5246 §7.4.8 and RFC 8446 §4.4.3: the algorithm and a signature over all
/// handshake messages before this one.
record CertificateVerify(int signatureScheme, byte[] signature) {
  /// What is signed under version 1.3: 64 spaces, who signs, a zero, the hash of the messages. RFC
  /// 9147 leaves the words as TLS has them.
  static byte[] signedContent(DtlsRole signer, byte[] transcriptHash) {
    String who = signer == DtlsRole.CLIENT ? "client" : "server";
    String text = " ".repeat(64) + "TLS 1.3, " + who + " CertificateVerify\0";
    return KeySchedule12.concat(text.getBytes(StandardCharsets.US_ASCII), transcriptHash);
  }

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
