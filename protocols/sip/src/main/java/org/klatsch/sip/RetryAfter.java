package org.klatsch.sip;

/// When to try again, RFC 3261 §20.33. A comment is read and forgotten.
public record RetryAfter(long seconds, Parameters parameters) {
  public static RetryAfter of(long seconds) {
    return new RetryAfter(seconds, Parameters.NONE);
  }

  static RetryAfter parse(Scanner in) throws MalformedSipException {
    long seconds = in.number(0xffff_ffffL);
    in.skipSpace();
    if (in.accept('(')) {
      int depth = 1;
      while (depth > 0) {
        if (in.atEnd()) {
          throw in.malformed("a comment has no end");
        }
        char c = in.peek();
        in.position(in.position() + (c == '\\' ? 2 : 1));
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      }
    }
    return new RetryAfter(seconds, in.parameters());
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder().append(seconds);
    parameters.appendTo(out);
    return out.toString();
  }
}
