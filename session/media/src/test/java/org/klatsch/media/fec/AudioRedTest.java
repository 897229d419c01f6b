package org.klatsch.media.fec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AudioRedTest {
  private static final int OPUS = 111;

  @Test
  void everyFrameArrivesOnceWhileNoMoreAreLostThanTheDepth() throws Exception {
    int seeds = Integer.getInteger("klatsch.seeds", 50);
    for (int seed = 0; seed < seeds; seed++) {
      Random random = new Random(seed);
      int depth = 1 + random.nextInt(4);
      AudioRedSender sender = new AudioRedSender(depth, depth);
      AudioRedReceiver receiver = new AudioRedReceiver();
      Map<Integer, byte[]> sent = new TreeMap<>();
      Map<Integer, byte[]> received = new TreeMap<>();
      byte[] out = new byte[1200];
      int run = 0;
      int timestamp = random.nextInt();
      for (int i = 0; i < 200; i++, timestamp += 960) {
        byte[] frame = new byte[1 + random.nextInt(120)];
        random.nextBytes(frame);
        sent.put(timestamp, frame);
        int length = sender.write(OPUS, timestamp, frame, 0, frame.length, out, 5, 1100);
        if (i < 199 && run < depth && random.nextInt(3) == 0) {
          run++;
          continue;
        }
        run = 0;
        receiver.handle(
            out,
            5,
            length,
            timestamp,
            (type, at, array, offset, count, redundant) -> {
              assertThat(type).isEqualTo(OPUS);
              assertThat(received.put(at, Arrays.copyOfRange(array, offset, offset + count)))
                  .isNull();
            });
      }
      assertThat(received.keySet()).as("seed %d", seed).isEqualTo(sent.keySet());
      received.forEach((at, frame) -> assertThat(frame).isEqualTo(sent.get(at)));
    }
  }

  @Test
  void depthFollowsLossUpAtOnceAndDownSlowly() {
    AudioRedSender sender = new AudioRedSender(0, 3);
    assertThat(sender.depth()).isZero();
    sender.handleLoss(0.02);
    assertThat(sender.depth()).isEqualTo(1);
    sender.handleLoss(0.2);
    assertThat(sender.depth()).isEqualTo(3);
    sender.handleLoss(0);
    assertThat(sender.depth()).isEqualTo(3);
    int reports = 0;
    while (sender.depth() > 0) {
      sender.handleLoss(0);
      reports++;
    }
    assertThat(reports).isBetween(10, 60);
    assertThatThrownBy(() -> sender.handleLoss(2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new AudioRedSender(2, 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void repeatsOnlyWhatFitsTheRoomAndTheFields() throws Exception {
    AudioRedSender sender = new AudioRedSender(2, 2);
    byte[] out = new byte[1200];
    byte[] frame = new byte[100];
    assertThat(sender.write(OPUS, 0, frame, 0, 100, out, 0, 1000)).isEqualTo(101);
    assertThat(sender.write(OPUS, 960, frame, 0, 100, out, 0, 1000)).isEqualTo(205);
    assertThat(sender.write(OPUS, 1920, frame, 0, 100, out, 0, 1000)).isEqualTo(309);
    // Room for one repetition only, then for none.
    assertThat(sender.write(OPUS, 2880, frame, 0, 100, out, 0, 308)).isEqualTo(205);
    assertThat(sender.write(OPUS, 3840, frame, 0, 100, out, 0, 101)).isEqualTo(101);
    // A pause longer than the field.
    assertThat(sender.write(OPUS, 30_000, frame, 0, 100, out, 0, 1000)).isEqualTo(101);
    // After a frame longer than a block can be nothing is repeated.
    byte[] large = new byte[1100];
    assertThat(sender.write(OPUS, 30_960, large, 0, 1100, out, 0, 1200)).isEqualTo(1101);
    assertThat(sender.write(OPUS, 31_920, frame, 0, 100, out, 0, 1200)).isEqualTo(101);
    sender.reset();
    assertThat(sender.write(OPUS, 32_880, frame, 0, 100, out, 0, 1200)).isEqualTo(101);
    assertThatThrownBy(() -> sender.write(OPUS, 0, frame, 0, 100, out, 0, 100))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
