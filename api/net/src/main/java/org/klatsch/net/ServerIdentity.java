package org.klatsch.net;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;

/// Whether the certificates of a server over DTLS are trusted and for the name it was asked for by:
/// what JSSE does for TLS.
final class ServerIdentity {
  /// General names, RFC 5280 §4.2.1.6.
  private static final int DNS_NAME = 2;

  private static final int IP_ADDRESS = 7;

  /// What JSSE calls a key exchange that the certificate only signs.
  private static final String SIGNED_KEY_EXCHANGE = "UNKNOWN";

  private ServerIdentity() {}

  /// @param name a name or an IP address
  /// @param trust null: the certificates of Java
  static void check(List<X509Certificate> chain, String name, @Nullable X509TrustManager trust)
      throws CertificateException {
    if (chain.isEmpty()) {
      throw new CertificateException("the server has no certificate");
    }
    (trust == null ? ofJava() : trust)
        .checkServerTrusted(chain.toArray(X509Certificate[]::new), SIGNED_KEY_EXCHANGE);
    if (!names(chain.getFirst(), name)) {
      throw new CertificateException("the certificate is not for " + name);
    }
  }

  private static X509TrustManager ofJava() throws CertificateException {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager found) {
          return found;
        }
      }
    } catch (GeneralSecurityException e) {
      throw new CertificateException("this Java runtime trusts nobody", e);
    }
    throw new CertificateException("this Java runtime trusts nobody");
  }

  /// RFC 9525 §6: names are in the extension made for them, an address must be the very same, and a
  /// wildcard stands for one label, the leftmost.
  static boolean names(X509Certificate certificate, String name) throws CertificateException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    if (names == null) {
      return false;
    }
    TransportAddress address = TransportAddress.tryParse(name, 0);
    for (List<?> each : names) {
      Object type = each.get(0);
      if (!(each.get(1) instanceof String value)) {
        continue;
      }
      if (address != null
          ? Integer.valueOf(IP_ADDRESS).equals(type)
              && address.equals(TransportAddress.tryParse(value, 0))
          : Integer.valueOf(DNS_NAME).equals(type) && matches(value, name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String pattern, String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    String given = pattern.toLowerCase(Locale.ROOT);
    if (!given.startsWith("*.")) {
      return given.equals(wanted);
    }
    int dot = wanted.indexOf('.');
    return dot > 0
        && given.indexOf('.', 2) > 0
        && given.indexOf('*', 1) < 0
        && wanted.substring(dot).equals(given.substring(1));
  }
}
