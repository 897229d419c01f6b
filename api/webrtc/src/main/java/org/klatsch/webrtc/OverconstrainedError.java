package org.klatsch.webrtc;

/// A constraint that cannot be fulfilled, Media Capture and Streams §8.
public final class OverconstrainedError extends DOMException {
  private static final long serialVersionUID = 1;

  private final String constraint;

  /// @param constraint the name of the constraint, for example `width`
  public OverconstrainedError(String constraint, String message) {
    super(message, "OverconstrainedError");
    this.constraint = constraint;
  }

  public String constraint() {
    return constraint;
  }
}
