package org.klatsch.codecs.container;

import java.util.Locale;
import java.util.Optional;
import org.klatsch.codecs.CodecFormat;

/// Width and height as a key frame itself tells them.
///
/// @param width in pixels
/// @param height in pixels
public record PictureSize(int width, int height) {
  /// H.264 §7.4.2.1.1: no picture of a level is larger.
  private static final int MAX_MACROBLOCKS = 1_055;

  /// Looks into a key frame of VP8, VP9, H.264 or AV1; empty when it is none or damaged.
  public static Optional<PictureSize> of(CodecFormat format, byte[] frame) {
    try {
      return switch (format.encodingName().toLowerCase(Locale.ROOT)) {
        case "vp8" -> vp8(frame);
        case "vp9" -> vp9(frame);
        case "h264" -> h264(frame);
        case "av1" ->
            Av1SequenceHeader.find(frame).flatMap(each -> sized(each.width(), each.height()));
        default -> Optional.empty();
      };
    } catch (IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static Optional<PictureSize> sized(int width, int height) {
    return width > 0 && height > 0 ? Optional.of(new PictureSize(width, height)) : Optional.empty();
  }

  /// RFC 6386 §9.1: three bytes of frame tag, three of start code, then both sides.
  private static Optional<PictureSize> vp8(byte[] frame) {
    if ((frame[0] & 1) != 0 || frame[3] != (byte) 0x9d || frame[4] != 1 || frame[5] != 0x2a) {
      return Optional.empty();
    }
    int width = (frame[6] & 0xff) | (frame[7] & 0x3f) << 8;
    int height = (frame[8] & 0xff) | (frame[9] & 0x3f) << 8;
    return sized(width, height);
  }

  /// The uncompressed header, VP9 bitstream specification §6.2.
  private static Optional<PictureSize> vp9(byte[] frame) {
    Bits bits = new Bits(frame, 0);
    if (bits.take(2) != 2) {
      return Optional.empty();
    }
    int profile = bits.take(1) | bits.take(1) << 1;
    if (profile == 3) {
      bits.take(1);
    }
    boolean shown = bits.take(1) == 1;
    boolean inter = bits.take(1) == 1;
    if (shown || inter) {
      return Optional.empty();
    }
    bits.take(2);
    if (bits.take(24) != 0x498342) {
      return Optional.empty();
    }
    if (profile >= 2) {
      bits.take(1);
    }
    int colours = bits.take(3);
    // 7 is RGB, which has neither range nor subsampling of its own choice.
    if (colours != 7) {
      bits.take(1);
      if (profile == 1 || profile == 3) {
        bits.take(3);
      }
    } else if (profile == 1 || profile == 3) {
      bits.take(1);
    }
    int width = bits.take(16) + 1;
    return sized(width, bits.take(16) + 1);
  }

  private static Optional<PictureSize> h264(byte[] frame) {
    for (byte[] nal : H264Nals.split(frame)) {
      if (H264Nals.type(nal) == H264Nals.SPS) {
        return h264Parameters(nal);
      }
    }
    return Optional.empty();
  }

  /// The sequence parameter set, H.264 §7.3.2.1.1.
  private static Optional<PictureSize> h264Parameters(byte[] sps) {
    Bits bits = new Bits(unescape(sps), 8);
    int profile = bits.take(8);
    bits.take(16);
    bits.unsigned();
    int chroma = 1;
    switch (profile) {
      case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135 -> {
        chroma = bits.unsigned();
        if (chroma == 3) {
          bits.take(1);
        }
        bits.unsigned();
        bits.unsigned();
        bits.take(1);
        if (bits.take(1) == 1) {
          skipScalingLists(bits, chroma == 3 ? 12 : 8);
        }
      }
      default -> {}
    }
    bits.unsigned();
    switch (bits.unsigned()) {
      case 0 -> bits.unsigned();
      case 1 -> {
        bits.take(1);
        bits.signed();
        bits.signed();
        for (int left = Math.min(256, bits.unsigned()); left > 0; left--) {
          bits.signed();
        }
      }
      default -> {}
    }
    bits.unsigned();
    bits.take(1);
    int columns = bits.unsigned() + 1;
    int rows = bits.unsigned() + 1;
    if (columns > MAX_MACROBLOCKS || rows > MAX_MACROBLOCKS) {
      return Optional.empty();
    }
    boolean frames = bits.take(1) == 1;
    if (!frames) {
      bits.take(1);
    }
    bits.take(1);
    int width = 16 * columns;
    int height = 16 * rows * (frames ? 1 : 2);
    if (bits.take(1) == 1) {
      int unitX = chroma == 1 || chroma == 2 ? 2 : 1;
      int unitY = (chroma == 1 ? 2 : 1) * (frames ? 1 : 2);
      width -= unitX * (bits.unsigned() + bits.unsigned());
      height -= unitY * (bits.unsigned() + bits.unsigned());
    }
    return sized(width, height);
  }

  private static void skipScalingLists(Bits bits, int lists) {
    for (int list = 0; list < lists; list++) {
      if (bits.take(1) == 1) {
        int last = 8;
        int next = 8;
        for (int i = 0; i < (list < 6 ? 16 : 64); i++) {
          if (next != 0) {
            next = (last + bits.signed()) & 0xff;
          }
          last = next == 0 ? last : next;
        }
      }
    }
  }

  /// Takes the bytes out that keep start codes from occurring within a unit, H.264 §7.4.1.
  private static byte[] unescape(byte[] nal) {
    byte[] plain = new byte[nal.length];
    int length = 0;
    int zeros = 0;
    for (byte each : nal) {
      if (zeros >= 2 && each == 3) {
        zeros = 0;
        continue;
      }
      zeros = each == 0 ? zeros + 1 : 0;
      plain[length++] = each;
    }
    return java.util.Arrays.copyOf(plain, length);
  }
}
