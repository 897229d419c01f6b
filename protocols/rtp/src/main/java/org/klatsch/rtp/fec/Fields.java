package org.klatsch.rtp.fec;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// What the formats share.
final class Fields {
  private Fields() {}

  static MalformedRtpException truncated(String format, int length) {
    return new MalformedRtpException(
        MalformedRtpException.Reason.TRUNCATED, format + " payload of " + length + " bytes");
  }

  static MalformedRtpException malformed(String message) {
    return new MalformedRtpException(MalformedRtpException.Reason.PAYLOAD, message);
  }

  static void requirePackets(FecHeader header) throws MalformedRtpException {
    if (header.mask.count() == 0) {
      throw malformed("repair packet that protects nothing");
    }
  }

  static void requireCapacity(FecScheme scheme, PacketMask mask) {
    if (mask.highest() < 0 || mask.highest() >= scheme.maskCapacity()) {
      throw new IllegalArgumentException(
          "mask up to distance " + mask.highest() + ", 0 to " + (scheme.maskCapacity() - 1));
    }
  }

  /// The first eight bytes of both FlexFEC formats.
  static void writeFlexible(Parity parity, byte[] out, int offset) {
    Bytes.u16(out, offset, parity.firstBytes() & 0x3fff);
    Bytes.u16(out, offset + 2, parity.lengthRecovery());
    Bytes.i32(out, offset + 4, parity.timestampRecovery());
  }

  static boolean addFlexible(Parity parity, byte[] payload, int offset, FecHeader header) {
    return parity.combine(
        Bytes.u16(payload, offset),
        Bytes.u16(payload, offset + 2),
        Bytes.i32(payload, offset + 4),
        payload,
        offset + header.length,
        header.protectionLength);
  }
}
