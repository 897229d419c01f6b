package org.klatsch.stun;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The key of the long-term credential mechanism and the hash that hides a user name, RFC 8489
/// §9.2.2 and §14.4.
public final class LongTermKey {
  private LongTermKey() {}

  /// The digest of user name, realm and password, joined by colons, RFC 8489 §18.5.1.
  public static byte[] derive(
      PasswordAlgorithm algorithm, String username, String realm, String password) {
    return digest(
        algorithm.digest(),
        OpaqueString.enforce(username)
            + ":"
            + OpaqueString.enforce(realm)
            + ":"
            + OpaqueString.enforce(password));
  }

  /// The value of USERHASH, RFC 8489 §14.4.
  public static byte[] userhash(String username, String realm) {
    return digest("SHA-256", OpaqueString.enforce(username) + ":" + OpaqueString.enforce(realm));
  }

  /// The key of the short-term credential mechanism, RFC 8489 §9.1.1.
  public static byte[] shortTerm(String password) {
    return OpaqueString.enforce(password).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] digest(String algorithm, String text) {
    try {
      return MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " belongs to every JDK", e);
    }
  }
}
