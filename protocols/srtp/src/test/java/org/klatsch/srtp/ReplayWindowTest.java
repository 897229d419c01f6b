package org.klatsch.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.klatsch.testkit.Seeds;

class ReplayWindowTest {
  /// Against a set of all indices.
  @Test
  void knowsWhatWasSeen() {
    Seeds.forEach(seed -> {
      Random random = new Random(seed);
      int size = 64 + random.nextInt(1_000);
      ReplayWindow window = new ReplayWindow(size);
      Set<Long> seen = new HashSet<>();
      long highest = ReplayWindow.NONE;
      for (int i = 0; i < 2_000; i++) {
        long index =
            Math.max(0, highest + random.nextInt(random.nextInt(10) == 0 ? 5_000 : 50) - 40);
        if (highest - index < size) {
          assertThat(window.isTooOld(index)).isFalse();
          assertThat(window.contains(index)).isEqualTo(seen.contains(index));
        }
        if (!window.isTooOld(index)) {
          window.add(index);
          seen.add(index);
          highest = Math.max(highest, index);
        }
        assertThat(window.highest()).isEqualTo(highest);
      }
    });
  }

  /// The cases around the halves of the sequence space, RFC 3711 appendix A.
  @Test
  void guessesTheIndexAsTheRfc() {
    SrtpStream stream = new SrtpStream(1, 64);
    assertThat(stream.estimate(40_000)).isEqualTo(40_000);
    stream.rtp.add(10);
    assertThat(stream.estimate(10 + 0x8000)).isEqualTo(10 + 0x8000);
    assertThat(stream.estimate(10 + 0x8001)).isNegative();
    stream.rtp.add(0x1_fff0);
    assertThat(stream.estimate(0xfff1)).isEqualTo(0x1_fff1);
    assertThat(stream.estimate(5)).isEqualTo(0x2_0005);
    assertThat(stream.estimate(0x7ff0)).isEqualTo(0x1_7ff0);
    assertThat(stream.estimate(0x7fef)).isEqualTo(0x2_7fef);
    stream.rtp.add(0x2_0005);
    assertThat(stream.estimate(0xfff1)).isEqualTo(0x1_fff1);
    assertThat(stream.estimate(6)).isEqualTo(0x2_0006);
  }
}
