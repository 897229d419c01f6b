package org.klatsch.dtls;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.klatsch.sansio.MalformedPacketException;

/// Which version to speak, as a function of the versions enabled and the hello messages: RFC 8446
/// §4.2.1 and, for peers older than that, RFC 6347 §4.2.1; and the sign in the server's random by
/// which a client notices that somebody talked the two down, RFC 8446 §4.1.3.
final class VersionNegotiation {
  /// The last 8 bytes of the random of a server that could do 1.3 and chose 1.2: "DOWNGRD" 01.
  private static final byte[] DOWNGRADE_TO_1_2 = {0x44, 0x4f, 0x57, 0x4e, 0x47, 0x52, 0x44, 0x01};

  private VersionNegotiation() {}

  /// A server's choice.
  ///
  /// @param enabled newest first
  static ProtocolVersion choose(List<ProtocolVersion> enabled, ClientHello hello)
      throws MalformedPacketException {
    List<Integer> offered = hello.extensions().supportedVersions();
    if (offered == null) {
      // Codes fall as versions rise. An older form of hello can lead to 1.2 at most.
      offered =
          hello.legacyVersion() <= ProtocolVersion.DTLS_1_2.code()
              ? List.of(ProtocolVersion.DTLS_1_2.code())
              : List.of(hello.legacyVersion());
    }
    for (ProtocolVersion version : enabled) {
      if (offered.contains(version.code())) {
        return version;
      }
    }
    throw DtlsException.fatal(
        AlertDescription.PROTOCOL_VERSION,
        "offered versions " + offered + ", enabled are " + enabled);
  }

  /// What a client finds chosen in a ServerHello.
  static ProtocolVersion chosen(List<ProtocolVersion> enabled, ServerHello hello)
      throws MalformedPacketException {
    int selected = hello.extensions().selectedVersion();
    int code = selected < 0 ? hello.legacyVersion() : selected;
    ProtocolVersion version = ProtocolVersion.ofCode(code);
    if (version == null || !enabled.contains(version)) {
      throw DtlsException.fatal(
          AlertDescription.PROTOCOL_VERSION,
          "server chose version 0x" + Integer.toHexString(code) + ", enabled are " + enabled);
    }
    if (version == ProtocolVersion.DTLS_1_2
        && enabled.contains(ProtocolVersion.DTLS_1_3)
        && Arrays.equals(hello.random(), 24, 32, DOWNGRADE_TO_1_2, 0, 8)) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "somebody removed DTLS 1.3 from our offer");
    }
    return version;
  }

  /// The random of a ServerHello.
  static byte[] serverRandom(
      List<ProtocolVersion> enabled, ProtocolVersion chosen, SecureRandom random) {
    byte[] bytes = new byte[ClientHello.RANDOM_LENGTH];
    random.nextBytes(bytes);
    if (chosen == ProtocolVersion.DTLS_1_2 && enabled.contains(ProtocolVersion.DTLS_1_3)) {
      System.arraycopy(DOWNGRADE_TO_1_2, 0, bytes, 24, 8);
    }
    return bytes;
  }
}
