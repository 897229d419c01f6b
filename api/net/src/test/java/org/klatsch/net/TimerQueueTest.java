package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.ProtocolCore;

class TimerQueueTest {
  @Test
  void agreesWithASearchThroughAllTimers() {
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50); seed++) {
      Random random = new Random(seed);
      TimerQueue queue = new TimerQueue();
      List<LoopTimer> timers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        timers.add(queue.timer(() -> {}));
      }
      for (int step = 0; step < 2000; step++) {
        LoopTimer timer = timers.get(random.nextInt(timers.size()));
        switch (random.nextInt(4)) {
          case 0 -> timer.cancel();
          case 1 -> {
            long now = random.nextInt(1000);
            LoopTimer expired = queue.pollExpired(now);
            if (expired == null) {
              assertThat(queue.next()).as("seed %d", seed).isGreaterThan(now);
            } else {
              assertThat(expired.deadline()).isEqualTo(ProtocolCore.NEVER);
            }
          }
          default -> timer.set(random.nextInt(1000));
        }
        long earliest = ProtocolCore.NEVER;
        int running = 0;
        for (LoopTimer each : timers) {
          earliest = Math.min(earliest, each.deadline());
          running += each.deadline() == ProtocolCore.NEVER ? 0 : 1;
        }
        assertThat(queue.next()).as("seed %d step %d", seed, step).isEqualTo(earliest);
        assertThat(queue.size()).isEqualTo(running);
      }
    }
  }
}
