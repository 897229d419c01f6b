package org.klatsch.srtp;

import java.security.DigestException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;

/// HMAC-SHA1, RFC 2104, from digests that have already taken in the key's two blocks. Cloning such
/// a digest is cheaper than `javax.crypto.Mac`, which computes both blocks for every packet: 15 %
/// of a packet of 1,100 bytes, a third of a short one.
final class HmacSha1 {
  static final int LENGTH = 20;
  private static final int BLOCK = 64;

  private final MessageDigest inner;
  private final MessageDigest outer;
  private final byte[] result = new byte[LENGTH];

  /// @param key at most 64 bytes
  HmacSha1(byte[] key) throws GeneralSecurityException {
    inner = keyed(key, 0x36);
    outer = keyed(key, 0x5c);
  }

  private static MessageDigest keyed(byte[] key, int padding) throws GeneralSecurityException {
    byte[] block = new byte[BLOCK];
    for (int i = 0; i < BLOCK; i++) {
      block[i] = (byte) ((i < key.length ? key[i] : 0) ^ padding);
    }
    MessageDigest digest = MessageDigest.getInstance("SHA-1");
    digest.update(block);
    return digest;
  }

  /// The tag of [#LENGTH] bytes, valid until the next call.
  byte[] compute(byte[] data, int offset, int length) {
    try {
      MessageDigest digest = (MessageDigest) inner.clone();
      digest.update(data, offset, length);
      digest.digest(result, 0, LENGTH);
      digest = (MessageDigest) outer.clone();
      digest.update(result);
      digest.digest(result, 0, LENGTH);
      return result;
    } catch (DigestException | CloneNotSupportedException e) {
      throw new IllegalStateException("SHA-1 of " + inner.getProvider() + " cannot be used", e);
    }
  }
}
