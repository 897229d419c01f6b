package org.klatsch.codecs.opus;

/// What the first bytes of an Opus packet tell, RFC 6716 §3.
final class OpusPacket {
  private OpusPacket() {}

  /// Duration of one frame in units of 2.5 ms, by the configuration number, RFC 6716 §3.1 table 2.
  private static int frameUnits(int toc) {
    int configuration = toc >> 3 & 0x1f;
    if (configuration < 12) {
      // SILK: 10, 20, 40, 60 ms.
      return new int[] {4, 8, 16, 24}[configuration & 3];
    }
    if (configuration < 16) {
      // Hybrid: 10, 20 ms.
      return (configuration & 1) == 0 ? 4 : 8;
    }
    // CELT: 2.5, 5, 10, 20 ms.
    return 1 << (configuration & 3);
  }

  private static boolean isCelt(int toc) {
    return (toc & 0x80) != 0;
  }

  /// Whether it is of the speech codec alone, RFC 6716 §3.1 table 2.
  static boolean isSilk(int toc) {
    return (toc >> 3 & 0x1f) < 12;
  }

  /// Samples per channel of a packet; 0 when its framing is against RFC 6716 §3.4.
  static int frames(byte[] packet, int offset, int length, int rateHz) {
    if (length < 1) {
      return 0;
    }
    int toc = packet[offset] & 0xff;
    int count =
        switch (toc & 3) {
          case 0 -> 1;
          case 1, 2 -> 2;
          default -> length < 2 ? 0 : packet[offset + 1] & 0x3f;
        };
    int units = count * frameUnits(toc);
    return units > 48 ? 0 : units * (rateHz / 400);
  }

  /// Whether the packet repeats the one before at low bitrate: the LBRR flag of its first SILK
  /// frame, RFC 6716 §4.2.4. The flags are the first bits of the range coder and so readable in the
  /// clear: per channel a voice activity flag for each SILK frame, then the LBRR flag.
  static boolean hasFec(byte[] packet, int offset, int length) {
    if (length < 1 || isCelt(packet[offset])) {
      return false;
    }
    int toc = packet[offset] & 0xff;
    int first = offset + firstFrame(packet, offset, length);
    if (first >= offset + length) {
      return false;
    }
    int silkFrames = Math.max(1, frameUnits(toc) / 8);
    int flags = packet[first] & 0xff;
    boolean mid = (flags >> (7 - silkFrames) & 1) != 0;
    boolean stereo = (toc & 4) != 0;
    boolean side = stereo && (flags >> (7 - 2 * silkFrames - 1) & 1) != 0;
    return mid || side;
  }

  /// Bytes before the first frame, RFC 6716 §3.2; the packet's length when there is none.
  private static int firstFrame(byte[] packet, int offset, int length) {
    return switch (packet[offset] & 3) {
      case 0, 1 -> 1;
      case 2 -> 1 + lengthBytes(packet, offset, length, 1);
      default -> length < 2 ? length : firstOfMany(packet, offset, length);
    };
  }

  /// The same for code 3, RFC 6716 §3.2.5: a count, perhaps padding and the frames' lengths.
  private static int firstOfMany(byte[] packet, int offset, int length) {
    int at = 2;
    int countByte = packet[offset + 1] & 0xff;
    if ((countByte & 0x40) != 0) {
      // A padding length of 255 means 254 and another byte.
      while (at < length && (packet[offset + at] & 0xff) == 255) {
        at++;
      }
      at++;
    }
    if ((countByte & 0x80) != 0) {
      for (int i = 1; i < (countByte & 0x3f) && at < length; i++) {
        at += lengthBytes(packet, offset, length, at);
      }
    }
    return Math.min(at, length);
  }

  /// Whether a frame length takes one or two bytes, RFC 6716 §3.2.1.
  private static int lengthBytes(byte[] packet, int offset, int length, int at) {
    return at < length && (packet[offset + at] & 0xff) >= 252 ? 2 : 1;
  }
}
