package org.klatsch.dtls;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Groups for the key agreement, RFC 8422 §5.1.1 and RFC 8446 §4.2.7.
public enum NamedGroup {
  /// ML-KEM-768 beside X25519, draft-ietf-tls-ecdhe-mlkem §4: secret as long as one of the two is.
  /// Version 1.3 only. First choice, as what is recorded today may be read by a quantum computer.
  X25519MLKEM768(0x11ec, 0),
  /// RFC 7748. First of its kind: the JDK agrees on it in a quarter of the time that P-256 takes.
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

  /// Whether it joins a key encapsulation to a Diffie-Hellman exchange.
  boolean isHybrid() {
    return this == X25519MLKEM768;
  }

  /// Bytes of one coordinate, and of the shared secret; 0 for a hybrid group.
  int coordinateLength() {
    return coordinateLength;
  }

  /// Bytes of a public key on the wire: a bare u coordinate, or an uncompressed point (RFC 8422
  /// §5.4.1).
  int publicKeyLength() {
    return this == X25519 ? coordinateLength : 1 + 2 * coordinateLength;
  }

  /// The name in IANA's registry of supported groups.
  public String registeredName() {
    return isHybrid() ? name() : name().toLowerCase(Locale.ROOT);
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
