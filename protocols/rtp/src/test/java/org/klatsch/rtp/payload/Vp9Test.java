package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.rtp.payload.Vp8Test.hex;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rtp.MalformedRtpException;

class Vp9Test {
  @Test
  void readsLayersInNonFlexibleMode() throws Exception {
    byte[] payload = hex("e9 8123 53 44 00");
    Vp9Descriptor descriptor = new Vp9Descriptor();
    assertThat(descriptor.parse(payload, 0, payload.length)).isEqualTo(5);
    assertThat(descriptor.interPicture()).isTrue();
    assertThat(descriptor.flexible()).isFalse();
    assertThat(descriptor.frameStart()).isTrue();
    assertThat(descriptor.frameEnd()).isFalse();
    assertThat(descriptor.nonReferenceForHigherLayers()).isTrue();
    assertThat(descriptor.pictureId()).isEqualTo(0x123);
    assertThat(descriptor.temporalLayer()).isEqualTo(2);
    assertThat(descriptor.switchingPoint()).isTrue();
    assertThat(descriptor.spatialLayer()).isEqualTo(1);
    assertThat(descriptor.interLayer()).isTrue();
    assertThat(descriptor.tl0PicIdx()).isEqualTo(0x44);
    assertThat(descriptor.startsPicture()).isFalse();
    descriptor.rewrite(payload, 0, 0x4567, 0x89);
    assertThat(payload).isEqualTo(hex("e9 c567 53 89 00"));
  }

  @Test
  void readsReferencesInFlexibleMode() throws Exception {
    byte[] payload = hex("dc 05 03 09 10 00");
    Vp9Descriptor descriptor = new Vp9Descriptor();
    assertThat(descriptor.parse(payload, 0, payload.length)).isEqualTo(5);
    assertThat(descriptor.pictureId()).isEqualTo(5);
    assertThat(descriptor.referenceCount()).isEqualTo(3);
    assertThat(descriptor.reference(0)).isEqualTo(1);
    assertThat(descriptor.reference(1)).isEqualTo(4);
    assertThat(descriptor.reference(2)).isEqualTo(8);
  }

  @Test
  void readsTheScalabilityStructure() throws Exception {
    byte[] payload = hex("0a 38 0140 00b4 0280 0168 02 04 01 08 0102 00");
    Vp9Descriptor descriptor = new Vp9Descriptor();
    assertThat(descriptor.parse(payload, 0, payload.length)).isEqualTo(payload.length - 1);
    assertThat(descriptor.hasStructure()).isTrue();
    assertThat(descriptor.spatialLayers()).isEqualTo(2);
    assertThat(descriptor.width(0)).isEqualTo(320);
    assertThat(descriptor.height(1)).isEqualTo(360);
  }

  @Test
  void tellsTheSizeOfKeyFramesInTheStructure() throws Exception {
    byte[] frame = VideoFormats.VP9.frame(new Random(1), 50, true);
    var payloads = VideoRoundTripTest.payloads(new Vp9Packetizer(5), frame, 1200);
    assertThat(payloads.getFirst()).startsWith(hex("8f 8005 18 0280 0168 01 04 01"));
    Vp9Depacketizer depacketizer = new Vp9Depacketizer(1000);
    VideoRoundTripTest.join(depacketizer, payloads);
    assertThat(depacketizer.width()).isEqualTo(640);
    assertThat(depacketizer.height()).isEqualTo(360);
  }

  @Test
  void joinsTheSpatialLayersOfAPicture() throws Exception {
    Vp9Depacketizer depacketizer = new Vp9Depacketizer(1000);
    depacketizer.append(hex("ac 01 00 07 aa"), 0, 5);
    depacketizer.append(hex("a8 01 03 07 bb"), 0, 5);
    assertThat(depacketizer.complete()).isFalse();
    depacketizer.append(hex("a4 01 03 07 cc"), 0, 5);
    assertThat(depacketizer.frame()).startsWith(0xaa, 0xbb, 0xcc);
    assertThat(depacketizer.keyFrame()).isTrue();
    assertThat(depacketizer.complete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "08",
        "88",
        "8880",
        "28",
        "2800",
        "58",
        "5803",
        "58030303",
        "0a",
        "0a18 0280 0168 02 04"
      })
  void refusesWhatIsNoBeginning(String text) {
    byte[] payload = hex(text);
    Vp9Depacketizer depacketizer = new Vp9Depacketizer(1000);
    assertThat(depacketizer.startsFrame(payload, 0, payload.length)).isFalse();
    assertThatThrownBy(() -> depacketizer.append(payload, 0, payload.length))
        .isInstanceOf(MalformedRtpException.class);
  }
}
