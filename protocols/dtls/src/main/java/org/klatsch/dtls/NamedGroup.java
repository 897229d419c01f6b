package org.klatsch.dtls;

import org.jspecify.annotations.Nullable;

/// Groups for the key agreement, RFC 8422 §5.1.1.
public enum NamedGroup {
  /// RFC 7748. First choice: the JDK agrees on it in a quarter of the time that P-256 takes.
  X25519(0x001d, 32),
  /// P-256, which RFC 8827 §6.5 requires.
  SECP256R1(0x0017, 32),
  /// P-384.
  SECP384R1(0x0018, 48);

  private final int code;
  private final int coordinateLength;

  NamedGroup(int code, int coordinateLength) {
    this.code = code;
    this.coordinateLength = coordinateLength;
  }

  /// The two bytes on the wire.
  public int code() {
    return code;
  }

  /// Bytes of one coordinate, and of the shared secret.
  int coordinateLength() {
    return coordinateLength;
  }

  /// Bytes of a public key on the wire: a bare u coordinate, or an uncompressed point (RFC 8422
  /// §5.4.1).
  int publicKeyLength() {
    return this == X25519 ? coordinateLength : 1 + 2 * coordinateLength;
  }

  static @Nullable NamedGroup ofCode(int code) {
    for (NamedGroup group : values()) {
      if (group.code == code) {
        return group;
      }
    }
    return null;
  }
}
