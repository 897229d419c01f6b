package org.klatsch.dtls;

import java.util.List;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// CertificateRequest of version 1.3, RFC 8446 §4.3.2:
///
/// ```
/// struct {
///   opaque certificate_request_context<0..2^8-1>;   empty in a handshake
///   Extension extensions<2..2^16-1>;                signature_algorithms is mandatory
/// } CertificateRequest;
/// ```
record CertificateRequest13(byte[] context, Extensions extensions) {
  static CertificateRequest13 of(List<SignatureScheme> schemes) {
    Extensions extensions =
        new Extensions()
            .putCodes(
                Extensions.SIGNATURE_ALGORITHMS,
                schemes.stream().map(SignatureScheme::code).toList());
    return new CertificateRequest13(new byte[0], extensions);
  }

  static CertificateRequest13 parse(PacketReader in) throws MalformedPacketException {
    return new CertificateRequest13(in.bytes(in.u8()), Extensions.parseList(in));
  }

  byte[] encode() {
    PacketWriter out = new PacketWriter(1 + context.length + extensions.listLength());
    out.u8(context.length).bytes(context);
    extensions.writeList(out);
    return out.toByteArray();
  }

  /// The signature algorithms that the server takes.
  List<Integer> signatureSchemes() throws MalformedPacketException {
    List<Integer> schemes = extensions.codes(Extensions.SIGNATURE_ALGORITHMS);
    if (schemes == null) {
      throw DtlsException.fatal(
          AlertDescription.MISSING_EXTENSION, "CertificateRequest without signature_algorithms");
    }
    return schemes;
  }
}
