package org.klatsch.server.whip;

/// Why a request is refused. Stackless: strangers cause it at will.
final class StreamProblem extends Exception {
  private static final long serialVersionUID = 1;

  private final int status;

  /// @param text for people; tells nothing about others
  StreamProblem(int status, String text) {
    super(text, null, false, false);
    this.status = status;
  }

  /// The status code of HTTP.
  int status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
