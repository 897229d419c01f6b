package org.klatsch.whip;

import java.io.IOException;

/// A server refused what was asked of it.
public final class WhipException extends IOException {
  private static final long serialVersionUID = 1;

  private final int status;

  WhipException(int status, String message) {
    super(message);
    this.status = status;
  }

  /// The status code of HTTP; 0 when the answer itself is no good.
  public int status() {
    return status;
  }
}
