package org.klatsch.server.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/// Who administers the server: whoever has the password (RFC 7617), or the token (RFC 6750).
public final class AdminAccess {
  private final String user;
  private final String password;
  private final @Nullable String token;

  /// @param token null for none
  public AdminAccess(String user, String password, @Nullable String token) {
    this.user = user;
    this.password = password;
    this.token = token;
  }

  /// Whether the request is the administrator's.
  public boolean allows(HttpFields headers) {
    String given = headers.get(HttpHeader.AUTHORIZATION);
    if (given == null) {
      return false;
    }
    if (given.regionMatches(true, 0, "Bearer ", 0, 7)) {
      String expected = token;
      return expected != null && same(given.substring(7).strip(), expected);
    }
    if (!given.regionMatches(true, 0, "Basic ", 0, 6)) {
      return false;
    }
    String pair;
    try {
      pair =
          new String(
              Base64.getDecoder().decode(given.substring(6).strip()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return false;
    }
    int colon = pair.indexOf(':');
    if (colon < 0) {
      return false;
    }
    // Both are compared whatever the first says: the time tells nothing.
    boolean sameUser = same(pair.substring(0, colon), user);
    boolean samePassword = same(pair.substring(colon + 1), password);
    return sameUser && samePassword;
  }

  private static boolean same(String given, String expected) {
    return MessageDigest.isEqual(
        given.getBytes(StandardCharsets.UTF_8), expected.getBytes(StandardCharsets.UTF_8));
  }
}
