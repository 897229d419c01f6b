package org.klatsch.codecs.recorder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StreamClockTest {
  private static final long MS = 1_000_000;

  @Test
  void theFastestFrameIsTheMeasure() {
    StreamClock clock = new StreamClock(90_000, new SenderClock());
    Random random = new Random(1);
    long time = 0;
    for (int i = 0; i < 300; i++) {
      long captured = i * 33 * MS;
      long arrival = captured + 20 * MS + random.nextLong(60 * MS);
      time = clock.time(clock.extended(i * 33 * 90 + 1_000), arrival, 0);
    }
    assertThat(time).isBetween(299 * 33 * MS + 20 * MS, 299 * 33 * MS + 23 * MS);
  }

  @Test
  void timestampsWrap() {
    StreamClock clock = new StreamClock(48_000, new SenderClock());
    long before = clock.extended(-960);
    assertThat(clock.extended(0) - before).isEqualTo(960);
    assertThat(clock.extended(960) - before).isEqualTo(1_920);
    // One that was overtaken.
    assertThat(clock.extended(480) - before).isEqualTo(1_440);
    assertThat(clock.extended(1_920) - before).isEqualTo(2_880);
  }

  @Test
  void anotherTimelineBeginsAnew() {
    StreamClock clock = new StreamClock(1_000, new SenderClock());
    assertThat(clock.time(clock.extended(0), 0, 0)).isZero();
    assertThat(clock.time(clock.extended(20), 10_000 * MS, 0)).isEqualTo(10_000 * MS);
    assertThat(clock.time(clock.extended(40), 10_020 * MS, 0)).isEqualTo(10_020 * MS);
  }

  /// Audio comes after 10 ms, video after 150: by their reports they were captured together.
  @Test
  void reportsPutStreamsTogether() {
    SenderClock sender = new SenderClock();
    StreamClock audio = new StreamClock(48_000, sender);
    StreamClock video = new StreamClock(90_000, sender);
    long heard = 0;
    long seen = 0;
    for (int i = 0; i < 50; i++) {
      long captured = 1_000 * MS + i * 20 * MS;
      long ntp =
          (captured / 1_000_000_000L << 32) + (long) (captured % 1_000_000_000L * 4.294967296);
      heard = audio.time(audio.extended(i * 960), captured + 10 * MS, ntp);
      seen = video.time(video.extended(i * 1_800), captured + 150 * MS, ntp);
    }
    assertThat(seen).isBetween(heard - 10, heard + 10);
  }
}
