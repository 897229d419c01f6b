package org.klatsch.sip;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One hop of a request's way, which its response takes back, RFC 3261 §20.42.
///
/// @param transport upper case: `UDP`, `WSS` … or one that is unknown here
/// @param sentBy where the sender takes responses
/// @param parameters `branch`, `received`, `rport` (RFC 3581) …
public record Via(String transport, HostPort sentBy, Parameters parameters) {
  /// What every branch of RFC 3261 begins with, §8.1.1.7.
  public static final String COOKIE = "z9hG4bK";

  public static Via of(SipTransport transport, HostPort sentBy, String branch) {
    return new Via(transport.name(), sentBy, Parameters.of("branch", branch));
  }

  static Via parse(Scanner in) throws MalformedSipException {
    String name = in.token();
    spacedSlash(in);
    String version = in.token();
    if (!name.equalsIgnoreCase("SIP") || !version.equals("2.0")) {
      throw in.malformed("SIP/2.0 expected");
    }
    spacedSlash(in);
    String transport = in.token().toUpperCase(Locale.ROOT);
    int mark = in.position();
    in.skipSpace();
    if (mark == in.position()) {
      throw in.malformed("white space expected at " + mark);
    }
    HostPort sentBy = HostPort.parse(in);
    return new Via(transport, sentBy, in.parameters());
  }

  private static void spacedSlash(Scanner in) throws MalformedSipException {
    if (!in.acceptSpaced('/')) {
      throw in.malformed("'/' expected at " + in.position());
    }
  }

  public @Nullable String branch() {
    return parameters.value("branch");
  }

  /// Whether the branch is unique to the transaction as RFC 3261 asks: the cookie, and something
  /// behind it.
  public boolean hasUniqueBranch() {
    String branch = branch();
    return branch != null
        && branch.length() > COOKIE.length()
        && branch.regionMatches(true, 0, COOKIE, 0, COOKIE.length());
  }

  /// This with what the receiver saw, RFC 3261 §18.2.1 and RFC 3581 §4.
  public Via withParameter(String name, @Nullable String value) {
    return new Via(transport, sentBy, parameters.with(name, value));
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(64).append("SIP/2.0/").append(transport);
    out.append(' ').append(sentBy);
    parameters.appendTo(out);
    return out.toString();
  }
}
