package org.klatsch.codecs.container;

import java.nio.ByteBuffer;

/// The page of RFC 3533 §6:
///
/// ```
/// OggS | version | flags | granule position (8) | serial (4) | sequence (4) | CRC (4) | segments | table
/// ```
final class OggPage {
  static final int HEADER = 27;
  static final int CONTINUED = 1;
  static final int FIRST = 2;
  static final int LAST = 4;
  static final int MAX_SEGMENTS = 255;

  private static final int[] CRC = new int[256];

  static {
    for (int i = 0; i < 256; i++) {
      int crc = i << 24;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc < 0 ? crc << 1 ^ 0x04c11db7 : crc << 1;
      }
      CRC[i] = crc;
    }
  }

  private OggPage() {}

  /// RFC 3533 §6: over the whole page with the field itself as zero.
  static int crc(ByteBuffer page, int from, int to) {
    int crc = 0;
    for (int i = from; i < to; i++) {
      crc = crc << 8 ^ CRC[(crc >>> 24 ^ page.get(i)) & 0xff];
    }
    return crc;
  }

  /// Fills in the checksum of a page that lies in `buffer`, which is little-endian.
  static void seal(ByteBuffer buffer, int from) {
    buffer.putInt(from + 22, 0);
    buffer.putInt(from + 22, crc(buffer, from, buffer.position()));
  }
}
