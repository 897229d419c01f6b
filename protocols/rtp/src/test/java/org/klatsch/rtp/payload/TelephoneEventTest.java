package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.rtp.payload.Vp8Test.hex;

import org.junit.jupiter.api.Test;
import org.klatsch.rtp.MalformedRtpException;

class TelephoneEventTest {
  @Test
  void readsAndWritesPayloads() throws Exception {
    assertThat(TelephoneEvent.parse(hex("0b8a0320"), 0, 4))
        .isEqualTo(new TelephoneEvent(11, true, 10, 800));
    byte[] out = new byte[4];
    new TelephoneEvent(11, true, 10, 800).write(out, 0);
    assertThat(out).isEqualTo(hex("0b8a0320"));
    assertThatThrownBy(() -> TelephoneEvent.parse(out, 0, 3))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void knowsTheDigits() {
    for (char digit : "0123456789*#ABCD".toCharArray()) {
      assertThat(TelephoneEvent.digitOf(TelephoneEvent.eventOf(digit))).isEqualTo(digit);
    }
    assertThat(TelephoneEvent.eventOf('c')).isEqualTo(14);
    assertThat(TelephoneEvent.eventOf('x')).isEqualTo(-1);
    assertThat(TelephoneEvent.digitOf(16)).isEqualTo('\0');
  }
}
