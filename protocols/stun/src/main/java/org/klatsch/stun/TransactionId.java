package org.klatsch.stun;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The 96 bits that tie a response to its request, RFC 8489 §5.
///
/// @param high the first 32 bits
/// @param low the last 64 bits
public record TransactionId(int high, long low) {
  /// An identifier from `random`, which is to be cryptographically strong where nothing but the
  /// identifier protects against forged responses.
  public static TransactionId random(RandomGenerator random) {
    return new TransactionId(random.nextInt(), random.nextLong());
  }

  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
