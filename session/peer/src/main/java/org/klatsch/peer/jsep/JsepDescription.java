package org.klatsch.peer.jsep;

import java.util.Objects;
import org.klatsch.sdp.SessionDescription;

/// A description with its type, `RTCSessionDescription` of the W3C.
///
/// @param type never [SdpType#ROLLBACK] in what [Jsep] returns
/// @param description the parsed text; [SessionDescription#toString()] writes it
public record JsepDescription(SdpType type, SessionDescription description) {
  public JsepDescription {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(description, "description");
  }

  /// The text to send.
  public String sdp() {
    return description.toString();
  }
}
