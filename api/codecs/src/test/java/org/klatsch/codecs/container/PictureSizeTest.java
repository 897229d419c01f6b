package org.klatsch.codecs.container;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.CodecFormat;

class PictureSizeTest {
  private static final CodecFormat AV1 = new CodecFormat("video/AV1", 90_000, 0, Map.of());

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text);
  }

  @Test
  void readsVp8() {
    assertThat(PictureSize.of(CodecFormat.VP8, hex("1002009d012a800268010000")))
        .contains(new PictureSize(640, 360));
    assertThat(PictureSize.of(CodecFormat.VP8, hex("1102009d012a800268010000"))).isEmpty();
  }

  /// 01 is the marker, profile 0, a shown key frame, the synchronisation code, BT.601, 640 × 360.
  @Test
  void readsVp9() {
    assertThat(PictureSize.of(CodecFormat.VP9, hex("824983422027f016700000")))
        .contains(new PictureSize(640, 360));
    assertThat(PictureSize.of(CodecFormat.VP9, hex("8649834220"))).isEmpty();
  }

  @Test
  void readsH264() {
    // Constrained baseline as OpenH264 makes it.
    assertThat(
            PictureSize.of(
                CodecFormat.H264, hex("000000016742c01f8c8d40501e900f08846a0000000168ce3c80")))
        .contains(new PictureSize(640, 480));
    // High profile as x264 makes it, 1280 × 720.
    assertThat(
            PictureSize.of(
                CodecFormat.H264,
                hex("0000000167640020acd9405005bb011000000300100000030320f183196000000001")))
        .contains(new PictureSize(1_280, 720));
    assertThat(PictureSize.of(CodecFormat.H264, hex("0000000141"))).isEmpty();
  }

  /// A temporal delimiter and the sequence header of a frame as libaom makes it for calls.
  @Test
  void readsAv1() {
    assertThat(PictureSize.of(AV1, hex("12000a0d2000000cc4ff6736be480868013200")))
        .contains(new PictureSize(640, 360));
    assertThat(PictureSize.of(AV1, hex("1200"))).isEmpty();
    assertThat(PictureSize.of(AV1, hex("0aff"))).isEmpty();
  }

  @FuzzTest
  void neverFails(byte[] frame) {
    PictureSize.of(AV1, frame);
    PictureSize.of(CodecFormat.VP8, frame);
    PictureSize.of(CodecFormat.VP9, frame);
    PictureSize.of(CodecFormat.H264, frame);
  }
}
