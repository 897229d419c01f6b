package org.klatsch.sctp.packet;

import org.klatsch.sansio.MalformedPacketException;

/// An SCTP packet that does not follow its format.
public final class SctpMalformedException extends MalformedPacketException {
  private static final long serialVersionUID = 1;

  private final DropReason reason;

  /// @param detail what is wrong, with the offending value
  public SctpMalformedException(DropReason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  /// The counter this belongs to.
  public DropReason reason() {
    return reason;
  }
}
