package org.klatsch.rtp.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.rtp.payload.Vp8Test.hex;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rtp.MalformedRtpException;

class RedPayloadTest {
  /// Opus in RED as browsers send it: one redundant block, 20 ms older.
  private static final byte[] PAYLOAD = hex("ef 0f0003 6f aabbcc 112233");

  @Test
  void readsBlocks() throws Exception {
    assertThat(RedPayload.parse(PAYLOAD, 0, PAYLOAD.length))
        .containsExactly(new RedBlock(111, 960, 5, 3), new RedBlock(111, 0, 8, 3));
    assertThat(RedPayload.primaryType(PAYLOAD, 0, PAYLOAD.length)).isEqualTo(111);
    assertThat(RedPayload.parse(hex("6f 01"), 0, 2)).containsExactly(new RedBlock(111, 0, 1, 1));
  }

  @Test
  void writesBlocks() {
    byte[] out = new byte[PAYLOAD.length];
    int at = RedPayload.writeRedundantHeader(out, 0, 111, 960, 3);
    at = RedPayload.writePrimaryHeader(out, at, 111);
    System.arraycopy(hex("aabbcc112233"), 0, out, at, 6);
    assertThat(out).isEqualTo(PAYLOAD);
    assertThatThrownBy(() -> RedPayload.writeRedundantHeader(out, 0, 1, 16_384, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RedPayload.writeRedundantHeader(out, 0, 1, 1, 1024))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ef", "ef0f0003", "ef0f0003 6f aa"})
  void refusesWhatIsMalformed(String text) {
    byte[] payload = hex(text);
    assertThatThrownBy(() -> RedPayload.parse(payload, 0, payload.length))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void refusesMoreBlocksThanTheCap() {
    byte[] payload = new byte[4 * RedPayload.MAX_BLOCKS + 1];
    Arrays.fill(payload, (byte) 0x80);
    payload[payload.length - 1] = 0;
    assertThatThrownBy(() -> RedPayload.parse(payload, 0, payload.length))
        .isInstanceOf(MalformedRtpException.class);
    assertThat(RedPayload.primaryType(payload, 0, payload.length)).isZero();
    assertThat(RedPayload.primaryType(payload, 0, 4)).isEqualTo(-1);
  }
}
