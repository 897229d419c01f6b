package org.klatsch.peer.jsep;

import org.klatsch.sdp.DirectionAttribute;

/// Arithmetic of directions, RFC 9429 §4.2.3 to §4.2.5.
final class Directions {
  private Directions() {}

  static DirectionAttribute of(boolean sends, boolean receives) {
    if (sends) {
      return receives ? DirectionAttribute.SENDRECV : DirectionAttribute.SENDONLY;
    }
    return receives ? DirectionAttribute.RECVONLY : DirectionAttribute.INACTIVE;
  }

  /// What both allow, seen from the same side.
  static DirectionAttribute common(DirectionAttribute one, DirectionAttribute other) {
    return of(one.sends() && other.sends(), one.receives() && other.receives());
  }

  static DirectionAttribute withSend(DirectionAttribute direction, boolean sends) {
    return of(sends, direction.receives());
  }
}
