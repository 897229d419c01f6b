package org.klatsch.sdp;

import java.util.HexFormat;
import java.util.Locale;

/// `a=fingerprint`: hash of a certificate its sender may present, RFC 8122 §5. A description may
/// hold several.
///
/// @param algorithm the hash function in lower case, such as `sha-256`
/// @param digest upper-case hexadecimal pairs joined by colons
public record FingerprintAttribute(String algorithm, String digest) implements Attribute {
  /// SHA-512 has 64 bytes; no longer hash is in use.
  private static final int MAX_BYTES = 64;

  public FingerprintAttribute {
    algorithm = algorithm.toLowerCase(Locale.ROOT);
    digest = digest.toUpperCase(Locale.ROOT);
    Grammar.requireToken("hash function", algorithm);
    if (!isDigest(digest)) {
      throw new IllegalArgumentException(
          "fingerprint '" + digest + "', expected hexadecimal pairs joined by colons");
    }
  }

  static FingerprintAttribute read(Cursor in) throws MalformedSdpException {
    String algorithm = in.token("hash function");
    String digest = in.word("fingerprint");
    if (!isDigest(digest)) {
      throw in.error("fingerprint is not 1 to 64 hexadecimal pairs joined by colons");
    }
    in.end();
    return new FingerprintAttribute(algorithm, digest);
  }

  private static boolean isDigest(String text) {
    if (text.length() % 3 != 2 || text.length() >= 3 * MAX_BYTES) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      boolean fits = i % 3 == 2 ? text.charAt(i) == ':' : HexFormat.isHexDigit(text.charAt(i));
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String attributeName() {
    return "fingerprint";
  }

  @Override
  public String attributeValue() {
    return algorithm + " " + digest;
  }
}
