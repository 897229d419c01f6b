package org.klatsch.dtls;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.klatsch.sansio.PacketWriter;

/// HKDF, RFC 5869, with the labels of RFC 8446 §7.1.
final class Hkdf {
  /// What labels of DTLS begin with, RFC 9147 §5.9.
  static final String DTLS_PREFIX = "dtls13";

  private final String hash;
  private final String hmac;
  private final String prefix;
  private final int length;

  /// @param hash JCA name
  Hkdf(String hash) {
    this(hash, DTLS_PREFIX);
  }

  /// @param prefix another one for the published vectors of TLS
  Hkdf(String hash, String prefix) {
    this.hash = hash;
    this.hmac = "HmacSHA" + hash.substring("SHA-".length());
    this.prefix = prefix;
    this.length = hash("").length;
  }

  /// Bytes of a hash.
  int length() {
    return length;
  }

  byte[] hash(String text) {
    return hash(text.getBytes(StandardCharsets.US_ASCII));
  }

  byte[] hash(byte[] bytes) {
    try {
      return MessageDigest.getInstance(hash).digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks " + hash, e);
    }
  }

  byte[] hmac(byte[] key, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance(hmac);
      mac.init(new SecretKeySpec(key, hmac));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot compute " + hmac, e);
    }
  }

  /// HKDF-Extract, RFC 5869 §2.2.
  byte[] extract(byte[] salt, byte[] keyingMaterial) {
    return hmac(salt, keyingMaterial);
  }

  /// HKDF-Expand-Label, RFC 8446 §7.1:
  ///
  /// ```
  /// struct {
  ///   uint16 length;
  ///   opaque label<7..255>;
  ///   opaque context<0..255>;
  /// } HkdfLabel;
  /// ```
  byte[] expandLabel(byte[] secret, String label, byte[] context, int bytes) {
    byte[] text = (prefix + label).getBytes(StandardCharsets.US_ASCII);
    PacketWriter info = new PacketWriter(4 + text.length + context.length);
    info.u16(bytes).u8(text.length).bytes(text).u8(context.length).bytes(context);
    return expand(secret, info.toByteArray(), bytes);
  }

  /// HKDF-Expand, RFC 5869 §2.3.
  private byte[] expand(byte[] secret, byte[] info, int bytes) {
    if (bytes > 255 * length) {
      throw new IllegalArgumentException(
          bytes + " bytes of keying material, at most " + 255 * length + " exist");
    }
    byte[] output = new byte[bytes];
    byte[] block = {};
    for (int filled = 0, counter = 1; filled < bytes; counter++) {
      block = hmac(secret, block, info, new byte[] {(byte) counter});
      int take = Math.min(block.length, bytes - filled);
      System.arraycopy(block, 0, output, filled, take);
      filled += take;
    }
    return output;
  }

  /// Derive-Secret, RFC 8446 §7.1, with the hash of the messages.
  byte[] deriveSecret(byte[] secret, String label, byte[] transcriptHash) {
    return expandLabel(secret, label, transcriptHash, length);
  }
}
