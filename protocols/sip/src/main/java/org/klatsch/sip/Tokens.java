package org.klatsch.sip;

import java.util.random.RandomGenerator;

/// Makes the names that SIP wants unique over space and time: branches, tags, Call-IDs (RFC 3261
/// §8.1.1.4, §8.1.1.7, §19.3). With a `SecureRandom` they cannot be guessed either, which keeps
/// strangers out of dialogs.
public final class Tokens {
  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

  /// 80 bits, where RFC 3261 §19.3 wants 32 for a tag.
  private static final int LENGTH = 16;

  private final RandomGenerator random;

  public Tokens(RandomGenerator random) {
    this.random = random;
  }

  public String branch() {
    return Via.COOKIE + text(LENGTH);
  }

  public String tag() {
    return text(LENGTH);
  }

  public String callId() {
    return text(LENGTH + 8);
  }

  /// First CSeq of a dialog: small enough that no call comes near the limit, RFC 3261 §8.1.1.5.
  public long cseq() {
    return random.nextLong(1, 1L << 24);
  }

  private String text(int length) {
    StringBuilder out = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      out.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return out.toString();
  }
}
