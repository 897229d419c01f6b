package org.klatsch.stun;

import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

/// The start of a nonce that tells which security features its server knows, so that nobody between
/// can strip them from a response unnoticed, RFC 8489 §9.2.
public final class NonceCookie {
  private static final String MARK = "obMatJos2";
  private static final int LENGTH = MARK.length() + 4;

  private NonceCookie() {}

  /// The STUN security features, RFC 8489 §18.1, in the order of their bits from the most
  /// significant of 24.
  public enum Feature {
    PASSWORD_ALGORITHMS,
    USERNAME_ANONYMITY;

    private int bit() {
      return 1 << 23 - ordinal();
    }
  }

  /// The text that a server puts before the random part of a nonce.
  public static String of(Set<Feature> features) {
    int bits = 0;
    for (Feature feature : features) {
      bits |= feature.bit();
    }
    byte[] bytes = {(byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    return MARK + Base64.getEncoder().encodeToString(bytes);
  }

  /// The features that a nonce announces; none if it does not begin with a cookie.
  public static Set<Feature> featuresOf(String nonce) {
    Set<Feature> features = EnumSet.noneOf(Feature.class);
    if (!nonce.startsWith(MARK) || nonce.length() < LENGTH) {
      return features;
    }
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(nonce.substring(MARK.length(), LENGTH));
    } catch (IllegalArgumentException e) {
      return features; // Not base64: no cookie, only a nonce that resembles one.
    }
    if (bytes.length == 3) {
      int bits = (bytes[0] & 0xff) << 16 | (bytes[1] & 0xff) << 8 | bytes[2] & 0xff;
      for (Feature feature : Feature.values()) {
        if ((bits & feature.bit()) != 0) {
          features.add(feature);
        }
      }
    }
    return features;
  }
}
