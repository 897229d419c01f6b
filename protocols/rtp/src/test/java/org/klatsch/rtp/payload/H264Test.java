package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.rtp.payload.Vp8Test.hex;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rtp.MalformedRtpException;

class H264Test {
  private static final byte[] KEY_FRAME =
      hex("00000001 6742c01f 00000001 68ce3c80 000001 65888420 11223344 5566");

  @Test
  void joinsParameterSetsAndCutsLargeUnits() {
    assertThat(VideoRoundTripTest.payloads(new H264Packetizer(1), KEY_FRAME, 14))
        .containsExactly(hex("78 0004 6742c01f 0004 68ce3c80"), hex("65888420 11223344 5566"));
    assertThat(VideoRoundTripTest.payloads(new H264Packetizer(1), KEY_FRAME, 7))
        .containsExactly(
            hex("6742c01f"), hex("68ce3c80"), hex("7c85 888420 1122"), hex("7c45 3344 5566"));
  }

  @Test
  void sendsSingleUnitsInModeZero() {
    H264Packetizer packetizer = new H264Packetizer(0);
    assertThat(VideoRoundTripTest.payloads(packetizer, KEY_FRAME, 10))
        .containsExactly(hex("6742c01f"), hex("68ce3c80"), hex("65888420 11223344 5566"));
    assertThatThrownBy(() -> packetizer.start(KEY_FRAME, 0, KEY_FRAME.length, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10 bytes");
    assertThatThrownBy(() -> packetizer.start(new byte[5], 0, 5, 9))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new H264Packetizer(2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void joinsAllThreeKindsOfPayload() throws Exception {
    H264Depacketizer depacketizer = new H264Depacketizer(1000);
    byte[] frame =
        VideoRoundTripTest.join(
            depacketizer,
            List.of(hex("78 0003 6742c0 0002 68ce"), hex("0605"), hex("7c85 88"), hex("7c45 99")));
    assertThat(frame).isEqualTo(hex("00000001 6742c0 00000001 68ce 00000001 0605 00000001 658899"));
    assertThat(depacketizer.keyFrame()).isTrue();
    assertThat(depacketizer.hasParameterSets()).isTrue();
    assertThat(depacketizer.complete()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6742", "78 0002 6742", "78 0002 0605 0002 6588", "6588", "7c85 88"})
  void seesKeyFrames(String text) {
    byte[] payload = hex(text);
    assertThat(new H264Depacketizer(9).startsKeyFrame(payload, 0, payload.length)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "65", "4188", "7c05 88", "7c45 88", "78 0002", "1c81 88", "6508"})
  void seesNoKeyFrameElsewhere(String text) {
    byte[] payload = hex(text);
    assertThat(new H264Depacketizer(9).startsKeyFrame(payload, 0, payload.length)).isFalse();
  }

  @Test
  void takesFirstSlicesForBeginnings() {
    H264Depacketizer depacketizer = new H264Depacketizer(9);
    assertThat(depacketizer.startsFrame(hex("4180"), 0, 2)).isTrue();
    assertThat(depacketizer.startsFrame(hex("4140"), 0, 2)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"65", "0011", "7900026588", "1d11", "78 0005 6588", "7800", "780000", "7c05 88"})
  void refusesWhatIsMalformed(String text) {
    byte[] payload = hex(text);
    assertThatThrownBy(() -> new H264Depacketizer(99).append(payload, 0, payload.length))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void refusesFragmentsThatDoNotFollow() throws Exception {
    for (String next : List.of("7c85 88", "7c01 88", "4188")) {
      H264Depacketizer depacketizer = new H264Depacketizer(99);
      depacketizer.append(hex("7c85 88"), 0, 3);
      byte[] payload = hex(next);
      assertThatThrownBy(() -> depacketizer.append(payload, 0, payload.length))
          .isInstanceOf(MalformedRtpException.class);
    }
  }
}
