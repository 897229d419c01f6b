package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.klatsch.rtp.payload.Vp8Test.hex;

import org.junit.jupiter.api.Test;
import org.klatsch.rtp.MalformedRtpException;

class ComfortNoiseTest {
  @Test
  void readsLevelAndSpectrum() throws Exception {
    ComfortNoise noise = ComfortNoise.parse(hex("c67f00fe"), 0, 4);
    assertThat(noise.level()).isEqualTo(70);
    assertThat(noise.coefficient(0)).isZero();
    assertThat(noise.coefficient(1)).isCloseTo(-1, within(0.001));
    assertThat(noise.coefficient(2)).isCloseTo(1, within(0.001));
    byte[] out = new byte[noise.length()];
    noise.write(out, 0);
    assertThat(out).isEqualTo(hex("467f00fe"));
    assertThatThrownBy(() -> ComfortNoise.parse(out, 0, 0))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void readsNoMoreCoefficientsThanTheCap() throws Exception {
    assertThat(ComfortNoise.parse(new byte[100], 0, 100).reflection())
        .hasSize(ComfortNoise.MAX_ORDER);
    assertThat(ComfortNoise.ofLevel(5).length()).isEqualTo(1);
  }

  @Test
  void aByteOfAStaticFormatIsATick() {
    assertThat(StaticAudioFormat.G722.ticks(160)).isEqualTo(160);
    assertThat(StaticAudioFormat.G722.payloadType()).isEqualTo(9);
    assertThat(StaticAudioFormat.G722.clockRateHz()).isEqualTo(8000);
    assertThat(StaticAudioFormat.G722.sampleRateHz()).isEqualTo(16_000);
  }
}
