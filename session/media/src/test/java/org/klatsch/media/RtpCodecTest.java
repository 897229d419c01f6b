package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class RtpCodecTest {
  @Test
  void keepsTheOrderOfParametersAndFindsThemInAnyCase() {
    RtpCodec codec =
        RtpCodec.of("audio/opus", 111, 48_000, 2)
            .withParameters(RtpCodec.parseFmtp("minptime=10; useinbandfec=1;;stereo"));
    assertThat(codec.fmtpLine()).isEqualTo("minptime=10;useinbandfec=1;stereo");
    assertThat(codec.parameter("UseInbandFec", 0)).isEqualTo(1);
    assertThat(codec.parameter("stereo", 7)).isEqualTo(7);
    assertThat(codec.parameter("ptime", 20)).isEqualTo(20);
  }

  @Test
  void knowsWhichPayloadTypesServeOthers() {
    RtpCodec rtx =
        RtpCodec.of("video/rtx", 97, 90_000, 1).withParameters(RtpCodec.parseFmtp("apt=96"));
    assertThat(rtx.isMedia()).isFalse();
    assertThat(rtx.associatedPayloadType()).isEqualTo(96);
    RtpCodec vp8 =
        RtpCodec.of("video/VP8", 96, 90_000, 1)
            .withRtcpFeedback(List.of(RtcpFeedback.NACK, RtcpFeedback.PLI));
    assertThat(vp8.isMedia()).isTrue();
    assertThat(vp8.is("vp8")).isTrue();
    assertThat(vp8.has(RtcpFeedback.PLI)).isTrue();
    assertThat(vp8.has(RtcpFeedback.FIR)).isFalse();
  }

  @Test
  void refusesAPayloadTypeThatDoesNotFit() {
    assertThatThrownBy(() -> RtpCodec.of("audio/opus", 128, 48_000, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("128");
  }
}
