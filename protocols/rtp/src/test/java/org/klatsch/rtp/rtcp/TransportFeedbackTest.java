package org.klatsch.rtp.rtcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.klatsch.rtp.rtcp.RtcpTest.hex;
import static org.klatsch.rtp.rtcp.RtcpTest.parse;
import static org.klatsch.rtp.rtcp.RtcpTest.write;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.rtp.MalformedRtpException;

class TransportFeedbackTest {
  private static TransportFeedback read(String text) throws MalformedRtpException {
    return (TransportFeedback) parse(hex(text)).getFirst();
  }

  @Test
  void readsEveryKindOfChunk() throws Exception {
    // A run of three received, a one-bit vector 1 0 0…, a two-bit vector 0 1 2 …; deltas.
    TransportFeedback feedback =
        read(
            "afcd0008 00000001 00000002 fffe0018 000102 07"
                + "2003 a000 c600 01020304 05 ff38 000003");
    assertThat(feedback.baseSequence()).isEqualTo(65534);
    assertThat(feedback.statusCount()).isEqualTo(24);
    assertThat(feedback.feedbackCount()).isEqualTo(7);
    assertThat(feedback.referenceNanos()).isEqualTo(0x102 * 64_000_000L);
    assertThat(feedback.sequence(2)).isZero();
    assertThat(feedback.received(0)).isTrue();
    assertThat(feedback.deltaNanos(0)).isEqualTo(250_000);
    assertThat(feedback.deltaNanos(2)).isEqualTo(750_000);
    assertThat(feedback.received(3)).isTrue();
    assertThat(feedback.received(4)).isFalse();
    assertThat(feedback.received(17)).isFalse();
    assertThat(feedback.deltaNanos(18)).isEqualTo(1_250_000);
    assertThat(feedback.deltaNanos(19)).isEqualTo(-200 * 250_000);
  }

  @Test
  void readsFeedbackWithoutTimes() throws Exception {
    TransportFeedback feedback = read("8fcd0005 00000001 00000002 00010005 00000001 20050000");
    assertThat(feedback.received(4)).isTrue();
    assertThat(feedback.timed(4)).isFalse();
    assertThatThrownBy(() -> feedback.deltaNanos(4)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesRunsThatClaimMoreThanTheCap() {
    assertThatThrownBy(() -> read("8fcd0005 00000001 00000002 0001ffff 00000001 1fff1fff"))
        .isInstanceOf(MalformedRtpException.class)
        .hasMessageContaining("65535 statuses");
  }

  @Test
  void refusesMissingDeltas() {
    assertThatThrownBy(() -> read("8fcd0006 00000001 00000002 00010008 00000001 20080101 01010101"))
        .isInstanceOf(MalformedRtpException.class);
  }

  @Test
  void reportsWhatWasAdded() throws Exception {
    int seeds = Integer.getInteger("klatsch.seeds", 50);
    TransportFeedback.Builder builder = new TransportFeedback.Builder();
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      double loss = random.nextDouble();
      int base = random.nextInt(65536);
      long start = random.nextLong(1L << 50);
      int spread = 1 << random.nextInt(30);
      long time = start;
      builder.start(base, start);
      Long[] arrivals = new Long[400];
      for (int i = 0; i < arrivals.length; i++) {
        if (i != 0 && random.nextDouble() < loss) {
          continue;
        }
        time += i == 0 ? 0 : random.nextLong(spread) - spread / 5;
        if (builder.add(base + i & 0xffff, time, 900)) {
          arrivals[i] = time;
        } else {
          break;
        }
      }
      TransportFeedback feedback = builder.build(1, 2, 300);
      assertThat(feedback.length()).as("seed %d", seed).isLessThanOrEqualTo(900);
      TransportFeedback read = (TransportFeedback) parse(write(feedback)).getFirst();
      assertThat(read).as("seed %d", seed).isEqualTo(feedback);
      assertThat(read.feedbackCount()).isEqualTo(44);
      // 24 bits of reference time wrap; the first packet is at most 64 ms behind it.
      long at = start / TransportFeedback.REFERENCE_NANOS * TransportFeedback.REFERENCE_NANOS;
      for (int i = 0; i < read.statusCount(); i++) {
        assertThat(read.received(i)).as("seed %d", seed).isEqualTo(arrivals[i] != null);
        if (read.received(i)) {
          at += read.deltaNanos(i);
          assertThat(Math.abs(at - arrivals[i]))
              .as("seed %d", seed)
              .isLessThanOrEqualTo(TransportFeedback.DELTA_NANOS / 2);
        }
      }
    }
  }

  @Test
  void saysWhenAnArrivalDoesNotFit() {
    TransportFeedback.Builder builder = new TransportFeedback.Builder().start(10, 0);
    assertThat(builder.add(10, 0, 100)).isTrue();
    assertThat(builder.add(10, 0, 100)).isFalse();
    assertThat(builder.add(11, 10_000_000_000L, 100)).isFalse();
    assertThat(builder.add(9, 0, 100)).isFalse();
    assertThat(builder.add(1000, 0, 100)).isFalse();
    assertThat(builder.statusCount()).isEqualTo(1);
  }
}
