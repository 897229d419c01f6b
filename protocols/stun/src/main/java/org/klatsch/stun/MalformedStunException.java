package org.klatsch.stun;

import org.klatsch.sansio.MalformedPacketException;

/// Bytes that are no well-formed STUN message, RFC 8489 §6.3.
public final class MalformedStunException extends MalformedPacketException {
  private static final long serialVersionUID = 1;

  /// @param reason what is wrong, with the offending and the expected value
  public MalformedStunException(String reason) {
    super(reason);
  }
}
