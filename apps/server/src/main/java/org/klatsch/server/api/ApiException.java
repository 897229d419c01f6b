package org.klatsch.server.api;

/// The operation is answered by an error. Stackless: strangers cause it at will.
final class ApiException extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;
  private final String code;
  private final String text;

  /// @param code a word for programs
  /// @param text a sentence for people, without secrets
  ApiException(int status, String code, String text) {
    super(text, null, false, false);
    this.status = status;
    this.code = code;
    this.text = text;
  }

  static ApiException bad(String text) {
    return new ApiException(400, "bad-request", text);
  }

  static ApiException notFound(String what) {
    return new ApiException(404, "not-found", "There is no such " + what + ".");
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  String text() {
    return text;
  }
}
