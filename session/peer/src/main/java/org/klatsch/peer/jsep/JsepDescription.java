package org.klatsch.peer.jsep;

import java.util.Objects;
import org.klatsch.sdp.SessionDescription;

/// A description with its type, `RTCSessionDescription` of the W3C. Equal when type and text are.
public final class JsepDescription {
  private final SdpType type;
  private final SessionDescription description;
  private final Sections sections;

  JsepDescription(SdpType type, SessionDescription description) {
    this.type = Objects.requireNonNull(type, "type");
    this.description = Objects.requireNonNull(description, "description");
    sections = new Sections(description);
  }

  /// Never [SdpType#ROLLBACK].
  public SdpType type() {
    return type;
  }

  public SessionDescription description() {
    return description;
  }

  /// The text to send.
  public String sdp() {
    return description.toString();
  }

  Sections sections() {
    return sections;
  }

  JsepDescription with(SessionDescription changed) {
    return new JsepDescription(type, changed);
  }

  JsepDescription as(SdpType otherType) {
    return new JsepDescription(otherType, description);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JsepDescription that
        && type == that.type
        && description.equals(that.description);
  }

  @Override
  public int hashCode() {
    return Objects.hash(type, description);
  }

  @Override
  public String toString() {
    return type + "\r\n" + description;
  }
}
