package org.klatsch.codecs.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.CodecFormat;

class QuantizerTest {
  /// The arithmetic encoder of RFC 6386 §7.3, for bits as likely set as not.
  private static final class BoolEncoder {
    private final byte[] bytes = new byte[64];
    private int length;
    private int range = 255;
    private long bottom;
    private int count = 24;

    BoolEncoder put(int value, int bits) {
      for (int i = bits - 1; i >= 0; i--) {
        bit(value >> i & 1);
      }
      return this;
    }

    private void bit(int value) {
      int split = 1 + ((range - 1) * 128 >> 8);
      if (value == 1) {
        bottom += split;
        range -= split;
      } else {
        range = split;
      }
      while (range < 128) {
        range <<= 1;
        if ((bottom & 1L << 31) != 0) {
          carry();
        }
        bottom = bottom << 1 & 0xffff_ffffL;
        if (--count == 0) {
          bytes[length++] = (byte) (bottom >> 24);
          bottom &= 0xff_ffff;
          count = 8;
        }
      }
    }

    private void carry() {
      int at = length - 1;
      while (at >= 0 && bytes[at] == (byte) 255) {
        bytes[at--] = 0;
      }
      if (at >= 0) {
        bytes[at]++;
      }
    }

    byte[] frame(boolean key) {
      put(0, 32);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.writeBytes(new byte[] {(byte) (key ? 0x10 : 0x11), 0, 0});
      if (key) {
        out.writeBytes(new byte[] {(byte) 0x9d, 1, 0x2a, 64, 0, 64, 0});
      }
      out.write(bytes, 0, length);
      return out.toByteArray();
    }
  }

  private static int vp8(byte[] frame) {
    return Quantizer.index(CodecFormat.VP8, frame);
  }

  @Test
  void readsThePlainHeaderOfVp8() {
    for (int index = 0; index < 128; index++) {
      BoolEncoder key = new BoolEncoder().put(0, 2 + 1 + 10 + 1 + 2).put(index, 7);
      assertThat(vp8(key.frame(true))).isEqualTo(index);
      BoolEncoder inter = new BoolEncoder().put(0, 1 + 10 + 1 + 2).put(index, 7);
      assertThat(vp8(inter.frame(false))).isEqualTo(index);
    }
  }

  @Test
  void passesOverSegmentsAndFilterDeltasOfVp8() {
    BoolEncoder key =
        new BoolEncoder()
            .put(0, 2)
            // Segments with a map and quantizers: one of each four is there.
            .put(0b111, 3)
            .put(1, 1)
            .put(1, 1)
            .put(77, 8)
            .put(0, 3)
            .put(0, 3)
            .put(1, 1)
            .put(33, 7)
            .put(0, 2)
            .put(1, 1)
            .put(200, 8)
            .put(5, 10)
            // Deltas of the filter.
            .put(0b11, 2)
            .put(1, 1)
            .put(9, 7)
            .put(0, 3)
            .put(0, 3)
            .put(1, 1)
            .put(11, 7)
            .put(2, 2)
            .put(101, 7);
    assertThat(vp8(key.frame(true))).isEqualTo(101);
  }

  private static byte[] bits(String text) {
    String digits = text.replace(" ", "") + "0".repeat(64);
    byte[] bytes = new byte[digits.length() / 8];
    for (int i = 0; i < 8 * bytes.length; i++) {
      bytes[i / 8] |= (byte) (digits.charAt(i) - '0' << 7 - i % 8);
    }
    return bytes;
  }

  private static String field(int value, int bits) {
    String digits = Integer.toBinaryString(value);
    return "0".repeat(bits - digits.length()) + digits;
  }

  private static int vp9(String header) {
    return Quantizer.index(CodecFormat.VP9, bits(header));
  }

  @Test
  void readsTheUncompressedHeaderOfVp9() {
    String filter = field(20, 6) + field(0, 3) + "0";
    String key =
        "10 00 0 0 1 0"
            + field(0x498342, 24)
            + "010 0"
            + field(639, 16)
            + field(359, 16)
            + "0 00 00"
            + filter;
    assertThat(vp9(key + field(97, 8))).isEqualTo(97);
    String inter = "10 00 0 1 1 0 00" + field(1, 8) + "0000 0010 0100 1 0 0 1 00 00";
    assertThat(vp9(inter + filter + field(201, 8))).isEqualTo(201);
    // None of the references has the size, the filter is fixed, and it has deltas.
    String resized =
        "10 00 0 1 1 1"
            + field(1, 8)
            + "0000 0010 0100 000"
            + field(319, 16)
            + field(179, 16)
            + "0 0 0 11 00"
            + field(20, 6)
            + field(0, 3)
            + "11 1 0000011 000 00";
    assertThat(vp9(resized + field(55, 8))).isEqualTo(55);
  }

  @Test
  void aPictureThatRepeatsAnotherHasNone() {
    assertThat(vp9("10 00 1 000")).isEqualTo(-1);
    assertThat(Quantizer.index(CodecFormat.H264, new byte[100])).isEqualTo(-1);
    assertThat(vp8(new byte[0])).isEqualTo(-1);
    assertThat(vp8(new byte[] {0x10, 0, 0})).isEqualTo(-1);
  }

  @Test
  void damagedPicturesDoNoHarm() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] frame = new byte[random.nextInt(40)];
      random.nextBytes(frame);
      assertThat(vp8(frame)).isBetween(-1, 127);
      assertThat(Quantizer.index(CodecFormat.VP9, frame)).isBetween(-1, 255);
    }
  }

  @FuzzTest
  void headers(FuzzedDataProvider data) {
    boolean vp9 = data.consumeBoolean();
    byte[] frame = data.consumeRemainingAsBytes();
    int index = Quantizer.index(vp9 ? CodecFormat.VP9 : CodecFormat.VP8, frame);
    assertThat(index).isBetween(-1, vp9 ? 255 : 127);
  }
}
