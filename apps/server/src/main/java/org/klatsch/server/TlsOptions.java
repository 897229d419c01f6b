package org.klatsch.server;

import java.nio.file.Path;
import java.util.Objects;

/// Whether and with which certificate the server speaks TLS.
public sealed interface TlsOptions {

  /// Plain HTTP: on the loopback address, or behind a proxy that ends TLS.
  record Off() implements TlsOptions {}

  /// A certificate that the server makes once and keeps in its data directory. Browsers ask whether
  /// to trust it.
  record SelfSigned() implements TlsOptions {}

  /// @param certificate PEM file with the certificate chain, the server's own first
  /// @param key PEM file with the private key in PKCS#8
  record Files(Path certificate, Path key) implements TlsOptions {
    public Files {
      Objects.requireNonNull(certificate, "certificate");
      Objects.requireNonNull(key, "key");
    }
  }
}
