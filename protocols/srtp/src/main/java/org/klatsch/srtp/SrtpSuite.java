package org.klatsch.srtp;

/// Cipher, key lengths and tag lengths. The names are those of SDES (RFC 4568 §6.2, RFC 6188 §4,
/// RFC 7714 §14.1); DTLS-SRTP's profiles (RFC 5764 §4.1.2, RFC 7714 §14.2) are the same suites.
public enum SrtpSuite {
  AES_CM_128_HMAC_SHA1_80(16, 14, 10, false),
  /// The short tag is for SRTP only: SRTCP always has 80 bits (RFC 4568 §6.2.2).
  AES_CM_128_HMAC_SHA1_32(16, 14, 4, false),
  AES_256_CM_HMAC_SHA1_80(32, 14, 10, false),
  /// The short tag is for SRTP only (RFC 6188 §4).
  AES_256_CM_HMAC_SHA1_32(32, 14, 4, false),
  AEAD_AES_128_GCM(16, 12, 16, true),
  AEAD_AES_256_GCM(32, 12, 16, true);

  /// The SRTCP word of E flag and index, RFC 3711 §3.4.
  static final int RTCP_WORD_LENGTH = 4;

  private static final int RTCP_HMAC_TAG_LENGTH = 10;

  private final int keyLength;
  private final int saltLength;
  private final int tagLength;
  private final boolean aead;

  SrtpSuite(int keyLength, int saltLength, int tagLength, boolean aead) {
    this.keyLength = keyLength;
    this.saltLength = saltLength;
    this.tagLength = tagLength;
    this.aead = aead;
  }

  /// Bytes of the master key, the same as of the session keys.
  public int keyLength() {
    return keyLength;
  }

  /// Bytes of the master salt, the same as of the session salts.
  public int saltLength() {
    return saltLength;
  }

  /// Bytes by which SRTP makes an RTP packet longer, Cryptex aside.
  public int rtpOverhead() {
    return tagLength;
  }

  /// Bytes by which SRTCP makes an RTCP packet longer.
  public int rtcpOverhead() {
    return RTCP_WORD_LENGTH + (aead ? tagLength : RTCP_HMAC_TAG_LENGTH);
  }

  boolean isAead() {
    return aead;
  }

  int rtcpTagLength() {
    return rtcpOverhead() - RTCP_WORD_LENGTH;
  }
}
