package org.klatsch.sip;

/// The place of a request among those of its dialog, RFC 3261 §20.16.
public record CSeq(long number, String method) {
  /// RFC 3261 §8.1.1.5: below 2³¹.
  public static final long MAX = 0x7fff_ffffL;

  public CSeq {
    if (number < 0 || number > MAX) {
      throw new IllegalArgumentException("CSeq " + number + " is not in 0 to " + MAX);
    }
    Grammar.requireToken("method", method);
  }

  static CSeq parse(Scanner in) throws MalformedSipException {
    long number = in.number(MAX);
    int mark = in.position();
    in.skipSpace();
    if (mark == in.position()) {
      throw in.malformed("white space expected at " + mark);
    }
    return new CSeq(number, in.token());
  }

  @Override
  public String toString() {
    return number + " " + method;
  }
}
