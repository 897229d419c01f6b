package org.klatsch.stun;

import java.util.zip.CRC32;

/// FINGERPRINT, RFC 8489 §14.7: a CRC-32 of the message before the attribute, which tells STUN from
/// other protocols on the same port.
public final class Fingerprint {
  /// Length of the whole attribute in bytes.
  static final int ATTRIBUTE_LENGTH = 8;

  /// The ASCII letters "STUN", so that the CRC of another protocol never matches by accident.
  private static final int XOR = 0x5354554e;

  private Fingerprint() {}

  /// Whether the message ends with the FINGERPRINT that its bytes ask for.
  public static boolean matches(StunMessage message) {
    int at = message.find(StunAttributeType.FINGERPRINT);
    return at >= 0
        && message.valueLength(at) == 4
        && StunMessage.i32(message.array(), at + 4)
            == compute(message.array(), message.offset(), at - message.offset());
  }

  /// The value for the `length` bytes that come before the attribute; the length field in the
  /// header already covers it.
  static int compute(byte[] array, int offset, int length) {
    CRC32 crc = new CRC32();
    crc.update(array, offset, length);
    return (int) crc.getValue() ^ XOR;
  }
}
