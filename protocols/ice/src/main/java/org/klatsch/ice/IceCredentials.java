package org.klatsch.ice;

import java.security.SecureRandom;

/// User name fragment and password of one side in one ICE session, RFC 8445 §5.3.
///
/// @param ufrag 4 to 256 ice-chars
/// @param password 22 to 256 ice-chars
public record IceCredentials(String ufrag, String password) {
  private static final String ICE_CHARS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  public IceCredentials {
    if (!isValid(ufrag, 4)) {
      throw new IllegalArgumentException("ufrag \"" + ufrag + "\" is not 4 to 256 ice-chars");
    }
    if (!isValid(password, 22)) {
      throw new IllegalArgumentException(
          "a password of " + password.length() + " characters is not 22 to 256 ice-chars");
    }
  }

  /// The lengths are counted in characters, RFC 8839 §5.4.
  private static boolean isValid(String text, int least) {
    if (text.length() < least || text.length() > 256) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      // Deviates from RFC 8839 §5.4: some peers use other characters (such as "-"), which do no
      // harm except for the colon that separates the two fragments in USERNAME.
      char c = text.charAt(i);
      if (c <= ' ' || c >= 127 || c == ':') {
        return false;
      }
    }
    return true;
  }

  /// Fresh credentials: 48 bits of user name, so that thousands of sessions on one port do not
  /// collide, and 144 bits of password (RFC 8445 §5.3 asks for 24 and 128).
  public static IceCredentials random(SecureRandom random) {
    return new IceCredentials(randomText(random, 8), randomText(random, 24));
  }

  private static String randomText(SecureRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    StringBuilder text = new StringBuilder(length);
    for (byte b : bytes) {
      text.append(ICE_CHARS.charAt(b & 63));
    }
    return text.toString();
  }

  /// Without the password, so that it never reaches a log.
  @Override
  public String toString() {
    return "IceCredentials[" + ufrag + "]";
  }
}
