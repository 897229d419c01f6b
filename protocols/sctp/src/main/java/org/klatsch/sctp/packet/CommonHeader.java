package org.klatsch.sctp.packet;

import java.util.zip.CRC32C;

/// SCTP Common Header, RFC 9260 §3.1.
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     Source Port Number        |     Destination Port Number   |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                      Verification Tag                         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                           Checksum                            |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public final class CommonHeader {
  public static final int LENGTH = 12;

  private static final byte[] ZERO_CHECKSUM = new byte[4];

  private CommonHeader() {}

  public static int sourcePort(byte[] packet, int offset) {
    return Wire.u16(packet, offset);
  }

  public static int destinationPort(byte[] packet, int offset) {
    return Wire.u16(packet, offset + 2);
  }

  public static int verificationTag(byte[] packet, int offset) {
    return Wire.i32(packet, offset + 4);
  }

  /// The checksum field in the byte order of the wire, only good for comparing.
  public static int checksum(byte[] packet, int offset) {
    return Wire.i32(packet, offset + 8);
  }

  /// Writes the header with checksum 0.
  public static void write(
      byte[] packet, int offset, int sourcePort, int destinationPort, int tag) {
    Wire.put16(packet, offset, sourcePort);
    Wire.put16(packet, offset + 2, destinationPort);
    Wire.put32(packet, offset + 4, tag);
    Wire.put32(packet, offset + 8, 0);
  }

  /// The CRC32c of a packet as its checksum field holds it: computed over the packet with that
  /// field zero and laid down with the least significant byte first, RFC 9260 Appendix A.
  public static int crc32c(CRC32C crc, byte[] packet, int offset, int length) {
    crc.reset();
    crc.update(packet, offset, 8);
    crc.update(ZERO_CHECKSUM, 0, 4);
    crc.update(packet, offset + LENGTH, length - LENGTH);
    return Integer.reverseBytes((int) crc.getValue());
  }

  /// Puts the CRC32c into a finished packet whose checksum field is zero.
  public static void seal(CRC32C crc, byte[] packet, int offset, int length) {
    crc.reset();
    crc.update(packet, offset, length);
    Wire.put32(packet, offset + 8, Integer.reverseBytes((int) crc.getValue()));
  }
}
