package org.klatsch.rtp.payload;

/// Types of NAL units and payloads, RFC 6184 §5.2 table 1, and finding units in a byte stream
/// (ITU-T H.264 annex B).
final class H264Nal {
  static final int SLICE = 1;
  static final int IDR = 5;
  static final int SEI = 6;
  static final int SPS = 7;
  static final int PPS = 8;
  static final int DELIMITER = 9;
  static final int MAX_SINGLE = 23;
  static final int STAP_A = 24;
  static final int FU_A = 28;

  private H264Nal() {}

  static int type(byte header) {
    return header & 0x1f;
  }

  /// Index of the next start code (its three-byte form), or `end`.
  static int startCode(byte[] stream, int from, int end) {
    for (int i = from; i + 2 < end; i++) {
      if (stream[i + 2] > 1) {
        i += 2;
      } else if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
        return i;
      }
    }
    return end;
  }

  /// Whether an access unit can begin with a unit of this header and the byte behind it: parameter
  /// sets, delimiters and enhancement information, or a slice whose first_mb_in_slice is 0 (a
  /// single one bit in its Exp-Golomb code).
  static boolean startsAccessUnit(int type, int firstDataByte) {
    return switch (type) {
      case SLICE, 2, IDR -> (firstDataByte & 0x80) != 0;
      case SEI, SPS, PPS, DELIMITER -> true;
      default -> false;
    };
  }
}
