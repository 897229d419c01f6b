package org.klatsch.dtls;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.klatsch.dtls.x509.Pem;
import org.klatsch.dtls.x509.SelfSignedCertificate;

/// An own certificate chain and its private key. Immutable; connections on any thread may share it.
public final class DtlsCertificate {
  private final PrivateKey privateKey;
  private final List<X509Certificate> chain;
  private final List<byte[]> encoded;

  /// @param chain the certificate of `privateKey` first
  public DtlsCertificate(PrivateKey privateKey, List<X509Certificate> chain) {
    if (chain.isEmpty()) {
      throw new IllegalArgumentException(
          "a certificate chain of 0 certificates, expected 1 or more");
    }
    if (!SignatureScheme.isSupported(chain.getFirst().getPublicKey())) {
      throw new IllegalArgumentException(
          "key algorithm "
              + chain.getFirst().getPublicKey().getAlgorithm()
              + " is neither RSA nor EC");
    }
    this.privateKey = privateKey;
    this.chain = List.copyOf(chain);
    List<byte[]> der = new ArrayList<>();
    for (X509Certificate certificate : chain) {
      try {
        der.add(certificate.getEncoded());
      } catch (CertificateEncodingException e) {
        throw new IllegalArgumentException("certificate without an encoding", e);
      }
    }
    this.encoded = List.copyOf(der);
  }

  /// Makes a key pair and a self-signed certificate with random serial number and name, so that
  /// certificates of one user cannot be told to belong together (RFC 8827 §6.5 wants them
  /// self-signed; RFC 8826 §4.3.1 tells why names matter). Takes from 0.2 ms (ECDSA) to half a
  /// second (RSA); touches nothing shared, so any thread may run it.
  public static DtlsCertificate generate(
      KeyType type, Instant notBefore, Instant notAfter, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(type.algorithm());
      if (type.curve().isEmpty()) {
        generator.initialize(type.bits(), random);
      } else {
        generator.initialize(new ECGenParameterSpec(type.curve()), random);
      }
      KeyPair pair = generator.generateKeyPair();
      byte[] der = SelfSignedCertificate.write(pair, type.signature(), notBefore, notAfter, random);
      return new DtlsCertificate(pair.getPrivate(), List.of(parse(der)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make a certificate of type " + type, e);
    }
  }

  /// Reads one PKCS #8 private key and one or more certificates in PEM form (RFC 7468 §5, §10), the
  /// key's certificate first among them.
  ///
  /// @throws IllegalArgumentException if the text holds anything else
  public static DtlsCertificate fromPem(String text) {
    try {
      byte[] key = Pem.first(text, "PRIVATE KEY");
      List<X509Certificate> chain = new ArrayList<>();
      for (byte[] der : Pem.all(text, "CERTIFICATE")) {
        chain.add(parse(der));
      }
      if (chain.isEmpty()) {
        throw new IllegalArgumentException("the PEM text holds no CERTIFICATE");
      }
      String algorithm = chain.getFirst().getPublicKey() instanceof RSAKey ? "RSA" : "EC";
      PrivateKey privateKey =
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
      return new DtlsCertificate(privateKey, chain);
    } catch (InvalidKeySpecException e) {
      throw new IllegalArgumentException("the private key does not fit the certificate", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("unreadable PEM text", e);
    }
  }

  /// The private key (PKCS #8) and the chain in PEM form, as [#fromPem] reads it.
  public String toPem() {
    StringBuilder text = new StringBuilder(Pem.write("PRIVATE KEY", privateKey.getEncoded()));
    for (byte[] der : encoded) {
      text.append(Pem.write("CERTIFICATE", der));
    }
    return text.toString();
  }

  static X509Certificate parse(byte[] der) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  public PrivateKey privateKey() {
    return privateKey;
  }

  /// The certificate of the private key.
  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /// All certificates, the one of the private key first.
  public List<X509Certificate> chain() {
    return chain;
  }

  /// The chain in DER form, not to be changed.
  List<byte[]> encodedChain() {
    return encoded;
  }

  boolean isRsa() {
    return certificate().getPublicKey() instanceof RSAKey;
  }

  /// When the certificate expires.
  public Instant notAfter() {
    return certificate().getNotAfter().toInstant();
  }

  /// The certificate's fingerprint.
  ///
  /// @param algorithm `sha-256`, `sha-384` or `sha-512`
  public Fingerprint fingerprint(String algorithm) {
    return Fingerprint.of(algorithm, certificate());
  }
}
