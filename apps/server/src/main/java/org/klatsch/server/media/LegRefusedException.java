package org.klatsch.server.media;

/// An offer was understood but is not taken; the message says why and may be told to the peer.
public final class LegRefusedException extends Exception {
  private static final long serialVersionUID = 1;

  public LegRefusedException(String message) {
    super(message);
  }
}
