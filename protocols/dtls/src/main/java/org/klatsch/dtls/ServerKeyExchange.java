package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// ServerKeyExchange of the ECDHE suites, RFC 8422 §5.4:
///
/// ```
/// struct {
///   ECCurveType curve_type;              3, named_curve
///   NamedCurve namedcurve;               2 bytes
///   opaque point<1..2^8-1>;
/// } ServerECDHParams;
/// struct {
///   ServerECDHParams params;
///   SignatureAndHashAlgorithm algorithm; 2 bytes
///   opaque signature<0..2^16-1>;         over client_random, server_random, params
/// } ServerKeyExchange;
/// ```
record ServerKeyExchange(int group, byte[] publicKey, int signatureScheme, byte[] signature) {
  private static final int NAMED_CURVE = 3;

  static ServerKeyExchange parse(PacketReader in) throws MalformedPacketException {
    int curveType = in.u8();
    if (curveType != NAMED_CURVE) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "curve type " + curveType + ", expected 3");
    }
    int group = in.u16();
    byte[] publicKey = in.bytes(in.u8());
    int scheme = in.u16();
    byte[] signature = in.bytes(in.u16());
    Extensions.requireEnd(in);
    return new ServerKeyExchange(group, publicKey, scheme, signature);
  }

  byte[] encode() {
    byte[] params = params(group, publicKey);
    PacketWriter out = new PacketWriter(params.length + 4 + signature.length);
    out.bytes(params).u16(signatureScheme).u16(signature.length).bytes(signature);
    return out.toByteArray();
  }

  byte[] params() {
    return params(group, publicKey);
  }

  /// `ServerECDHParams`, the signed part.
  static byte[] params(int group, byte[] publicKey) {
    PacketWriter out = new PacketWriter(4 + publicKey.length);
    return out.u8(NAMED_CURVE).u16(group).u8(publicKey.length).bytes(publicKey).toByteArray();
  }
}
