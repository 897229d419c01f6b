package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rtp.MalformedRtpException;

class Vp8Test {
  static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replace(" ", ""));
  }

  @Test
  void readsTheDescriptorWithEverything() throws Exception {
    byte[] payload = hex("b0 f0 9234 56 a5 00");
    Vp8Descriptor descriptor = new Vp8Descriptor();
    assertThat(descriptor.parse(payload, 0, payload.length)).isEqualTo(6);
    assertThat(descriptor.nonReference()).isTrue();
    assertThat(descriptor.partitionStart()).isTrue();
    assertThat(descriptor.partition()).isZero();
    assertThat(descriptor.pictureId()).isEqualTo(0x1234);
    assertThat(descriptor.tl0PicIdx()).isEqualTo(0x56);
    assertThat(descriptor.temporalLayer()).isEqualTo(2);
    assertThat(descriptor.layerSync()).isTrue();
    assertThat(descriptor.keyIndex()).isEqualTo(5);
    descriptor.rewrite(payload, 0, 0x7fff, 0x99);
    assertThat(payload).isEqualTo(hex("b0 f0 ffff 99 a5 00"));
  }

  @Test
  void readsAShortPictureId() throws Exception {
    byte[] payload = hex("90 80 11 9d");
    Vp8Descriptor descriptor = new Vp8Descriptor();
    assertThat(descriptor.parse(payload, 0, payload.length)).isEqualTo(3);
    assertThat(descriptor.pictureId()).isEqualTo(0x11);
    assertThat(descriptor.temporalLayer()).isEqualTo(Vp8Descriptor.ABSENT);
    descriptor.rewrite(payload, 0, 0x1ff, 3);
    assertThat(payload).isEqualTo(hex("90 80 7f 9d"));
  }

  @Test
  void readsTheSizeOfAKeyFrame() throws Exception {
    Vp8Depacketizer depacketizer = new Vp8Depacketizer(1000);
    byte[] payload = hex("10 50 0500 9d012a 8002 6801 aabb");
    assertThat(depacketizer.startsKeyFrame(payload, 0, payload.length)).isTrue();
    depacketizer.append(payload, 0, payload.length);
    assertThat(depacketizer.keyFrame()).isTrue();
    assertThat(depacketizer.width()).isEqualTo(640);
    assertThat(depacketizer.height()).isEqualTo(360);
  }

  @Test
  void writesLayers() {
    Vp8Packetizer packetizer = new Vp8Packetizer(0x7fff).temporalLayer(true, 1, true, 9);
    List<byte[]> payloads = VideoRoundTripTest.payloads(packetizer, hex("01020304"), 8);
    assertThat(payloads).containsExactly(hex("b0e0ffff0960 0102"), hex("a0e0ffff0960 0304"));
    assertThat(VideoRoundTripTest.payloads(packetizer, hex("01"), 8))
        .containsExactly(hex("b0e080000960 01"));
    assertThat(packetizer.pictureId()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "80", "9080", "908080", "904000", "9020", "00 aa"})
  void refusesWhatIsNoBeginning(String text) {
    byte[] payload = hex(text);
    Vp8Depacketizer depacketizer = new Vp8Depacketizer(1000);
    assertThat(depacketizer.startsFrame(payload, 0, payload.length)).isFalse();
    assertThat(depacketizer.startsKeyFrame(payload, 0, payload.length)).isFalse();
    assertThatThrownBy(() -> depacketizer.append(payload, 0, payload.length))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void refusesASecondBeginning() throws Exception {
    Vp8Depacketizer depacketizer = new Vp8Depacketizer(1000);
    depacketizer.append(hex("10 01"), 0, 2);
    assertThatThrownBy(() -> depacketizer.append(hex("10 01"), 0, 2))
        .isInstanceOf(MalformedRtpException.class);
    // A further partition begins no frame.
    depacketizer.append(hex("11 02"), 0, 2);
    assertThat(depacketizer.frameLength()).isEqualTo(2);
  }
}
