package org.klatsch.sdp;

/// `o=`: identity and version of the session, RFC 8866 §5.2.
///
/// @param username `-` when there is none
/// @param sessionId decimal digits, of any length
/// @param sessionVersion decimal digits; grows with every change of the description
/// @param networkType `IN`
/// @param addressType `IP4` or `IP6`
/// @param address of the author, `0.0.0.0` to hide it
public record Origin(
    String username,
    String sessionId,
    String sessionVersion,
    String networkType,
    String addressType,
    String address) {
  public Origin {
    Grammar.requireWord("username", username);
    requireDigits("session id", sessionId);
    requireDigits("session version", sessionVersion);
    Grammar.requireWord("network type", networkType);
    Grammar.requireWord("address type", addressType);
    Grammar.requireWord("origin address", address);
  }

  /// An origin that gives nothing away, as RFC 9429 §5.2.1 wants.
  public static Origin anonymous(long sessionId, long sessionVersion) {
    return new Origin(
        "-", Long.toString(sessionId), Long.toString(sessionVersion), "IN", "IP4", "0.0.0.0");
  }

  static Origin read(Cursor in) throws MalformedSdpException {
    String username = in.word("username");
    String sessionId = in.word("session id");
    String sessionVersion = in.word("session version");
    if (!Grammar.isDigits(sessionId) || !Grammar.isDigits(sessionVersion)) {
      throw in.error("session id and version are not decimal numbers");
    }
    Origin origin =
        new Origin(
            username,
            sessionId,
            sessionVersion,
            in.word("network type"),
            in.word("address type"),
            in.word("origin address"));
    in.end();
    return origin;
  }

  private static void requireDigits(String what, String text) {
    if (!Grammar.isDigits(text)) {
      throw new IllegalArgumentException(what + " '" + text + "', expected decimal digits");
    }
  }

  @Override
  public String toString() {
    return String.join(" ", username, sessionId, sessionVersion, networkType, addressType, address);
  }
}
