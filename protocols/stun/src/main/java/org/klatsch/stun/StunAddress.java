package org.klatsch.stun;

import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.TransportAddress;

/// The two encodings of an address, RFC 8489 §14.1 and §14.2.
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0 0 0 0 0 0 0|    Family     |           Port                |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                 Address (32 bits or 128 bits)                 |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// The second form is combined by exclusive or with the magic cookie, and an IPv6 address with the
/// transaction's identifier too, so that no middlebox recognises and rewrites it.
final class StunAddress {
  private static final int IPV4 = 1;
  private static final int IPV6 = 2;

  private StunAddress() {}

  static TransportAddress decode(byte[] array, int offset, int length)
      throws MalformedStunException {
    return decode(array, offset, length, 0, 0, 0);
  }

  static TransportAddress decodeXor(byte[] array, int offset, int length, int idHigh, long idLow)
      throws MalformedStunException {
    return decode(array, offset, length, StunMessage.MAGIC_COOKIE, idHigh, idLow);
  }

  private static TransportAddress decode(
      byte[] array, int offset, int length, int cookie, int idHigh, long idLow)
      throws MalformedStunException {
    int family = length < 4 ? 0 : array[offset + 1];
    if (length != (family == IPV4 ? 8 : 20) || family != IPV4 && family != IPV6) {
      throw new MalformedStunException("address of family " + family + " in " + length + " bytes");
    }
    int port = StunMessage.u16(array, offset + 2) ^ cookie >>> 16;
    int first = StunMessage.i32(array, offset + 4) ^ cookie;
    if (family == IPV4) {
      return TransportAddress.ofIpv4(first, port);
    }
    int second = StunMessage.i32(array, offset + 8) ^ idHigh;
    long high = (long) first << 32 | Integer.toUnsignedLong(second);
    return TransportAddress.ofIpv6(high, StunMessage.i64(array, offset + 12) ^ idLow, port);
  }

  static int length(TransportAddress address) {
    return address.isIpv4() ? 8 : 20;
  }

  static void encode(PacketWriter out, TransportAddress address) {
    encode(out, address, 0, 0, 0);
  }

  static void encodeXor(PacketWriter out, TransportAddress address, int idHigh, long idLow) {
    encode(out, address, StunMessage.MAGIC_COOKIE, idHigh, idLow);
  }

  private static void encode(
      PacketWriter out, TransportAddress address, int cookie, int idHigh, long idLow) {
    out.u8(0).u8(address.isIpv4() ? IPV4 : IPV6).u16(address.port() ^ cookie >>> 16);
    if (address.isIpv4()) {
      out.u32((int) address.low() ^ cookie);
    } else {
      long mask = (long) cookie << 32 | Integer.toUnsignedLong(idHigh);
      out.u64(address.high() ^ mask).u64(address.low() ^ idLow);
    }
  }
}
