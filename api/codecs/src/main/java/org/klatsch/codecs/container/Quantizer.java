package org.klatsch.codecs.container;

import java.util.Locale;
import org.klatsch.codecs.CodecFormat;

/// How coarsely an encoded picture is quantized, read from its header: what browsers sum up as
/// `qpSum`.
public final class Quantizer {
  private static final int HALF = 128;

  private Quantizer() {}

  /// The base index: 0 to 127 of VP8, 0 to 255 of VP9; −1 for another codec, for a picture that
  /// only repeats another one, and for a damaged one.
  public static int index(CodecFormat format, byte[] frame) {
    try {
      return switch (format.encodingName().toLowerCase(Locale.ROOT)) {
        case "vp8" -> vp8(frame);
        case "vp9" -> vp9(frame);
        default -> -1;
      };
    } catch (IndexOutOfBoundsException e) {
      return -1;
    }
  }

  /// The frame header, RFC 6386 §9.2 to §9.6 and §19.2.
  private static int vp8(byte[] frame) {
    boolean key = (frame[0] & 1) == 0;
    BoolDecoder bits = new BoolDecoder(frame, key ? 10 : 3);
    if (key) {
      bits.take(2);
    }
    if (bits.flag()) {
      vp8Segments(bits);
    }
    bits.take(1 + 6 + 3);
    boolean deltas = bits.flag();
    boolean told = deltas && bits.flag();
    if (told) {
      bits.skipOptional(4, 7);
      bits.skipOptional(4, 7);
    }
    bits.take(2);
    return bits.take(7);
  }

  /// §9.3: the segments' own quantizers are relative to the base or in its place.
  private static void vp8Segments(BoolDecoder bits) {
    boolean map = bits.flag();
    if (bits.flag()) {
      bits.take(1);
      bits.skipOptional(4, 8);
      bits.skipOptional(4, 7);
    }
    if (map) {
      bits.skipOptional(3, 8);
    }
  }

  /// The uncompressed header, VP9 bitstream specification §6.2.
  private static int vp9(byte[] frame) {
    Bits bits = new Bits(frame, 0);
    if (bits.take(2) != 2) {
      return -1;
    }
    int profile = bits.take(1) | bits.take(1) << 1;
    if (profile == 3) {
      bits.take(1);
    }
    if (bits.flag()) {
      return -1;
    }
    boolean inter = bits.flag();
    boolean shown = bits.flag();
    boolean resilient = bits.flag();
    if (!inter) {
      bits.take(24);
      vp9Colours(bits, profile);
      vp9Size(bits);
    } else {
      boolean intraOnly = !shown && bits.flag();
      if (!resilient) {
        bits.take(2);
      }
      if (intraOnly) {
        bits.take(24);
        if (profile > 0) {
          vp9Colours(bits, profile);
        }
        bits.take(8);
        vp9Size(bits);
      } else {
        vp9References(bits);
      }
    }
    if (!resilient) {
      bits.take(2);
    }
    bits.take(2);
    // §6.2.8: the loop filter.
    bits.take(6 + 3);
    boolean deltas = bits.flag();
    boolean told = deltas && bits.flag();
    if (told) {
      for (int i = 0; i < 4 + 2; i++) {
        if (bits.flag()) {
          bits.take(7);
        }
      }
    }
    return bits.take(8);
  }

  private static void vp9References(Bits bits) {
    bits.take(8);
    bits.take(3 * 4);
    boolean found = false;
    for (int i = 0; i < 3 && !found; i++) {
      found = bits.flag();
    }
    if (!found) {
      bits.take(32);
    }
    if (bits.flag()) {
      bits.take(32);
    }
    bits.take(1);
    if (!bits.flag()) {
      bits.take(2);
    }
  }

  private static void vp9Colours(Bits bits, int profile) {
    if (profile >= 2) {
      bits.take(1);
    }
    boolean odd = (profile & 1) == 1;
    // 7 is RGB, which has neither range nor subsampling of its own choice.
    if (bits.take(3) != 7) {
      bits.take(odd ? 4 : 1);
    } else if (odd) {
      bits.take(1);
    }
  }

  private static void vp9Size(Bits bits) {
    bits.take(32);
    if (bits.flag()) {
      bits.take(32);
    }
  }

  /// The arithmetic decoder of RFC 6386 §7.3, for bits as likely set as not.
  private static final class BoolDecoder {
    private final byte[] bytes;
    private int next;
    private int value;
    private int range = 255;
    private int shifted;

    BoolDecoder(byte[] bytes, int at) {
      this.bytes = bytes;
      value = (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
      next = at + 2;
    }

    boolean flag() {
      int split = 1 + ((range - 1) * HALF >> 8);
      boolean set = value >= split << 8;
      if (set) {
        range -= split;
        value -= split << 8;
      } else {
        range = split;
      }
      while (range < HALF) {
        value <<= 1;
        range <<= 1;
        if (++shifted == 8) {
          shifted = 0;
          value |= bytes[next++] & 0xff;
        }
      }
      return set;
    }

    int take(int count) {
      int bits = 0;
      for (int i = 0; i < count; i++) {
        bits = bits << 1 | (flag() ? 1 : 0);
      }
      return bits;
    }

    /// Passes over values that stand behind a flag of their own each.
    void skipOptional(int count, int length) {
      for (int i = 0; i < count; i++) {
        if (flag()) {
          take(length);
        }
      }
    }
  }
}
