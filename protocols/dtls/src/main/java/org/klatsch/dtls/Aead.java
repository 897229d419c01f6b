package org.klatsch.dtls;

/// The ciphers of the negotiable suites: authenticated encryption with associated data, RFC 5246
/// §6.2.3.3.
enum Aead {
  /// RFC 5288 §3: salt of 4 bytes from the key block, explicit nonce of 8 bytes in every record.
  AES_128_GCM(16, 4, 8),
  /// RFC 5288 §3.
  AES_256_GCM(32, 4, 8),
  /// RFC 7905 §2: 12 bytes of IV from the key block, no nonce on the wire.
  CHACHA20_POLY1305(32, 12, 0);

  /// Bytes of the authentication tag, the same for all three.
  static final int TAG_LENGTH = 16;

  /// Bytes of the nonce that the cipher takes, the same for all three.
  static final int NONCE_LENGTH = 12;

  private final int keyLength;
  private final int fixedIvLength;
  private final int explicitNonceLength;

  Aead(int keyLength, int fixedIvLength, int explicitNonceLength) {
    this.keyLength = keyLength;
    this.fixedIvLength = fixedIvLength;
    this.explicitNonceLength = explicitNonceLength;
  }

  /// `enc_key_length`, RFC 5246 §6.1.
  int keyLength() {
    return keyLength;
  }

  /// `fixed_iv_length`, RFC 5246 §6.1.
  int fixedIvLength() {
    return fixedIvLength;
  }

  /// `record_iv_length`, RFC 5246 §6.1.
  int explicitNonceLength() {
    return explicitNonceLength;
  }
}
