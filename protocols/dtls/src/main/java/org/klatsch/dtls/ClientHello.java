package org.klatsch.dtls;

import java.util.ArrayList;
import java.util.List;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.PacketWriter;

/// ClientHello, RFC 6347 §4.2.1:
///
/// ```
/// struct {
///   ProtocolVersion client_version;
///   Random random;                               32 bytes
///   SessionID session_id;                        <0..32>
///   opaque cookie<0..2^8-1>;
///   CipherSuite cipher_suites<2..2^16-1>;
///   CompressionMethod compression_methods<1..2^8-1>;
///   Extension extensions<0..2^16-1>;             may be missing
/// } ClientHello;
/// ```
///
/// @param legacyVersion the highest version, unless supported_versions says otherwise
/// @param cipherSuites as on the wire; codes we do not know stay in
record ClientHello(
    int legacyVersion,
    byte[] random,
    byte[] sessionId,
    byte[] cookie,
    List<Integer> cipherSuites,
    byte[] compressionMethods,
    Extensions extensions) {
  static final int RANDOM_LENGTH = 32;
  private static final int MAX_SESSION_ID = 32;

  /// The only compression method, RFC 5246 §6.1.
  static final int NO_COMPRESSION = 0;

  /// Says the same as an empty renegotiation_info, RFC 5746 §3.3.
  static final int TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;

  static ClientHello parse(PacketReader in) throws MalformedPacketException {
    int version = in.u16();
    byte[] random = in.bytes(RANDOM_LENGTH);
    byte[] sessionId = in.bytes(in.u8());
    byte[] cookie = in.bytes(in.u8());
    PacketReader suites = in.slice(in.u16());
    List<Integer> cipherSuites = new ArrayList<>();
    while (suites.hasRemaining()) {
      cipherSuites.add(suites.u16());
    }
    byte[] compressionMethods = in.bytes(in.u8());
    if (sessionId.length > MAX_SESSION_ID
        || cipherSuites.isEmpty()
        || compressionMethods.length == 0) {
      throw DtlsException.fatal(
          AlertDescription.DECODE_ERROR,
          "session_id of "
              + sessionId.length
              + " bytes (at most 32), "
              + cipherSuites.size()
              + " cipher suites and "
              + compressionMethods.length
              + " compression methods (at least 1 each)");
    }
    return new ClientHello(
        version, random, sessionId, cookie, cipherSuites, compressionMethods, Extensions.parse(in));
  }

  byte[] encode() {
    PacketWriter out =
        new PacketWriter(
            41
                + sessionId.length
                + cookie.length
                + 2 * cipherSuites.size()
                + compressionMethods.length
                + extensions.length());
    out.u16(legacyVersion).bytes(random);
    out.u8(sessionId.length).bytes(sessionId);
    out.u8(cookie.length).bytes(cookie);
    out.u16(2 * cipherSuites.size());
    cipherSuites.forEach(out::u16);
    out.u8(compressionMethods.length).bytes(compressionMethods);
    extensions.write(out);
    return out.toByteArray();
  }

  boolean offersNoCompression() {
    for (byte method : compressionMethods) {
      if (method == NO_COMPRESSION) {
        return true;
      }
    }
    return false;
  }

  /// The same with other extensions, as a HelloRetryRequest asks for.
  ClientHello withExtensions(Extensions changed) {
    return new ClientHello(
        legacyVersion, random, sessionId, cookie, cipherSuites, compressionMethods, changed);
  }

  /// The same with the cookie of a HelloVerifyRequest.
  ClientHello withCookie(byte[] newCookie) {
    return new ClientHello(
        legacyVersion, random, sessionId, newCookie, cipherSuites, compressionMethods, extensions);
  }
}
