package org.klatsch.interop;

/// A browser refused a command, or a page threw.
public final class BrowserException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BrowserException(String message) {
    super(message);
  }

  public BrowserException(String message, Throwable cause) {
    super(message, cause);
  }
}
