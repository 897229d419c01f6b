package org.klatsch.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.StreamConnector;

/// Whom TLS connections trust.
final class TrustAnchors {
  private TrustAnchors() {}

  /// Those of Java and the certificates of a PEM file. DTLS trusts them from now on.
  static SSLContext with(Path file) throws CommandException {
    try {
      Collection<? extends Certificate> extra;
      try (InputStream in = Files.newInputStream(file)) {
        extra = CertificateFactory.getInstance("X.509").generateCertificates(in);
      } catch (IOException | GeneralSecurityException e) {
        throw CommandException.usage("--ca " + file + " cannot be read as PEM certificates");
      }
      if (extra.isEmpty()) {
        throw CommandException.usage("--ca " + file + " holds no certificate");
      }
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      int number = 0;
      for (TrustManager manager : managers(null)) {
        if (manager instanceof X509TrustManager anchors) {
          for (Certificate certificate : anchors.getAcceptedIssuers()) {
            store.setCertificateEntry("java-" + number++, certificate);
          }
        }
      }
      for (Certificate certificate : extra) {
        store.setCertificateEntry("extra-" + number++, certificate);
      }
      SSLContext context = SSLContext.getInstance("TLS");
      TrustManager[] managers = managers(store);
      context.init(null, managers, null);
      for (TrustManager manager : managers) {
        if (manager instanceof X509TrustManager anchors) {
          StreamConnector.trustByDefault(anchors);
        }
      }
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw CommandException.failed("TLS cannot be set up: " + e.getMessage());
    }
  }

  private static TrustManager[] managers(@Nullable KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
