package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PacketKindTest {
  @ParameterizedTest
  @CsvSource({
    "0, 3, STUN",
    "4, 15, OTHER",
    "16, 19, ZRTP",
    "20, 63, DTLS",
    "64, 79, TURN_CHANNEL",
    "80, 127, QUIC",
    "128, 191, RTP_OR_RTCP",
    "192, 255, QUIC"
  })
  void followsTheRangesOfTheRfc(int first, int last, PacketKind kind) {
    for (int i = first; i <= last; i++) {
      assertThat(PacketKind.of(i)).isEqualTo(kind);
    }
  }
}
