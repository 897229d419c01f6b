package org.klatsch.interop;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.TlsOptions;

/// A certificate for an address of this machine, as our server makes it, and what trusts it alone.
///
/// @param chain PEM file
/// @param key PEM file
/// @param spki what Chromium names the key by
record TrustedServer(Path chain, Path key, SSLContext tls, X509TrustManager trust, String spki) {
  static TrustedServer at(String host, Path folder) throws Exception {
    ServerOptions options =
        ServerOptions.of(0, folder).withHost(host).withTls(new TlsOptions.SelfSigned());
    KlatschServer.start(options).close();
    Path chain = folder.resolve("tls-certificate.pem");
    Certificate certificate;
    try (InputStream in = Files.newInputStream(chain)) {
      certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", certificate);
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, factory.getTrustManagers(), null);
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest(certificate.getPublicKey().getEncoded());
    return new TrustedServer(
        chain,
        folder.resolve("tls-key.pem"),
        tls,
        (X509TrustManager) factory.getTrustManagers()[0],
        Base64.getEncoder().encodeToString(hash));
  }
}
