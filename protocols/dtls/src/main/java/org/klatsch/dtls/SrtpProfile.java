package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;

/// SRTP protection profiles that use_srtp negotiates, RFC 5764 §4.1.2 and RFC 7714 §14.2.
public enum SrtpProfile {
  SRTP_AES128_CM_HMAC_SHA1_80(0x0001, 16, 14),
  SRTP_AES128_CM_HMAC_SHA1_32(0x0002, 16, 14),
  /// No encryption; never offered unless configured (RFC 8827 §6.5 forbids it in WebRTC).
  SRTP_NULL_HMAC_SHA1_80(0x0005, 0, 14),
  /// No encryption; never offered unless configured.
  SRTP_NULL_HMAC_SHA1_32(0x0006, 0, 14),
  SRTP_AEAD_AES_128_GCM(0x0007, 16, 12),
  SRTP_AEAD_AES_256_GCM(0x0008, 32, 12);

  private final int code;
  private final int keyLength;
  private final int saltLength;

  SrtpProfile(int code, int keyLength, int saltLength) {
    this.code = code;
    this.keyLength = keyLength;
    this.saltLength = saltLength;
  }

  /// The two bytes on the wire.
  public int code() {
    return code;
  }

  /// Bytes of a master key. For the NULL profiles RFC 5764 §4.1.2 lists a cipher key of 0 bytes,
  /// yet SRTP's key derivation needs a master key; 16 bytes are what deployed stacks take.
  public int masterKeyLength() {
    return keyLength == 0 ? 16 : keyLength;
  }

  /// Bytes of a master salt.
  public int masterSaltLength() {
    return saltLength;
  }

  static @Nullable SrtpProfile ofCode(int code) {
    for (SrtpProfile profile : values()) {
      if (profile.code == code) {
        return profile;
      }
    }
    return null;
  }
}
