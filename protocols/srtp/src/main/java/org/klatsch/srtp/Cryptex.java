package org.klatsch.srtp;

/// Header extensions and CSRCs encrypted, RFC 9335. The clear part is the fixed header and the four
/// bytes that begin the extension; the encrypted part is everything else. CSRCs stand between the
/// two clear parts, so the four bytes change places with them around the cipher (§6.2).
final class Cryptex {
  /// Clear bytes of a Cryptex packet.
  static final int CLEAR_LENGTH = Wire.RTP_HEADER_LENGTH + Wire.EXTENSION_HEADER_LENGTH;

  /// "Defined by profile" values of RFC 8285 §4.2 and §4.3, and their encrypted twins (RFC 9335
  /// §5).
  private static final int ONE_BYTE = 0xbede;

  private static final int TWO_BYTE = 0x1000;
  private static final int ENCRYPTED_ONE_BYTE = 0xc0de;
  private static final int ENCRYPTED_TWO_BYTE = 0xc2de;

  private Cryptex() {}

  /// Whether a packet to be protected has something to encrypt in its header, in a form that RFC
  /// 9335 §5.1 covers.
  static boolean appliesTo(byte[] buffer, int offset) {
    if (!Wire.hasExtension(buffer, offset)) {
      return Wire.csrcLength(buffer, offset) > 0;
    }
    int profile = Wire.u16(buffer, profileAt(buffer, offset));
    return profile == ONE_BYTE || profile == TWO_BYTE;
  }

  /// Whether a protected packet is encrypted so.
  static boolean isUsedIn(byte[] buffer, int offset) {
    if (!Wire.hasExtension(buffer, offset)) {
      return false;
    }
    int profile = Wire.u16(buffer, profileAt(buffer, offset));
    return profile == ENCRYPTED_ONE_BYTE || profile == ENCRYPTED_TWO_BYTE;
  }

  /// Marks a packet as encrypted. One that has CSRCs and no extension gets an empty one, which the
  /// room behind it must hold.
  ///
  /// @return the new length
  static int mark(byte[] buffer, int offset, int length) {
    int at = profileAt(buffer, offset);
    if (Wire.hasExtension(buffer, offset)) {
      int profile = Wire.u16(buffer, at);
      Wire.u16(buffer, at, profile == ONE_BYTE ? ENCRYPTED_ONE_BYTE : ENCRYPTED_TWO_BYTE);
      return length;
    }
    System.arraycopy(buffer, at, buffer, at + Wire.EXTENSION_HEADER_LENGTH, offset + length - at);
    Wire.setExtensionBit(buffer, offset);
    Wire.i32(buffer, at, ENCRYPTED_ONE_BYTE << 16);
    return length + Wire.EXTENSION_HEADER_LENGTH;
  }

  /// Gives a decrypted packet the usual value back.
  static void unmark(byte[] buffer, int offset) {
    int at = profileAt(buffer, offset);
    int profile = Wire.u16(buffer, at);
    Wire.u16(buffer, at, profile == ENCRYPTED_ONE_BYTE ? ONE_BYTE : TWO_BYTE);
  }

  /// Moves the extension's first four bytes before the CSRCs.
  static void gather(byte[] buffer, int offset, int csrcLength) {
    if (csrcLength > 0) {
      int at = offset + Wire.RTP_HEADER_LENGTH;
      int header = Wire.i32(buffer, at + csrcLength);
      System.arraycopy(buffer, at, buffer, at + Wire.EXTENSION_HEADER_LENGTH, csrcLength);
      Wire.i32(buffer, at, header);
    }
  }

  /// Undoes [#gather].
  static void scatter(byte[] buffer, int offset, int csrcLength) {
    if (csrcLength > 0) {
      int at = offset + Wire.RTP_HEADER_LENGTH;
      int header = Wire.i32(buffer, at);
      System.arraycopy(buffer, at + Wire.EXTENSION_HEADER_LENGTH, buffer, at, csrcLength);
      Wire.i32(buffer, at + csrcLength, header);
    }
  }

  private static int profileAt(byte[] buffer, int offset) {
    return offset + Wire.RTP_HEADER_LENGTH + Wire.csrcLength(buffer, offset);
  }
}
