package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import java.time.Instant;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.x509.Certificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CertificateTest {
  @ParameterizedTest
  @EnumSource(KeyType.class)
  void writesWhatTheJdkAndBouncyCastleRead(KeyType type) throws Exception {
    DtlsCertificate own = TestCertificates.client(type);
    X509Certificate certificate = own.certificate();
    certificate.verify(certificate.getPublicKey());
    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getSerialNumber().signum()).isPositive();
    assertThat(certificate.getNotBefore().toInstant()).isEqualTo(TestCertificates.NOT_BEFORE);
    assertThat(own.notAfter()).isEqualTo(TestCertificates.NOT_AFTER);
    assertThat(certificate.getSubjectX500Principal())
        .isEqualTo(certificate.getIssuerX500Principal());
    assertThat(certificate.getSubjectX500Principal().getName()).matches("CN=[0-9a-f]{16}");
    Certificate read = Certificate.getInstance(certificate.getEncoded());
    assertThat(read.getEncoded(ASN1Encoding.DER)).isEqualTo(certificate.getEncoded());
    assertThat(read.getSerialNumber().getValue()).isEqualTo(certificate.getSerialNumber());
  }

  @Test
  void everyCertificateHasItsOwnNameAndNumber() {
    X509Certificate a = TestCertificates.client(KeyType.ECDSA_P256).certificate();
    X509Certificate b = TestCertificates.server(KeyType.ECDSA_P256).certificate();
    assertThat(a.getSerialNumber()).isNotEqualTo(b.getSerialNumber());
    assertThat(a.getSubjectX500Principal()).isNotEqualTo(b.getSubjectX500Principal());
  }

  @Test
  void writesDatesAfter2049InFull() {
    Instant end = Instant.parse("2051-02-03T04:05:06Z");
    DtlsCertificate certificate =
        DtlsCertificate.generate(
            KeyType.ECDSA_P256, Instant.parse("1999-12-31T23:59:59Z"), end, new TestRandom(3));
    assertThat(certificate.notAfter()).isEqualTo(end);
    assertThat(certificate.certificate().getNotBefore().toInstant())
        .isEqualTo(Instant.parse("1999-12-31T23:59:59Z"));
  }

  @ParameterizedTest
  @EnumSource(KeyType.class)
  void pemRoundTrips(KeyType type) {
    DtlsCertificate own = TestCertificates.client(type);
    DtlsCertificate read = DtlsCertificate.fromPem("junk\n" + own.toPem());
    assertThat(read.chain()).isEqualTo(own.chain());
    assertThat(read.privateKey()).isEqualTo(own.privateKey());
    assertThat(read.toPem()).isEqualTo(own.toPem());
  }

  @Test
  void refusesPemWithoutAKeyOrWithAForeignOne() {
    String pem = TestCertificates.client(KeyType.ECDSA_P256).toPem();
    String onlyCertificate = pem.substring(pem.indexOf("-----BEGIN CERTIFICATE"));
    assertThatThrownBy(() -> DtlsCertificate.fromPem(onlyCertificate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PRIVATE KEY");
    String rsa = TestCertificates.client(KeyType.RSA_2048).toPem();
    String mixed = rsa.substring(0, rsa.indexOf("-----BEGIN CERTIFICATE")) + onlyCertificate;
    assertThatThrownBy(() -> DtlsCertificate.fromPem(mixed))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void fingerprintsAreWrittenAsSdpWantsThem() {
    DtlsCertificate own = TestCertificates.client(KeyType.ECDSA_P256);
    for (String algorithm : new String[] {"sha-256", "sha-384", "sha-512"}) {
      Fingerprint fingerprint = own.fingerprint(algorithm);
      assertThat(fingerprint.toString()).matches(algorithm + " ([0-9A-F]{2}:)+[0-9A-F]{2}");
      assertThat(Fingerprint.parse(fingerprint.toString())).isEqualTo(fingerprint);
      assertThat(Fingerprint.parse("SHA" + fingerprint.toString().substring(3).toLowerCase()))
          .isEqualTo(fingerprint);
    }
    assertThat(Fingerprint.parse("sha-1 12:34").isAcceptable()).isFalse();
    assertThatThrownBy(() -> own.fingerprint("sha-1")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Fingerprint.parse("sha-256"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Fingerprint.parse("sha-256 1:2"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
