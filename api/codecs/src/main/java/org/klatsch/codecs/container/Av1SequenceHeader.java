package org.klatsch.codecs.container;

import java.util.Arrays;
import java.util.Optional;

/// The sequence header of AV1, AV1 bitstream specification §5.5, and the configuration record that
/// files have of it, AV1 in ISO-BMFF §2.3.
///
/// @param width largest of the pictures
/// @param height largest of the pictures
/// @param unit the whole unit, with its size
record Av1SequenceHeader(
    int width, int height, int profile, int level, int tier, int colours, byte[] unit) {
  /// Type of the unit, §6.2.2.
  private static final int SEQUENCE_HEADER = 1;

  /// Level above which a tier is told, §5.5.1.
  private static final int LAST_WITHOUT_TIER = 7;

  private static final int MAX_SIZE_BYTES = 8;

  /// The first one among the units of a frame in the low-overhead format, §5.2; empty when there is
  /// none or it is damaged.
  static Optional<Av1SequenceHeader> find(byte[] frame) {
    try {
      int at = 0;
      while (at < frame.length) {
        int start = at;
        int type = frame[at] >> 3 & 0xf;
        boolean extended = (frame[at] & 4) != 0;
        boolean sized = (frame[at] & 2) != 0;
        at += extended ? 2 : 1;
        int size = frame.length - at;
        if (sized) {
          long value = 0;
          int bytes = 0;
          do {
            value |= (frame[at] & 0x7fL) << 7 * bytes;
            bytes++;
          } while (frame[at++] < 0 && bytes < MAX_SIZE_BYTES);
          if (value > frame.length - at) {
            return Optional.empty();
          }
          size = (int) value;
        }
        if (type == SEQUENCE_HEADER) {
          return sized
              ? Optional.of(parse(frame, at, Arrays.copyOfRange(frame, start, at + size)))
              : Optional.empty();
        }
        at += size;
      }
    } catch (IndexOutOfBoundsException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  private static Av1SequenceHeader parse(byte[] frame, int at, byte[] unit) {
    Bits bits = new Bits(frame, 8 * at);
    int profile = bits.take(3);
    bits.take(1);
    boolean reduced = bits.flag();
    int level;
    int tier = 0;
    if (reduced) {
      level = bits.take(5);
    } else {
      boolean modelled = false;
      int delayBits = 0;
      if (bits.flag()) {
        bits.take(32);
        bits.take(32);
        if (bits.flag()) {
          bits.unsigned();
        }
        modelled = bits.flag();
        if (modelled) {
          delayBits = bits.take(5) + 1;
          bits.take(32);
          bits.take(10);
        }
      }
      boolean delayed = bits.flag();
      int points = bits.take(5) + 1;
      level = 0;
      for (int i = 0; i < points; i++) {
        bits.take(12);
        int pointLevel = bits.take(5);
        int pointTier = pointLevel > LAST_WITHOUT_TIER ? bits.take(1) : 0;
        if (i == 0) {
          level = pointLevel;
          tier = pointTier;
        }
        if (modelled && bits.flag()) {
          bits.take(delayBits);
          bits.take(delayBits);
          bits.take(1);
        }
        if (delayed && bits.flag()) {
          bits.take(4);
        }
      }
    }
    int widthBits = bits.take(4) + 1;
    int heightBits = bits.take(4) + 1;
    int width = bits.take(widthBits) + 1;
    int height = bits.take(heightBits) + 1;
    if (!reduced && bits.flag()) {
      bits.take(7);
    }
    bits.take(3);
    if (!reduced) {
      tools(bits);
    }
    bits.take(3);
    return new Av1SequenceHeader(width, height, profile, level, tier, colours(bits, profile), unit);
  }

  /// What coding tools are in use.
  private static void tools(Bits bits) {
    bits.take(4);
    boolean ordered = bits.flag();
    if (ordered) {
      bits.take(2);
    }
    boolean chosen = bits.flag();
    boolean screen = chosen || bits.flag();
    if (screen && !bits.flag()) {
      bits.take(1);
    }
    if (ordered) {
      bits.take(3);
    }
  }

  /// §5.5.2, as the third byte of the record has it but for the tier.
  private static int colours(Bits bits, int profile) {
    boolean high = bits.flag();
    boolean twelve = profile == 2 && high && bits.flag();
    boolean grey = profile != 1 && bits.flag();
    boolean rgb = false;
    if (bits.flag()) {
      int primaries = bits.take(8);
      int transfer = bits.take(8);
      rgb = primaries == 1 && transfer == 13 && bits.take(8) == 0;
      if (!(primaries == 1 && transfer == 13)) {
        bits.take(8);
      }
    }
    int x = 1;
    int y = 1;
    int position = 0;
    if (grey) {
      bits.take(1);
    } else if (rgb) {
      x = 0;
      y = 0;
    } else {
      bits.take(1);
      if (profile == 1) {
        x = 0;
        y = 0;
      } else if (profile == 2) {
        x = twelve ? bits.take(1) : 1;
        y = twelve && x == 1 ? bits.take(1) : 0;
      }
      position = x == 1 && y == 1 ? bits.take(2) : 0;
    }
    return (high ? 0x40 : 0) | (twelve ? 0x20 : 0) | (grey ? 0x10 : 0) | x << 3 | y << 2 | position;
  }

  /// The configuration record: what `CodecPrivate` of WebM and `av1C` of MP4 have.
  byte[] record() {
    byte[] out = new byte[4 + unit.length];
    out[0] = (byte) 0x81;
    out[1] = (byte) (profile << 5 | level);
    out[2] = (byte) (tier << 7 | colours);
    System.arraycopy(unit, 0, out, 4, unit.length);
    return out;
  }
}
