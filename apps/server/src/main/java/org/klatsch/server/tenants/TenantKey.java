package org.klatsch.server.tenants;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// What a tenant's programs sign tokens with.
///
/// @param id public; no two tenants have a key of the same id
public record TenantKey(String id, String secret) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /// Shorter ones are guessed by trying, from one token.
  private static final int MIN_SECRET = 8;

  /// The length of the hash, which RFC 7518 §3.2 asks for.
  private static final int STRONG_SECRET = 32;

  private static final int MAX_SECRET = 1024;

  public TenantKey {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "key id \"" + id + "\", expected 1 to 64 letters, digits, dots, dashes");
    }
    int length = secret.getBytes(StandardCharsets.UTF_8).length;
    if (length < MIN_SECRET || length > MAX_SECRET) {
      throw new IllegalArgumentException(
          "the secret of key "
              + id
              + " has "
              + length
              + " bytes, expected "
              + MIN_SECRET
              + " to "
              + MAX_SECRET);
    }
  }

  /// Whether the secret is as long as it should be.
  // Deviates from RFC 7518 §3.2: shorter secrets are taken with a warning, because the operator
  // chooses them.
  public boolean strong() {
    return secret.getBytes(StandardCharsets.UTF_8).length >= STRONG_SECRET;
  }

  /// Never shows the secret.
  @Override
  public String toString() {
    return "TenantKey[" + id + "]";
  }
}
