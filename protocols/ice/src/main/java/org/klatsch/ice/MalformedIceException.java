package org.klatsch.ice;

import org.klatsch.sansio.MalformedPacketException;

/// Input from the peer that this module cannot read: a candidate line or an mDNS message.
public final class MalformedIceException extends MalformedPacketException {
  private static final long serialVersionUID = 1;

  /// @param reason what is wrong, with the offending and the expected value
  public MalformedIceException(String reason) {
    super(reason);
  }
}
