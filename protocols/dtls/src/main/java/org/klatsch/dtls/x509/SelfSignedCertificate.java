package org.klatsch.dtls.x509;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.Signature;
import java.time.Instant;
import java.util.HexFormat;

/// Writes a self-signed X.509 certificate, RFC 5280 §4.1:
///
/// ```
/// Certificate    ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
/// TBSCertificate ::= SEQUENCE { [0] version v3, serialNumber, signature, issuer, validity, subject,
///                               subjectPublicKeyInfo }
/// ```
public final class SelfSignedCertificate {
  private static final String COMMON_NAME = "2.5.4.3";
  private static final BigInteger V3 = BigInteger.TWO;

  private SelfSignedCertificate() {}

  /// The certificate in DER form.
  ///
  /// @param signatureAlgorithm `SHA256withECDSA`, `SHA384withECDSA` or `SHA256withRSA`
  public static byte[] write(
      KeyPair pair,
      String signatureAlgorithm,
      Instant notBefore,
      Instant notAfter,
      SecureRandom random)
      throws GeneralSecurityException {
    if (!notBefore.isBefore(notAfter)) {
      throw new IllegalArgumentException("notBefore " + notBefore + " is not before " + notAfter);
    }
    // Positive and at most 20 bytes, RFC 5280 §4.1.2.2; 64 random bits are what CAs must use.
    BigInteger serialNumber = new BigInteger(64, random).setBit(64);
    byte[] nameBytes = new byte[8];
    random.nextBytes(nameBytes);
    DerWriter name = commonName(HexFormat.of().formatHex(nameBytes));
    DerWriter algorithm = algorithmIdentifier(signatureAlgorithm);
    DerWriter tbs =
        new DerWriter()
            .sequence(
                new DerWriter()
                    .explicit(0, new DerWriter().integer(V3))
                    .integer(serialNumber)
                    .raw(algorithm.toByteArray())
                    .raw(name.toByteArray())
                    .sequence(new DerWriter().time(notBefore).time(notAfter))
                    .raw(name.toByteArray())
                    // The JDK's encoding of a public key is a SubjectPublicKeyInfo.
                    .raw(pair.getPublic().getEncoded()));
    Signature signature = Signature.getInstance(signatureAlgorithm);
    signature.initSign(pair.getPrivate(), random);
    signature.update(tbs.toByteArray());
    return new DerWriter()
        .sequence(
            new DerWriter()
                .raw(tbs.toByteArray())
                .raw(algorithm.toByteArray())
                .bitString(signature.sign()))
        .toByteArray();
  }

  private static DerWriter commonName(String text) {
    DerWriter attribute = new DerWriter().objectIdentifier(COMMON_NAME).utf8String(text);
    return new DerWriter().sequence(new DerWriter().set(new DerWriter().sequence(attribute)));
  }

  /// RFC 5758 §3.2 wants no parameters for ECDSA, RFC 4055 §5 a NULL for RSA.
  private static DerWriter algorithmIdentifier(String signatureAlgorithm) {
    DerWriter content =
        switch (signatureAlgorithm) {
          case "SHA256withECDSA" -> new DerWriter().objectIdentifier("1.2.840.10045.4.3.2");
          case "SHA384withECDSA" -> new DerWriter().objectIdentifier("1.2.840.10045.4.3.3");
          case "SHA256withRSA" ->
              new DerWriter().objectIdentifier("1.2.840.113549.1.1.11").nullValue();
          default ->
              throw new IllegalArgumentException(
                  "signature algorithm " + signatureAlgorithm + " is not known");
        };
    return new DerWriter().sequence(content);
  }
}
