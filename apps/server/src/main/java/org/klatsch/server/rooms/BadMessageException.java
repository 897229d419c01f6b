package org.klatsch.server.rooms;

/// A message that is not of the protocol; the connection is told and closed. Stackless: strangers
/// cause it at will.
final class BadMessageException extends Exception {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;

  BadMessageException(ErrorCode code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  ErrorCode code() {
    return code;
  }

  /// Never null, unlike [#getMessage].
  String text() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
