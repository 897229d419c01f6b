package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// ServerHello, RFC 5246 §7.4.1.3:
///
/// ```
/// struct {
///   ProtocolVersion server_version;
///   Random random;                     32 bytes
///   SessionID session_id;              <0..32>
///   CipherSuite cipher_suite;
///   CompressionMethod compression_method;
///   Extension extensions<0..2^16-1>;   may be missing
/// } ServerHello;
/// ```
record ServerHello(
    int legacyVersion,
    byte[] random,
    byte[] sessionId,
    int cipherSuite,
    int compressionMethod,
    Extensions extensions) {
  private static final int MAX_SESSION_ID = 32;

  static ServerHello parse(PacketReader in) throws MalformedPacketException {
    int version = in.u16();
    byte[] random = in.bytes(ClientHello.RANDOM_LENGTH);
    byte[] sessionId = in.bytes(in.u8());
    if (sessionId.length > MAX_SESSION_ID) {
      throw DtlsException.fatal(
          AlertDescription.DECODE_ERROR,
          "session_id of " + sessionId.length + " bytes, at most " + MAX_SESSION_ID);
    }
    return new ServerHello(version, random, sessionId, in.u16(), in.u8(), Extensions.parse(in));
  }

  byte[] encode() {
    PacketWriter out = new PacketWriter(38 + sessionId.length + extensions.length());
    out.u16(legacyVersion).bytes(random);
    out.u8(sessionId.length).bytes(sessionId);
    out.u16(cipherSuite).u8(compressionMethod);
    extensions.write(out);
    return out.toByteArray();
  }
}
