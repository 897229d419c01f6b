package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamStartTest {
  private static StreamStart of(byte[] bytes) {
    return StreamStart.of(bytes, 0, bytes.length);
  }

  private static byte[] framed(byte[] packet) {
    byte[] frame = new byte[2 + packet.length];
    frame[0] = (byte) (packet.length >>> 8);
    frame[1] = (byte) packet.length;
    System.arraycopy(packet, 0, frame, 2, packet.length);
    return frame;
  }

  @Test
  void tellsTheProtocolsOfASharedPortApart() {
    byte[] check = SharedPortTest.check("abcd:efgh");
    assertThat(of(framed(check))).isEqualTo(StreamStart.ICE);
    assertThat(of(check)).isEqualTo(StreamStart.TURN);
    assertThat(of("GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(StreamStart.OTHER);
    assertThat(of(new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3})).isEqualTo(StreamStart.TLS);
    assertThat(of(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0})).isEqualTo(StreamStart.OTHER);
  }

  @Test
  void decidesTheSameHoweverTheBytesAreCut() {
    for (byte[] start :
        new byte[][] {framed(SharedPortTest.check("a:b")), SharedPortTest.check("a:b")}) {
      StreamStart whole = of(start);
      for (int i = 0; i <= StreamStart.LENGTH; i++) {
        assertThat(of(Arrays.copyOf(start, i))).isIn(StreamStart.UNDECIDED, whole);
      }
    }
  }

  @Test
  void alwaysDecidesOnEnoughBytes() {
    Random random = new Random(6544);
    for (int i = 0; i < 10_000; i++) {
      byte[] bytes = new byte[StreamStart.LENGTH];
      random.nextBytes(bytes);
      bytes[0] &= (byte) random.nextInt(256);
      assertThat(of(bytes)).isNotEqualTo(StreamStart.UNDECIDED);
    }
  }
}
