package org.klatsch.stun;

import org.jspecify.annotations.Nullable;

/// How a long-term key is made from a password, RFC 8489 §18.5.
public enum PasswordAlgorithm {
  /// MD5, RFC 8489 §18.5.1.1.
  MD5(1, "MD5"),

  /// SHA-256, RFC 8489 §18.5.1.2.
  SHA256(2, "SHA-256");

  private final int number;
  private final String digest;

  PasswordAlgorithm(int number, String digest) {
    this.number = number;
    this.digest = digest;
  }

  /// The registered number.
  public int number() {
    return number;
  }

  /// The JDK's name of the digest.
  String digest() {
    return digest;
  }

  static @Nullable PasswordAlgorithm ofNumber(int number) {
    return switch (number) {
      case 1 -> MD5;
      case 2 -> SHA256;
      default -> null;
    };
  }
}
