package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.testkit.Seeds;

class ReassemblerTest {
  @Test
  void putsOverlappingFragmentsTogetherInAnyOrder() {
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      Reassembler reassembler = new Reassembler(5_000, 20_000);
      byte[][] messages = new byte[5][];
      for (int i = 0; i < messages.length; i++) {
        messages[i] = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(3_000)];
        random.nextBytes(messages[i]);
      }
      int next = 0;
      for (int i = 0; i < 100_000 && next < messages.length; i++) {
        int which = random.nextInt(messages.length);
        byte[] message = messages[which];
        int offset = Math.clamp(random.nextInt(message.length + 600) - 300, 0, message.length);
        int length = Math.min(message.length - offset, random.nextInt(500));
        HandshakeHeader header = new HandshakeHeader(which, message.length, which, offset, length);
        Reassembler.Outcome outcome = reassembler.add(0, header, message, offset);
        assertThat(outcome)
            .isEqualTo(which < next ? Reassembler.Outcome.REPEATED : Reassembler.Outcome.KEPT);
        for (HandshakeMessage whole = reassembler.poll();
            whole != null;
            whole = reassembler.poll()) {
          assertThat(whole.sequence()).isEqualTo(next);
          assertThat(whole.body()).isEqualTo(messages[next]);
          next++;
        }
      }
      assertThat(next).isEqualTo(messages.length);
    });
  }

  @Test
  void refusesFragmentsThatContradictEarlierOnes() {
    Reassembler reassembler = new Reassembler(5_000, 20_000);
    byte[] bytes = new byte[10];
    assertThat(reassembler.add(0, new HandshakeHeader(1, 10, 0, 0, 5), bytes, 0))
        .isEqualTo(Reassembler.Outcome.KEPT);
    assertThat(reassembler.add(0, new HandshakeHeader(2, 10, 0, 5, 5), bytes, 0))
        .isEqualTo(Reassembler.Outcome.MALFORMED);
    assertThat(reassembler.add(0, new HandshakeHeader(1, 11, 0, 5, 5), bytes, 0))
        .isEqualTo(Reassembler.Outcome.MALFORMED);
    assertThat(reassembler.add(1, new HandshakeHeader(1, 10, 0, 5, 5), bytes, 0))
        .isEqualTo(Reassembler.Outcome.MALFORMED);
    assertThat(reassembler.add(0, new HandshakeHeader(1, 10, 0, 6, 5), bytes, 0))
        .isEqualTo(Reassembler.Outcome.MALFORMED);
    assertThat(reassembler.poll()).isNull();
    assertThat(reassembler.add(0, new HandshakeHeader(1, 10, 0, 5, 5), bytes, 5))
        .isEqualTo(Reassembler.Outcome.KEPT);
    assertThat(reassembler.poll()).isNotNull();
  }
}
