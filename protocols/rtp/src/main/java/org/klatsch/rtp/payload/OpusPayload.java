package org.klatsch.rtp.payload;

/// What can be read from an Opus packet without decoding it, RFC 6716 §3.1 and §3.2; the payload of
/// RFC 7587 §4.2 is the packet as it is. Durations are in samples of RTP's clock, always 48 kHz,
/// RFC 7587 §4.1.
public final class OpusPayload {
  /// RTP clock rate of Opus whatever it codes, RFC 7587 §4.1.
  public static final int CLOCK_RATE_HZ = 48_000;

  /// Most a packet may hold: 120 ms, RFC 6716 §3.2.5 R5.
  public static final int MAX_SAMPLES = 5760;

  /// Code modes of the TOC byte.
  public enum Mode {
    SILK,
    HYBRID,
    CELT
  }

  private OpusPayload() {}

  /// Mode of the packet with this TOC byte, RFC 6716 §3.1 table 2.
  public static Mode mode(byte toc) {
    int config = toc >>> 3 & 0x1f;
    return config < 12 ? Mode.SILK : config < 16 ? Mode.HYBRID : Mode.CELT;
  }

  /// Whether the packet with this TOC byte is stereo.
  public static boolean stereo(byte toc) {
    return (toc & 4) != 0;
  }

  /// Samples of one frame of a packet with this TOC byte, RFC 6716 §3.1 table 2.
  public static int samplesPerFrame(byte toc) {
    int config = toc >>> 3 & 0x1f;
    return switch (mode(toc)) {
      case SILK -> (config & 3) == 3 ? 2880 : 480 << (config & 3);
      case HYBRID -> 480 << (config & 1);
      case CELT -> 120 << (config & 3);
    };
  }

  /// Number of frames of a packet, RFC 6716 §3.2, or -1 for a packet that breaks the rules of §3.4.
  public static int frameCount(byte[] packet, int offset, int length) {
    if (length < 1) {
      return -1;
    }
    int count =
        switch (packet[offset] & 3) {
          case 0 -> 1;
          case 1 -> (length - 1) % 2 == 0 ? 2 : -1;
          case 2 -> length >= 2 ? 2 : -1;
          default -> length >= 2 ? packet[offset + 1] & 0x3f : -1;
        };
    return count < 1 || count * samplesPerFrame(packet[offset]) > MAX_SAMPLES ? -1 : count;
  }

  /// Samples of a packet at 48 kHz, or -1 for a packet that breaks the rules.
  public static int samples(byte[] packet, int offset, int length) {
    int count = frameCount(packet, offset, length);
    return count < 0 ? -1 : count * samplesPerFrame(packet[offset]);
  }

  /// Whether a packet stands for silence in discontinuous transmission: no frame has data (RFC 6716
  /// §3.2.1 allows such frames, encoders send them for DTX).
  public static boolean isDiscontinuous(byte[] packet, int offset, int length) {
    return length >= 1 && length <= 2 && frameCount(packet, offset, length) == 1;
  }

  /// Whether a packet carries in-band FEC of the packet before it: the LBRR flags of the SILK
  /// layer, RFC 6716 §4.2.3 and §4.2.4, of the first frame's one or two channels.
  public static boolean hasInBandFec(byte[] packet, int offset, int length) {
    if (length < 2 || mode(packet[offset]) == Mode.CELT) {
      return false;
    }
    int data = firstFrameOffset(packet, offset, length);
    if (data < 0 || data >= offset + length) {
      return false;
    }
    // The header bits of SILK are coded with equal probability: VAD flags of each 20 ms, then LBRR.
    int silkFrames = Math.max(1, samplesPerFrame(packet[offset]) / 960);
    return (packet[data] >>> (7 - silkFrames) & 1) != 0
        || stereo(packet[offset]) && (packet[data] >>> (6 - 2 * silkFrames) & 1) != 0;
  }

  /// Index of the first frame's data, or -1.
  private static int firstFrameOffset(byte[] packet, int offset, int length) {
    int end = offset + length;
    int code = packet[offset] & 3;
    int at = offset + 1;
    if (code < 2) {
      return at;
    }
    if (code == 2) {
      return at + lengthBytes(packet, at, end);
    }
    if (at >= end) {
      return -1;
    }
    int header = packet[at++] & 0xff;
    if ((header & 0x40) != 0) {
      int value;
      do {
        if (at >= end) {
          return -1;
        }
        value = packet[at++] & 0xff;
      } while (value == 255);
    }
    if ((header & 0x80) != 0) {
      for (int i = 1; i < (header & 0x3f); i++) {
        at += lengthBytes(packet, at, end);
      }
    }
    return at;
  }

  /// Bytes a frame length takes, RFC 6716 §3.2.1.
  private static int lengthBytes(byte[] packet, int at, int end) {
    return at < end && (packet[at] & 0xff) >= 252 ? 2 : 1;
  }
}
