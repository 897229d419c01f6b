package org.klatsch.rooms.transfer;

import org.klatsch.sansio.MalformedPacketException;

/// A message on a data channel breaks the transfer protocol.
public final class MalformedTransferException extends MalformedPacketException {
  private static final long serialVersionUID = 1;

  MalformedTransferException(String reason) {
    super(reason);
  }
}
