package org.klatsch.rooms;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// SHA-256 fingerprints of DTLS certificates, RFC 8122 §5.
final class Fingerprints {
  private Fingerprints() {}

  /// The one fingerprint of a description.
  ///
  /// @return empty if there is none, one that is not SHA-256, or two different ones
  static Optional<byte[]> ofDescription(String sdp) {
    List<String> values =
        sdp.lines()
            .filter(line -> line.startsWith("a=fingerprint:"))
            .map(line -> line.substring("a=fingerprint:".length()).strip().toLowerCase(Locale.ROOT))
            .distinct()
            .toList();
    if (values.size() != 1 || !values.getFirst().startsWith("sha-256 ")) {
      return Optional.empty();
    }
    try {
      byte[] bytes =
          HexFormat.ofDelimiter(":")
              .parseHex(values.getFirst().substring("sha-256 ".length()).strip());
      return bytes.length == 32 ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// The fingerprint of the certificate that the other end used; more certificates may follow it.
  static Optional<byte[]> ofCertificates(List<byte[]> der) {
    if (der.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(MessageDigest.getInstance("SHA-256").digest(der.getFirst()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }
}
