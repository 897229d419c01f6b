package org.klatsch.sansio;

/// Bytes from the network that do not follow their format. Checked and without a stack trace: it is
/// thrown by parsers and caught in exactly one place, the core's `handlePacket`, which counts and
/// drops the packet. Each module has one subclass.
public class MalformedPacketException extends Exception {
  private static final long serialVersionUID = 1;

  /// @param reason what is wrong, with the offending and the expected value
  public MalformedPacketException(String reason) {
    super(reason, null, false, false);
  }
}
