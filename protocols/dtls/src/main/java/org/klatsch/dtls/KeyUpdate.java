package org.klatsch.dtls;

import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;

/// KeyUpdate, RFC 8446 §4.6.3: one byte.
///
/// @param requested whether the peer is to change its keys too
record KeyUpdate(boolean requested) {
  static KeyUpdate parse(PacketReader in) throws MalformedPacketException {
    int value = in.u8();
    Extensions.requireEnd(in);
    if (value > 1) {
      throw DtlsException.fatal(
          AlertDescription.ILLEGAL_PARAMETER, "KeyUpdate " + value + ", expected 0 or 1");
    }
    return new KeyUpdate(value == 1);
  }

  byte[] encode() {
    return new byte[] {(byte) (requested ? 1 : 0)};
  }
}
