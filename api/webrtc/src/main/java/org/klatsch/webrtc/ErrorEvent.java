package org.klatsch.webrtc;

/// `error`: a recording had to end, W3C MediaStream Recording §2.
public final class ErrorEvent extends Event {
  private final DOMException error;

  public ErrorEvent(String type, DOMException error) {
    super(type);
    this.error = error;
  }

  public DOMException error() {
    return error;
  }

  /// What went wrong, in words.
  public String message() {
    return error.message();
  }
}
