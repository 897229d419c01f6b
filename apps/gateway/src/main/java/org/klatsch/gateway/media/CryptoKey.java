package org.klatsch.gateway.media;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.klatsch.srtp.SrtpContext;
import org.klatsch.srtp.SrtpOptions;
import org.klatsch.srtp.SrtpSuite;

/// A line `a=crypto`: suite and master key of one direction, RFC 4568 §9.1. Its text is as secret
/// as the conversation, so this has no `toString` with it.
final class CryptoKey {
  static final String ATTRIBUTE = "crypto";

  /// Which of the offered lines it is.
  private final int tag;

  private final SrtpSuite suite;

  /// Master key and salt behind each other.
  private final byte[] key;

  private CryptoKey(int tag, SrtpSuite suite, byte[] key) {
    this.tag = tag;
    this.suite = suite;
    this.key = key;
  }

  static CryptoKey random(int tag, SrtpSuite suite, SecureRandom random) {
    byte[] key = new byte[suite.keyLength() + suite.saltLength()];
    random.nextBytes(key);
    return new CryptoKey(tag, suite, key);
  }

  /// Reads the value of the attribute; null for a suite, a key method or a parameter that is not
  /// done here: RFC 4568 §5.1.2 wants such lines passed over.
  static @Nullable CryptoKey parse(String value) {
    String[] parts = value.strip().split("[ \t]+");
    if (parts.length < 3) {
      return null;
    }
    int tag;
    SrtpSuite suite;
    try {
      tag = Integer.parseInt(parts[0]);
      suite = SrtpSuite.valueOf(parts[1].toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return null;
    }
    // RFC 4568 §6.1: lifetime and the identifier of the master key may follow. One without an
    // identifier is all that is done here.
    String[] method = parts[2].split(";", -1)[0].split("\\|", -1);
    if (!method[0].regionMatches(true, 0, "inline:", 0, 7)
        || Arrays.stream(method).anyMatch(each -> each.matches("[0-9]+:[0-9]+"))) {
      return null;
    }
    for (int i = 3; i < parts.length; i++) {
      // RFC 4568 §6.3: a session parameter that is not understood makes the line useless, unless it
      // begins with a dash (§6.3.7). WSH only advises.
      if (!parts[i].startsWith("-") && !parts[i].startsWith("WSH=")) {
        return null;
      }
    }
    byte[] key;
    try {
      key = Base64.getDecoder().decode(method[0].substring(7));
    } catch (IllegalArgumentException e) {
      return null;
    }
    return key.length == suite.keyLength() + suite.saltLength()
        ? new CryptoKey(tag, suite, key)
        : null;
  }

  int tag() {
    return tag;
  }

  SrtpSuite suite() {
    return suite;
  }

  /// The value of the attribute.
  String attributeValue() {
    return tag + " " + suite.name() + " inline:" + Base64.getEncoder().encodeToString(key);
  }

  SrtpContext outbound() {
    return SrtpContext.outbound(suite, masterKey(), masterSalt(), SrtpOptions.DEFAULT);
  }

  SrtpContext inbound() {
    return SrtpContext.inbound(suite, masterKey(), masterSalt(), SrtpOptions.DEFAULT);
  }

  boolean sameKey(CryptoKey other) {
    return suite == other.suite && Arrays.equals(key, other.key);
  }

  private byte[] masterKey() {
    return Arrays.copyOf(key, suite.keyLength());
  }

  private byte[] masterSalt() {
    return Arrays.copyOfRange(key, suite.keyLength(), key.length);
  }
}
