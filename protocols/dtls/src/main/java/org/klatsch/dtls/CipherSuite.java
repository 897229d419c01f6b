package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;

/// The cipher suites that we speak. Those of DTLS 1.3 name cipher and hash only, RFC 8446 §B.4; of
/// those of 1.2 the forward secret AEAD ones, as RFC 9325 §4.2 recommends. RFC 8827 §6.5 requires
/// the first of each.
public enum CipherSuite {
  TLS_AES_128_GCM_SHA256(0x1301, Aead.AES_128_GCM, "SHA-256"),
  TLS_AES_256_GCM_SHA384(0x1302, Aead.AES_256_GCM, "SHA-384"),
  TLS_CHACHA20_POLY1305_SHA256(0x1303, Aead.CHACHA20_POLY1305, "SHA-256"),
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
  private final ProtocolVersion version;
  private final boolean rsa;
  private final Aead aead;
  private final String hash;

  CipherSuite(int code, Aead aead, String hash) {
    this(code, ProtocolVersion.DTLS_1_3, false, aead, hash);
  }

  CipherSuite(int code, boolean rsa, Aead aead, String hash) {
    this(code, ProtocolVersion.DTLS_1_2, rsa, aead, hash);
  }

  CipherSuite(int code, ProtocolVersion version, boolean rsa, Aead aead, String hash) {
    this.code = code;
    this.version = version;
    this.rsa = rsa;
    this.aead = aead;
    this.hash = hash;
  }

  /// The two bytes on the wire.
  public int code() {
    return code;
  }

  /// The one version that has this suite.
  public ProtocolVersion version() {
    return version;
  }

  /// Whether the server's certificate has an RSA key, otherwise an elliptic-curve key. Suites of
  /// 1.3 leave that open and say false.
  public boolean isRsa() {
    return rsa;
  }

  Aead aead() {
    return aead;
  }

  /// JCA name of the hash of key schedule and Finished message.
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
