package org.klatsch.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StunStreamDecoderTest {
  @Test
  void findsTheSameMessagesHoweverTheStreamIsCut() throws Exception {
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50); seed++) {
      Random random = new Random(seed);
      byte[] stream = new byte[20 * Rfc5769Test.REQUEST.length];
      for (int i = 0; i < 20; i++) {
        System.arraycopy(Rfc5769Test.REQUEST, 0, stream, i * Rfc5769Test.REQUEST.length, 108);
      }
      StunStreamDecoder decoder = new StunStreamDecoder(1500);
      int messages = 0;
      for (int at = 0; at < stream.length; ) {
        int length = Math.min(1 + random.nextInt(700), stream.length - at);
        decoder.handleBytes(stream, at, length);
        at += length;
        for (StunMessage message = decoder.poll(); message != null; message = decoder.poll()) {
          messages++;
          assertThat(Fingerprint.matches(message)).as("seed %d", seed).isTrue();
        }
      }
      assertThat(messages).as("seed %d", seed).isEqualTo(20);
    }
  }

  @Test
  void refusesAStreamOfSomethingElse() {
    StunStreamDecoder decoder = new StunStreamDecoder(1500);
    decoder.handleBytes(new byte[20], 0, 20);
    assertThatThrownBy(decoder::poll).isInstanceOf(MalformedStunException.class);
  }

  @Test
  void refusesAMessageLongerThanTheCap() {
    StunStreamDecoder decoder = new StunStreamDecoder(100);
    decoder.handleBytes(Rfc5769Test.REQUEST, 0, 20);
    assertThatThrownBy(decoder::poll)
        .isInstanceOf(MalformedStunException.class)
        .hasMessageContaining("108");
  }
}
