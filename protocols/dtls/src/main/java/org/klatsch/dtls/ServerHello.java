package org.klatsch.dtls;

import java.util.Arrays;
import java.util.HexFormat;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// ServerHello, RFC 5246 §7.4.1.3; under version 1.3 also HelloRetryRequest, RFC 8446 §4.1.3 and
/// §4.1.4:
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

  /// The random by which a HelloRetryRequest is known: SHA-256 of "HelloRetryRequest".
  private static final byte[] RETRY_RANDOM =
      HexFormat.of().parseHex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c");

  /// One of version 1.3: the session id is never echoed and the version stands in an extension, RFC
  /// 9147 §5.
  static ServerHello of13(byte[] random, CipherSuite suite, Extensions extensions) {
    return new ServerHello(
        ProtocolVersion.DTLS_1_2.code(),
        random,
        new byte[0],
        suite.code(),
        ClientHello.NO_COMPRESSION,
        extensions.putSelectedVersion(ProtocolVersion.DTLS_1_3));
  }

  /// A HelloRetryRequest.
  static ServerHello retry(CipherSuite suite, Extensions extensions) {
    return of13(RETRY_RANDOM.clone(), suite, extensions);
  }

  boolean isRetry() {
    return Arrays.equals(random, RETRY_RANDOM);
  }

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
