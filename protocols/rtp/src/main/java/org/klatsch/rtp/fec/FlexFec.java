package org.klatsch.rtp.fec;

import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.wire.Bytes;

/// FlexFEC with a flexible mask for one stream, RFC 8627 §4.2.2.1. The stream is the repair
/// packet's first contributing source; a set k bit means that more of the mask follows.
///
/// ```
/// |0|0|P|X|  CC   |M| PT recovery |        length recovery        |
/// |                          TS recovery                          |
/// |           SN base_i           |k|          Mask [0-14]        |
/// |k|                   Mask [15-45] (optional)                   |
/// |                     Mask [46-109] (optional)                  |
/// |                                                               |
/// ```
final class FlexFec implements FecScheme {
  private static final int FIXED = 10;

  @Override
  public int maskCapacity() {
    return 110;
  }

  @Override
  public int headerLength(int highest) {
    return FIXED + (highest < 15 ? 2 : highest < 46 ? 6 : 14);
  }

  @Override
  public void read(byte[] payload, int offset, int length, int ssrc, FecHeader header)
      throws MalformedRtpException {
    require(length, FIXED + 2);
    if ((payload[offset] & 0xc0) != 0) {
      throw Fields.malformed("FlexFEC flags " + (payload[offset] >>> 6 & 3) + ", 0 expected");
    }
    header.ssrc = ssrc;
    header.baseSequence = Bytes.u16(payload, offset + 8);
    PacketMask mask = header.mask.clear();
    int at = offset + FIXED;
    mask.add(0, 15, Bytes.u16(payload, at));
    header.length = FIXED + 2;
    if (payload[at] < 0) {
      header.length = FIXED + 6;
      require(length, header.length);
      mask.add(15, 31, Bytes.i32(payload, at + 2));
      if (payload[at + 2] < 0) {
        header.length = FIXED + 14;
        require(length, header.length);
        mask.add(46, 64, Bytes.i64(payload, at + 6));
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
    Bytes.u16(out, offset + 8, baseSequence);
    int highest = mask.highest();
    int at = offset + FIXED;
    Bytes.u16(out, at, (int) mask.bits(0, 15) | (highest < 15 ? 0 : 0x8000));
    if (highest >= 15) {
      Bytes.i32(out, at + 2, (int) mask.bits(15, 31) | (highest < 46 ? 0 : 0x80000000));
    }
    if (highest >= 46) {
      Bytes.i64(out, at + 6, mask.bits(46, 64));
    }
    int header = headerLength(highest);
    parity.writeBody(out, offset + header);
    return header + parity.bodyLength();
  }
}
