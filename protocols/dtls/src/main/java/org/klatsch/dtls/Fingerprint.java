package org.klatsch.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// Hash of a certificate in DER form, RFC 8122 §5.
///
/// @param algorithm as in SDP, in lower case: `sha-256`
/// @param bytes the hash; borrowed, not to be changed
public record Fingerprint(String algorithm, byte[] bytes) {
  /// The hash functions we verify, most preferred first. SHA-1, MD5 and MD2 are refused: RFC 8122
  /// §5.
  private static final List<String> PREFERRED = List.of("sha-512", "sha-384", "sha-256");

  private static final HexFormat HEX = HexFormat.ofDelimiter(":").withUpperCase();

  public Fingerprint {
    algorithm = algorithm.toLowerCase(Locale.ROOT);
  }

  /// The fingerprint of a certificate.
  ///
  /// @param algorithm `sha-256`, `sha-384` or `sha-512`
  public static Fingerprint of(String algorithm, X509Certificate certificate) {
    String name = algorithm.toLowerCase(Locale.ROOT);
    if (!PREFERRED.contains(name)) {
      throw new IllegalArgumentException(
          "hash function " + algorithm + " is not one of " + PREFERRED);
    }
    try {
      return new Fingerprint(
          name, MessageDigest.getInstance(name).digest(certificate.getEncoded()));
    } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
      throw new IllegalStateException("cannot hash a certificate with " + name, e);
    }
  }

  /// Reads the value of `a=fingerprint`: `sha-256 12:AB:…`. A hash function that we do not verify
  /// is read too; it just never matches.
  ///
  /// @throws IllegalArgumentException if the text has another form
  public static Fingerprint parse(String text) {
    String[] parts = text.strip().split("\\s+", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("fingerprint '" + text + "' is not 'algorithm hex:hex…'");
    }
    return new Fingerprint(parts[0], HexFormat.ofDelimiter(":").parseHex(parts[1]));
  }

  /// Whether the hash function is good enough to verify a peer with.
  public boolean isAcceptable() {
    return PREFERRED.contains(algorithm);
  }

  /// Whether a certificate matches what the peer announced. Of the announced fingerprints those
  /// with our most preferred hash function count, and one of them must match: RFC 8122 §5.
  static boolean anyMatches(List<Fingerprint> announced, X509Certificate certificate) {
    for (String algorithm : PREFERRED) {
      List<Fingerprint> set =
          announced.stream().filter(f -> f.algorithm.equals(algorithm)).toList();
      if (!set.isEmpty()) {
        byte[] actual = of(algorithm, certificate).bytes;
        return set.stream().anyMatch(f -> MessageDigest.isEqual(f.bytes, actual));
      }
    }
    return false;
  }

  /// The hash as SDP writes it: `12:AB:…`.
  public String value() {
    return HEX.formatHex(bytes);
  }

  /// The value of `a=fingerprint`.
  @Override
  public String toString() {
    return algorithm + " " + value();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint that
        && algorithm.equals(that.algorithm)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * algorithm.hashCode() + Arrays.hashCode(bytes);
  }
}
