package org.klatsch.sansio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimersTest {
  private enum Key {
    A,
    B,
    C,
    D
  }

  @Test
  void takesExpiredTimersInTheOrderOfTheirDeadlines() {
    Timers<Key> timers = new Timers<>(Key.class);
    timers.set(Key.B, 20);
    timers.set(Key.A, 30);
    timers.set(Key.C, 10);
    assertThat(timers.next()).isEqualTo(10);
    assertThat(timers.pollExpired(9)).isNull();
    assertThat(timers.pollExpired(25)).isEqualTo(Key.C);
    assertThat(timers.pollExpired(25)).isEqualTo(Key.B);
    assertThat(timers.pollExpired(25)).isNull();
    assertThat(timers.next()).isEqualTo(30);
    timers.cancelAll();
    assertThat(timers.next()).isEqualTo(ProtocolCore.NEVER);
    assertThat(timers.pollExpired(ProtocolCore.NEVER)).isNull();
  }

  @Test
  void agreesWithANaiveModel() {
    Random random = new Random(7);
    Timers<Key> timers = new Timers<>(Key.class);
    Map<Key, Long> model = new EnumMap<>(Key.class);
    for (int i = 0; i < 10_000; i++) {
      Key key = Key.values()[random.nextInt(4)];
      switch (random.nextInt(3)) {
        case 0 -> {
          long at = random.nextInt(100);
          timers.set(key, at);
          model.put(key, at);
        }
        case 1 -> {
          timers.cancel(key);
          model.remove(key);
        }
        default -> {
          long now = random.nextInt(100);
          Key expired = timers.pollExpired(now);
          if (expired == null) {
            assertThat(model.values()).allMatch(at -> at > now);
          } else {
            long at = model.remove(expired);
            assertThat(at).isLessThanOrEqualTo(now);
            assertThat(model.values()).allMatch(other -> other >= at);
          }
        }
      }
      assertThat(timers.next())
          .isEqualTo(model.values().stream().min(Long::compare).orElse(ProtocolCore.NEVER));
    }
  }
}
