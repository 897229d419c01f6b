package org.klatsch.server.tenants;

/// Somebody may not do what was asked. Stackless: strangers cause it at will. Neither member ever
/// holds a secret, a token or a part of one.
public final class AccessDeniedException extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final String text;

  private AccessDeniedException(int status, String code, String text) {
    super(text, null, false, false);
    this.status = status;
    this.code = code;
    this.text = text;
  }

  /// Nobody said who is asking.
  public static AccessDeniedException missing() {
    return new AccessDeniedException(401, "token-missing", "A token is needed.");
  }

  /// The token is none, or not signed by a key that is known. One answer for all of it, so that
  /// nobody learns which keys there are.
  public static AccessDeniedException invalid() {
    return new AccessDeniedException(401, "token-invalid", "The token is not valid.");
  }

  public static AccessDeniedException expired() {
    return new AccessDeniedException(401, "token-expired", "The token has ended.");
  }

  public static AccessDeniedException early() {
    return new AccessDeniedException(401, "token-early", "The token is not valid yet.");
  }

  /// It is known who is asking, and that is not enough.
  public static AccessDeniedException forbidden(String text) {
    return new AccessDeniedException(403, "forbidden", text);
  }

  /// The tenant has as much of it as it may have.
  public static AccessDeniedException quota(String text) {
    return new AccessDeniedException(403, "quota", text);
  }

  /// 401 or 403.
  public int status() {
    return status;
  }

  /// One of a few words for programs.
  public String code() {
    return code;
  }

  /// A sentence for people.
  public String text() {
    return text;
  }
}
