package org.klatsch.stun;

import java.security.GeneralSecurityException;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A key together with the HMAC that it feeds: MESSAGE-INTEGRITY (HMAC-SHA1, RFC 8489 §14.5) or
/// MESSAGE-INTEGRITY-SHA256 (§14.6). Kept per credential, so that the key schedule is computed
/// once. Not thread-safe.
public final class MessageIntegrity {
  private static final int SHA1_LENGTH = 20;
  private static final int SHA256_LENGTH = 32;

  private final Mac mac;
  private final int attributeType;
  private final int length;
  private final byte[] computed;
  private final byte[] lengthField = new byte[2];

  private MessageIntegrity(
      String algorithm, byte[] key, int attributeType, int fullLength, int length) {
    if (key.length == 0) {
      throw new IllegalArgumentException("a key has at least one byte, not 0");
    }
    try {
      this.mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(algorithm + " belongs to every JDK", e);
    }
    this.attributeType = attributeType;
    this.length = length;
    this.computed = new byte[fullLength];
  }

  /// MESSAGE-INTEGRITY.
  public static MessageIntegrity sha1(byte[] key) {
    return new MessageIntegrity(
        "HmacSHA1", key, StunAttributeType.MESSAGE_INTEGRITY, SHA1_LENGTH, SHA1_LENGTH);
  }

  /// MESSAGE-INTEGRITY-SHA256 in full length, as every usage demands that does not say otherwise.
  public static MessageIntegrity sha256(byte[] key) {
    return sha256(key, SHA256_LENGTH);
  }

  /// MESSAGE-INTEGRITY-SHA256 for a usage that allows truncation.
  ///
  /// @param length what is written, and the least that is accepted: 16 to 32 bytes, a multiple of 4
  public static MessageIntegrity sha256(byte[] key, int length) {
    if (!isAllowedSha256Length(length)) {
      throw new IllegalArgumentException(
          "length " + length + " is not a multiple of 4 in 16 to 32");
    }
    return new MessageIntegrity(
        "HmacSHA256", key, StunAttributeType.MESSAGE_INTEGRITY_SHA256, SHA256_LENGTH, length);
  }

  private static boolean isAllowedSha256Length(int length) {
    return length >= 16 && length <= SHA256_LENGTH && length % 4 == 0;
  }

  /// The attribute's type.
  public int attributeType() {
    return attributeType;
  }

  /// Length in bytes of the attribute's value as it is written.
  public int length() {
    return length;
  }

  /// Whether the message carries this attribute with the right value. The comparison takes the same
  /// time wherever the bytes differ.
  public boolean matches(StunMessage message) {
    int at = message.find(attributeType);
    if (at < 0) {
      return false;
    }
    int received = message.valueLength(at);
    boolean allowed =
        attributeType == StunAttributeType.MESSAGE_INTEGRITY
            ? received == SHA1_LENGTH
            : isAllowedSha256Length(received) && received >= length;
    if (!allowed) {
      return false;
    }
    compute(message.array(), message.offset(), at, received);
    int difference = 0;
    for (int i = 0; i < received; i++) {
      difference |= computed[i] ^ message.array()[at + 4 + i];
    }
    return difference == 0;
  }

  /// Writes the value of the attribute whose header stands at `attributeOffset`.
  void sign(byte[] array, int messageOffset, int attributeOffset) {
    compute(array, messageOffset, attributeOffset, length);
    System.arraycopy(computed, 0, array, attributeOffset + 4, length);
  }

  /// The HMAC covers the header with a length field that ends with this attribute, and all before
  /// the attribute, RFC 8489 §14.5.
  private void compute(byte[] array, int messageOffset, int attributeOffset, int valueLength) {
    Objects.checkFromToIndex(
        messageOffset + StunMessage.HEADER_LENGTH, attributeOffset, array.length);
    int covered = attributeOffset + 4 + valueLength - messageOffset - StunMessage.HEADER_LENGTH;
    lengthField[0] = (byte) (covered >>> 8);
    lengthField[1] = (byte) covered;
    mac.update(array, messageOffset, 2);
    mac.update(lengthField, 0, 2);
    mac.update(array, messageOffset + 4, attributeOffset - messageOffset - 4);
    try {
      mac.doFinal(computed, 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the value is as long as the HMAC", e);
    }
  }
}
