package org.klatsch.rtp.fec;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// ULPFEC with one protection level, RFC 5109 §7.3 and §7.4.
///
/// ```
/// |E|L|P|X|  CC   |M| PT recovery |            SN base            |
/// |                          TS recovery                          |
/// |        length recovery        |       Protection Length       |
/// |             mask              |  mask cont. (only when L = 1) |
/// ```
final class UlpFec implements FecScheme {
  private static final int SHORT_MASK = 16;
  private static final int LONG_MASK = 48;
  private static final int FIXED = 12;

  @Override
  public int maskCapacity() {
    return LONG_MASK;
  }

  @Override
  public int headerLength(int highest) {
    return FIXED + (highest < SHORT_MASK ? 2 : 6);
  }

  @Override
  public void read(byte[] payload, int offset, int length, int ssrc, FecHeader header)
      throws MalformedRtpException {
    if (length < FIXED + 2) {
      throw Fields.truncated("ULPFEC", length);
    }
    boolean longMask = (payload[offset] & 0x40) != 0;
    header.length = FIXED + (longMask ? 6 : 2);
    header.protectionLength = Bytes.u16(payload, offset + 10);
    if (length < header.length + header.protectionLength) {
      throw Fields.truncated("ULPFEC", length);
    }
    header.ssrc = ssrc;
    header.baseSequence = Bytes.u16(payload, offset + 2);
    header.mask.clear();
    header.mask.add(0, SHORT_MASK, Bytes.u16(payload, offset + FIXED));
    if (longMask) {
      header.mask.add(SHORT_MASK, 32, Bytes.i32(payload, offset + FIXED + 2));
    }
    Fields.requirePackets(header);
  }

  @Override
  public boolean addTo(Parity parity, byte[] payload, int offset, FecHeader header) {
    return parity.combine(
        Bytes.u16(payload, offset),
        Bytes.u16(payload, offset + 8),
        Bytes.i32(payload, offset + 4),
        payload,
        offset + header.length,
        header.protectionLength);
  }

  @Override
  public int write(
      Parity parity, int ssrc, int baseSequence, PacketMask mask, byte[] out, int offset) {
    Fields.requireCapacity(this, mask);
    boolean longMask = mask.highest() >= SHORT_MASK;
    Bytes.u16(out, offset, parity.firstBytes() & 0x3fff | (longMask ? 0x4000 : 0));
    Bytes.u16(out, offset + 2, baseSequence);
    Bytes.i32(out, offset + 4, parity.timestampRecovery());
    Bytes.u16(out, offset + 8, parity.lengthRecovery());
    Bytes.u16(out, offset + 10, parity.bodyLength());
    Bytes.u16(out, offset + FIXED, (int) mask.bits(0, SHORT_MASK));
    if (longMask) {
      Bytes.i32(out, offset + FIXED + 2, (int) mask.bits(SHORT_MASK, 32));
    }
    int header = headerLength(mask.highest());
    parity.writeBody(out, offset + header);
    return header + parity.bodyLength();
  }
}
