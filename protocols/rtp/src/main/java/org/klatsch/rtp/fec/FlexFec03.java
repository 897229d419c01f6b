package org.klatsch.rtp.fec;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// FlexFEC as browsers send it, draft-ietf-payload-flexible-fec-scheme-03 §4.2, for one stream. A
/// set k bit ends the mask.
///
/// ```
/// |R|F|P|X|  CC   |M| PT recovery |        length recovery        |
/// |                          TS recovery                          |
/// |   SSRCCount   |                    reserved                   |
/// |                             SSRC_i                            |
/// |           SN base_i           |k|          Mask [0-14]        |
/// |k|                   Mask [15-45] (optional)                   |
/// |k|                   Mask [46-108] (optional)                  |
/// |                                                               |
/// ```
final class FlexFec03 implements FecScheme {
  private static final int FIXED = 18;

  @Override
  public int maskCapacity() {
    return 109;
  }

  @Override
  public int headerLength(int highest) {
    return FIXED + (highest < 15 ? 2 : highest < 46 ? 6 : 14);
  }

  @Override
  public void read(byte[] payload, int offset, int length, int ssrc, FecHeader header)
      throws MalformedRtpException {
    if (length < FIXED + 2) {
      throw Fields.truncated("FlexFEC", length);
    }
    if ((payload[offset] & 0xc0) != 0 || payload[offset + 8] != 1) {
      throw Fields.malformed(
          "FlexFEC flags " + (payload[offset] >>> 6 & 3) + ", streams " + payload[offset + 8]);
    }
    header.ssrc = Bytes.i32(payload, offset + 12);
    header.baseSequence = Bytes.u16(payload, offset + 16);
    PacketMask mask = header.mask.clear();
    int at = offset + FIXED;
    mask.add(0, 15, Bytes.u16(payload, at));
    header.length = FIXED + 2;
    if (payload[at] >= 0) {
      header.length = FIXED + 6;
      require(length, header.length);
      mask.add(15, 31, Bytes.i32(payload, at + 2));
      if (payload[at + 2] >= 0) {
        header.length = FIXED + 14;
        require(length, header.length);
        if (payload[at + 6] >= 0) {
          throw Fields.malformed("FlexFEC mask without an end");
        }
        mask.add(46, 63, Bytes.i64(payload, at + 6));
      }
    }
    header.protectionLength = length - header.length;
    Fields.requirePackets(header);
  }

  private static void require(int length, int expected) throws MalformedRtpException {
    if (length < expected) {
      throw Fields.truncated("FlexFEC", length);
    }
  }

  @Override
  public boolean addTo(Parity parity, byte[] payload, int offset, FecHeader header) {
    return Fields.addFlexible(parity, payload, offset, header);
  }

  @Override
  public int write(
      Parity parity, int ssrc, int baseSequence, PacketMask mask, byte[] out, int offset) {
    Fields.requireCapacity(this, mask);
    Fields.writeFlexible(parity, out, offset);
    Bytes.i32(out, offset + 8, 1 << 24);
    Bytes.i32(out, offset + 12, ssrc);
    Bytes.u16(out, offset + 16, baseSequence);
    int highest = mask.highest();
    int at = offset + FIXED;
    Bytes.u16(out, at, (int) mask.bits(0, 15) | (highest < 15 ? 0x8000 : 0));
    if (highest >= 15) {
      Bytes.i32(out, at + 2, (int) mask.bits(15, 31) | (highest < 46 ? 0x80000000 : 0));
    }
    if (highest >= 46) {
      Bytes.i64(out, at + 6, mask.bits(46, 63) | Long.MIN_VALUE);
    }
    int header = headerLength(highest);
    parity.writeBody(out, offset + header);
    return header + parity.bodyLength();
  }
}
