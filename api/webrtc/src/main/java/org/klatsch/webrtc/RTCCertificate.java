package org.klatsch.webrtc;

import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.DtlsCertificate;
import org.klatsch.dtls.KeyType;

/// A certificate and its private key for DTLS, W3C WebRTC §4.9. Immutable.
public final class RTCCertificate {
  /// W3C WebRTC §4.9.1.
  private static final Duration DEFAULT_LIFETIME = Duration.ofDays(30);

  /// W3C WebRTC §4.9.1: more than a year is cut to a year.
  private static final Duration MAX_LIFETIME = Duration.ofDays(365);

  /// A clock of a peer that is behind must not find the certificate too young.
  private static final Duration BACKDATED = Duration.ofDays(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final DtlsCertificate certificate;

  RTCCertificate(DtlsCertificate certificate) {
    this.certificate = certificate;
  }

  /// A certificate made elsewhere: one PKCS #8 private key and its certificates in PEM form.
  ///
  /// @throws DOMException a SyntaxError if it cannot be read
  public static RTCCertificate fromPem(String pem) {
    try {
      return new RTCCertificate(DtlsCertificate.fromPem(pem));
    } catch (IllegalArgumentException e) {
      throw new DOMException("no usable PEM: " + e.getMessage(), "SyntaxError", e);
    }
  }

  /// The private key and the certificates in PEM form. Keep it secret.
  public String toPem() {
    return certificate.toPem();
  }

  /// When it expires, in milliseconds since 1970.
  public long expires() {
    return certificate.notAfter().toEpochMilli();
  }

  public List<RTCDtlsFingerprint> getFingerprints() {
    return List.of(
        new RTCDtlsFingerprint(
            "sha-256", certificate.fingerprint("sha-256").value().toLowerCase(Locale.ROOT)));
  }

  DtlsCertificate certificate() {
    return certificate;
  }

  /// Makes an ECDSA P-256 certificate for 30 days.
  static RTCCertificate generate() {
    return generate(KeyType.ECDSA_P256, DEFAULT_LIFETIME);
  }

  static RTCCertificate generate(KeyType type, Duration lifetime) {
    Instant now = Instant.now();
    return new RTCCertificate(
        DtlsCertificate.generate(type, now.minus(BACKDATED), now.plus(lifetime), RANDOM));
  }

  static Duration lifetime(RTCCertificateExpiration expiration) {
    Long expires = expiration.expires();
    if (expires == null) {
      return DEFAULT_LIFETIME;
    }
    if (expires < 0) {
      throw DOMException.typeError("expires " + expires + " is negative");
    }
    return Duration.ofMillis(Math.min(expires, MAX_LIFETIME.toMillis()));
  }

  /// The key type for the Java form of the W3C's algorithm identifiers, null when not supported.
  static @Nullable KeyType keyType(AlgorithmParameterSpec algorithm) {
    return switch (algorithm) {
      case ECGenParameterSpec ec ->
          switch (ec.getName().toLowerCase(Locale.ROOT)) {
            case "secp256r1", "p-256" -> KeyType.ECDSA_P256;
            default -> null;
          };
      case RSAKeyGenParameterSpec rsa ->
          rsa.getKeysize() == 2048 && rsa.getPublicExponent().equals(RSAKeyGenParameterSpec.F4)
              ? KeyType.RSA_2048
              : null;
      default -> null;
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RTCCertificate that
        && certificate.certificate().equals(that.certificate.certificate());
  }

  @Override
  public int hashCode() {
    return certificate.certificate().hashCode();
  }
}
