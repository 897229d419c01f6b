package org.klatsch.stun;

import java.text.Normalizer;

/// The preparation of user names, realms and passwords before they are hashed, RFC 8265 §4.2, which
/// RFC 8489 §14.3 and §9.2.2 ask for.
final class OpaqueString {
  private OpaqueString() {}

  /// Maps every space to U+0020 and composes characters (NFC); refuses what the profile disallows:
  /// the empty string, control characters, unassigned and private-use code points, lone surrogates.
  // Deviates from RFC 8265 §4.2: the JDK has no table of the PRECIS FreeformClass, so code points
  // that are disallowed for other reasons (such as conjoining Jamo) are not refused.
  static String enforce(String text) {
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(point -> {
          switch (Character.getType(point)) {
            case Character.SPACE_SEPARATOR -> mapped.append(' ');
            case Character.CONTROL,
                Character.SURROGATE,
                Character.UNASSIGNED,
                Character.PRIVATE_USE,
                Character.LINE_SEPARATOR,
                Character.PARAGRAPH_SEPARATOR ->
                throw new IllegalArgumentException(
                    "code point 0x"
                        + Integer.toHexString(point)
                        + " is not allowed in a user name or password");
            default -> mapped.appendCodePoint(point);
          }
        });
    if (mapped.isEmpty()) {
      throw new IllegalArgumentException("a user name or password has at least one character");
    }
    return Normalizer.normalize(mapped, Normalizer.Form.NFC);
  }
}
