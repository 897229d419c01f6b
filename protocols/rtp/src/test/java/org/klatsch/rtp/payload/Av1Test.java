package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.rtp.payload.Vp8Test.hex;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rtp.MalformedRtpException;

class Av1Test {
  @Test
  void leavesOutDelimitersAndSizes() {
    // Temporal delimiter, sequence header, frame, padding.
    assertThat(
            VideoRoundTripTest.payloads(
                new Av1Packetizer(), hex("1200 0a03010203 3204aabbccdd 7a0100"), 100))
        .containsExactly(hex("28 04 08010203 30aabbccdd"));
  }

  @Test
  void cutsAUnitThatDoesNotFit() {
    assertThat(
            VideoRoundTripTest.payloads(new Av1Packetizer(), hex("36480a 00010203040506070809"), 8))
        .containsExactly(hex("50 3448 00010203"), hex("90 0405060708 09"));
  }

  @Test
  void joinsUnitsWithAndWithoutCountedElements() throws Exception {
    Av1Depacketizer depacketizer = new Av1Depacketizer(1000);
    assertThat(
            VideoRoundTripTest.join(
                depacketizer, List.of(hex("48 02 0801 02 30aa"), hex("80 01 bb 02 30cc"))))
        .isEqualTo(hex("0a0101 3202aabb 3201cc"));
    assertThat(depacketizer.keyFrame()).isTrue();
    // A unit that kept its size, and a delimiter that was not left out.
    assertThat(VideoRoundTripTest.join(depacketizer, List.of(hex("20 02 1200 3202aabb"))))
        .isEqualTo(hex("3202aabb"));
    assertThat(depacketizer.keyFrame()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10",
        "90 30",
        "20 05 30",
        "20 01 30",
        "00 05 30",
        "00 80",
        "10 34",
        "10 3205aa"
      })
  void refusesWhatIsMalformed(String text) {
    byte[] payload = hex(text);
    assertThatThrownBy(() -> new Av1Depacketizer(99).append(payload, 0, payload.length))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void refusesFragmentsThatAreNotContinued() throws Exception {
    Av1Depacketizer depacketizer = new Av1Depacketizer(99);
    depacketizer.append(hex("50 30aa"), 0, 3);
    assertThatThrownBy(() -> depacketizer.append(hex("10 30aa"), 0, 3))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void refusesATemporalUnitWithWrongSizes() {
    assertThatThrownBy(() -> new Av1Packetizer().start(hex("3205aa"), 0, 3, 100))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
