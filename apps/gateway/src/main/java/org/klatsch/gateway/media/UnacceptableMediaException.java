package org.klatsch.gateway.media;

/// An offer or answer that has no audio in common with us: 488 Not Acceptable Here, RFC 3261
/// §21.4.26.
public final class UnacceptableMediaException extends Exception {
  private static final long serialVersionUID = 1;

  public UnacceptableMediaException(String message) {
    super(message, null, false, false);
  }
}
