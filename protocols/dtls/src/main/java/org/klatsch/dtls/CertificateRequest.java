package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// CertificateRequest, RFC 5246 §7.4.4:
///
/// ```
/// struct {
///   ClientCertificateType certificate_types<1..2^8-1>;
///   SignatureAndHashAlgorithm supported_signature_algorithms<2..2^16-2>;
///   DistinguishedName certificate_authorities<0..2^16-1>;
/// } CertificateRequest;
/// ```
///
/// The authorities are read over: WebRTC's certificates are self-signed.
record CertificateRequest(List<Integer> certificateTypes, List<Integer> signatureSchemes) {
  /// RFC 5246 §7.4.4.
  static final int RSA_SIGN = 1;

  /// RFC 8422 §5.5.
  static final int ECDSA_SIGN = 64;

  static CertificateRequest parse(PacketReader in) throws MalformedPacketException {
    List<Integer> types = new ArrayList<>();
    PacketReader typeList = in.slice(in.u8());
    while (typeList.hasRemaining()) {
      types.add(typeList.u8());
    }
    List<Integer> schemes = new ArrayList<>();
    PacketReader schemeList = in.slice(in.u16());
    while (schemeList.hasRemaining()) {
      schemes.add(schemeList.u16());
    }
    in.skip(in.u16());
    Extensions.requireEnd(in);
    return new CertificateRequest(types, schemes);
  }

  byte[] encode() {
    PacketWriter out = new PacketWriter(5 + certificateTypes.size() + 2 * signatureSchemes.size());
    out.u8(certificateTypes.size());
    certificateTypes.forEach(out::u8);
    out.u16(2 * signatureSchemes.size());
    signatureSchemes.forEach(out::u16);
    return out.u16(0).toByteArray();
  }
}
