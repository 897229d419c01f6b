package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What stands between a client over DTLS and somebody else's server.
class ServerIdentityTest {
  /// Self-signed, common name cn.example.org, for relay.example.org, *.example.net, *.org,
  /// 192.0.2.7 and 2001:db8::7.
  private static final String CERTIFICATE =
      """
      -----BEGIN CERTIFICATE-----
      MIIB2DCCAX2gAwIBAgIUfzw5mZ4cfkwBinMNuZnznLTHkGgwCgYIKoZIzj0EAwIw
      GTEXMBUGA1UEAwwOY24uZXhhbXBsZS5vcmcwIBcNMjYxMTIzMDg0NjUzWhgPMjEy
      NjEwMzAwODQ2NTNaMBkxFzAVBgNVBAMMDmNuLmV4YW1wbGUub3JnMFkwEwYHKoZI
      zj0CAQYIKoZIzj0DAQcDQgAEdhly+UGDXR71C9Pjs0+1Ofi3Re8Q4LefjMrtSGqA
      5gqk4J4aWsWwhIMmvn+2KbhLsN0EfPZiZ+rnuDF4I3tW2KOBoDCBnTAdBgNVHQ4E
      FgQUHdXk2Fe/veH+xHqMrb1DAZa36MMwHwYDVR0jBBgwFoAUHdXk2Fe/veH+xHqM
      rb1DAZa36MMwDwYDVR0TAQH/BAUwAwEB/zBKBgNVHREEQzBBghFyZWxheS5leGFt
      cGxlLm9yZ4INKi5leGFtcGxlLm5ldIIFKi5vcmeHBMAAAgeHECABDbgAAAAAAAAA
      AAAAAAcwCgYIKoZIzj0EAwIDSQAwRgIhAJPXIpmIbtp+jXGOBQLnsF2IPLSbM6Dr
      fdrYSrx5ZbzlAiEA8squntbypilginFIwWROGLRaczz95RIrdryqbMgeOUA=
      -----END CERTIFICATE-----
      """;

  private static X509Certificate certificate() throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(CERTIFICATE.getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "relay.example.org",
        "Relay.EXAMPLE.org",
        "a.example.net",
        "192.0.2.7",
        "2001:db8:0::7"
      })
  void whatTheCertificateNamesIsTaken(String name) throws Exception {
    assertThat(ServerIdentity.names(certificate(), name)).isTrue();
  }

  /// RFC 9525 §6.3: no common name; a wildcard is one label, and never the one before the last.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "cn.example.org",
        "other.org",
        "a.b.example.net",
        "example.net",
        ".example.net",
        "192.0.2.8",
        "*.example.com",
        ""
      })
  void everythingElseIsNot(String name) throws Exception {
    assertThat(ServerIdentity.names(certificate(), name)).isFalse();
  }

  @Test
  void aTrustedCertificateMustBeForTheName() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("server", certificate());
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    X509TrustManager trust = (X509TrustManager) factory.getTrustManagers()[0];
    List<X509Certificate> chain = List.of(certificate());
    ServerIdentity.check(chain, "relay.example.org", trust);
    assertThatThrownBy(() -> ServerIdentity.check(chain, "other.example.org", trust))
        .isInstanceOf(CertificateException.class)
        .hasMessageContaining("other.example.org");
    assertThatThrownBy(() -> ServerIdentity.check(chain, "relay.example.org", null))
        .isInstanceOf(CertificateException.class);
    assertThatThrownBy(() -> ServerIdentity.check(List.of(), "relay.example.org", trust))
        .isInstanceOf(CertificateException.class);
  }
}
