package org.klatsch.peer.jsep;

import java.util.Objects;
import org.klatsch.sdp.DirectionAttribute;

/// A header extension we know.
///
/// @param uri names it, RFC 8285 §5
/// @param direction in which it is offered; `INACTIVE` leaves it out
public record HeaderExtensionCapability(String uri, DirectionAttribute direction) {
  public HeaderExtensionCapability {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(direction, "direction");
  }

  /// An extension used both ways.
  public static HeaderExtensionCapability of(String uri) {
    return new HeaderExtensionCapability(uri, DirectionAttribute.SENDRECV);
  }
}
