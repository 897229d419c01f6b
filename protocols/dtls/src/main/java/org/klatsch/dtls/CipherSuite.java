package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;

/// The cipher suites of DTLS 1.2 that we speak: forward secret and AEAD only, as RFC 9325 §4.2
/// recommends. RFC 8827 §6.5 requires the first.
public enum CipherSuite {
  /// RFC 5289 §3.2.
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(0xc02b, false, Aead.AES_128_GCM, "SHA-256"),
  /// RFC 5289 §3.2.
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(0xc02f, true, Aead.AES_128_GCM, "SHA-256"),
  /// RFC 5289 §3.2.
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(0xc02c, false, Aead.AES_256_GCM, "SHA-384"),
  /// RFC 5289 §3.2.
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(0xc030, true, Aead.AES_256_GCM, "SHA-384"),
  /// RFC 7905 §2.
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(0xcca9, false, Aead.CHACHA20_POLY1305, "SHA-256"),
  /// RFC 7905 §2.
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(0xcca8, true, Aead.CHACHA20_POLY1305, "SHA-256");

  private final int code;
  private final boolean rsa;
  private final Aead aead;
  private final String hash;

  CipherSuite(int code, boolean rsa, Aead aead, String hash) {
    this.code = code;
    this.rsa = rsa;
    this.aead = aead;
    this.hash = hash;
  }

  /// The two bytes on the wire.
  public int code() {
    return code;
  }

  /// Whether the server's certificate has an RSA key, otherwise an elliptic-curve key.
  public boolean isRsa() {
    return rsa;
  }

  Aead aead() {
    return aead;
  }

  /// JCA name of the hash of the PRF and of the Finished message.
  String hash() {
    return hash;
  }

  static @Nullable CipherSuite ofCode(int code) {
    for (CipherSuite suite : values()) {
      if (suite.code == code) {
        return suite;
      }
    }
    return null;
  }
}
