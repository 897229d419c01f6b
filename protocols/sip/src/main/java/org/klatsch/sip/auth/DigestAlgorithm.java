package org.klatsch.sip.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// The hash functions of digest authentication, RFC 8760 §2.1.
public enum DigestAlgorithm {
  SHA_256("SHA-256"),

  /// Broken as a hash, but all that browsers' SIP libraries and most telephones know.
  MD5("MD5");

  private final String token;

  DigestAlgorithm(String token) {
    this.token = token;
  }

  /// As it stands in `algorithm`.
  public String token() {
    return token;
  }

  /// The algorithm of a parameter, where none means MD5 (RFC 7616 §3.3); null for one unknown here.
  static @Nullable DigestAlgorithm of(@Nullable String token) {
    if (token == null) {
      return MD5;
    }
    for (DigestAlgorithm algorithm : values()) {
      if (algorithm.token.equalsIgnoreCase(token)) {
        return algorithm;
      }
    }
    return null;
  }

  String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance(token).digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + token, e);
    }
  }

  /// `A1` hashed, RFC 7616 §3.4.2.
  String secret(String user, String realm, String password) {
    return hash(user + ":" + realm + ":" + password);
  }

  /// RFC 7616 §3.4.1; without quality of protection that of RFC 2617 §3.2.2.1.
  ///
  /// @param secret from [#secret]
  String response(
      String secret,
      String nonce,
      @Nullable String count,
      @Nullable String clientNonce,
      @Nullable String protection,
      String method,
      String uri) {
    String request = hash(method + ":" + uri);
    return protection == null
        ? hash(secret + ":" + nonce + ":" + request)
        : hash(
            secret
                + ":"
                + nonce
                + ":"
                + count
                + ":"
                + clientNonce
                + ":"
                + protection
                + ":"
                + request);
  }
}
