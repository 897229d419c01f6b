package org.klatsch.peer.jsep;

import java.security.SecureRandom;

/// Values that strangers must not guess.
final class Secrets {
  /// `ice-char`, RFC 8839 §5.4: six bits each. All of them may stand in a `tls-id` too.
  private static final String ICE_CHARS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  /// 48 bits. RFC 8839 §5.4 asks for 24; more keep fragments apart on a port that thousands share.
  private static final int UFRAG_LENGTH = 8;

  /// 144 bits; RFC 8839 §5.4 asks for 128.
  private static final int PWD_LENGTH = 24;

  /// 120 bits, RFC 8842 §4.
  private static final int TLS_ID_LENGTH = 20;

  private final SecureRandom random;

  Secrets(SecureRandom random) {
    this.random = random;
  }

  /// A fresh `ice-ufrag`.
  String usernameFragment() {
    return text(UFRAG_LENGTH);
  }

  /// A fresh `ice-pwd`.
  String password() {
    return text(PWD_LENGTH);
  }

  String tlsId() {
    return text(TLS_ID_LENGTH);
  }

  /// 62 random bits: unique, and positive wherever it is read as a signed number (RFC 9429 §5.2.1).
  long sessionId() {
    return random.nextLong() >>> 2;
  }

  /// 96 random bits in the characters of a token, RFC 7022 §4.2; also good for ids of tracks.
  String cname() {
    return text(16).replace('/', '-');
  }

  /// A non-zero SSRC; ours are few among 2^32, and the caller keeps them apart.
  int ssrc() {
    int ssrc;
    do {
      ssrc = random.nextInt();
    } while (ssrc == 0);
    return ssrc;
  }

  private String text(int length) {
    StringBuilder out = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      out.append(ICE_CHARS.charAt(random.nextInt(ICE_CHARS.length())));
    }
    return out.toString();
  }
}
