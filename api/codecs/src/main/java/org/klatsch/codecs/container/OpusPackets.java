package org.klatsch.codecs.container;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// What containers must know about Opus packets.
final class OpusPackets {
  /// Containers count Opus at this rate whatever was encoded, RFC 7845 §4.
  static final int RATE_HZ = 48_000;

  /// What decoders need before they sound right after a seek, RFC 7845 §4.6.
  static final long PRE_ROLL_NANOS = 80_000_000;

  /// What the encoder looks ahead; players drop so much, RFC 7845 §4.2.
  static final int PRE_SKIP = 312;

  private static final int HEAD_SIZE = 19;

  private OpusPackets() {}

  /// Samples per channel at 48 kHz, RFC 6716 §3.1, §3.2; 0 of a damaged packet.
  static int duration(byte[] packet, int offset, int length) {
    if (length < 1) {
      return 0;
    }
    int toc = packet[offset] & 0xff;
    int configuration = toc >> 3;
    int frame;
    if (configuration < 12) {
      frame = new int[] {480, 960, 1_920, 2_880}[configuration & 3];
    } else if (configuration < 16) {
      frame = (configuration & 1) == 0 ? 480 : 960;
    } else {
      frame = 120 << (configuration & 3);
    }
    int count =
        switch (toc & 3) {
          case 0 -> 1;
          case 1, 2 -> 2;
          default -> length < 2 ? 0 : packet[offset + 1] & 0x3f;
        };
    int duration = count * frame;
    return duration > 5_760 ? 0 : duration;
  }

  /// The identification header, RFC 7845 §5.1, without a mapping table.
  static byte[] head(int channels, int preSkip) {
    return ByteBuffer.allocate(HEAD_SIZE)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("OpusHead".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) channels)
        .putShort((short) preSkip)
        .putInt(RATE_HZ)
        .putShort((short) 0)
        .put((byte) 0)
        .array();
  }

  /// The comment header, RFC 7845 §5.2.
  static byte[] tags() {
    byte[] vendor = "Klatsch".getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + 4 + vendor.length + 4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put("OpusTags".getBytes(StandardCharsets.US_ASCII))
        .putInt(vendor.length)
        .put(vendor)
        .putInt(0)
        .array();
  }

  static boolean isHead(byte[] packet) {
    return packet.length >= HEAD_SIZE
        && new String(packet, 0, 8, StandardCharsets.ISO_8859_1).equals("OpusHead")
        // RFC 7845 §5.1: only a change of the upper half of the version is incompatible.
        && (packet[8] & 0xf0) == 0
        && packet[9] != 0;
  }

  static int channels(byte[] head) {
    return head[9] & 0xff;
  }

  static int preSkip(byte[] head) {
    return head[10] & 0xff | (head[11] & 0xff) << 8;
  }
}
