package org.klatsch.media.audio;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.testkit.Seeds;

class AudioJitterBufferTest {
  private static final long MS = PlayoutModel.MS;

  @Test
  void playsEveryFrameInOrderWithLittleDelayOnAQuietNetwork() {
    Seeds.forEach(
        20,
        seed -> {
          PlayoutModel model = new PlayoutModel(seed);
          model.run(10_000);
          assertThat(model.count(AudioOperation.CONCEAL)).isZero();
          for (int i = 0; i < model.decoded.size(); i++) {
            assertThat(model.decoded.get(i)).isEqualTo(i);
          }
          assertThat(model.decoded).hasSizeGreaterThan(480);
          model.forget();
          model.run(10_000);
          assertThat(model.averageDelayMillis()).isBetween(0L, 40L);
        });
  }

  @Test
  void beginsWithTheLatestWhenItIsPulledLate() {
    AudioJitterBuffer<Integer> buffer = new AudioJitterBuffer<>(AudioJitterOptions.DEFAULT, 48_000);
    long now = 0;
    for (int i = 0; i < 150; i++, now += 20 * MS) {
      buffer.insert(now, i * 960, 960, FrameKind.AUDIO, true, i);
    }
    AudioPlayout<Integer> playout = new AudioPlayout<>();
    buffer.pull(now, 960, 0, playout);
    assertThat(playout.operation(0)).isEqualTo(AudioOperation.DECODE);
    assertThat(playout.frame(0)).isBetween(145, 149);
  }

  @Test
  void goesOnWithTheLatestWhenItWasNotPulledForLong() {
    AudioJitterBuffer<Integer> buffer = new AudioJitterBuffer<>(AudioJitterOptions.DEFAULT, 48_000);
    AudioPlayout<Integer> playout = new AudioPlayout<>();
    long now = 0;
    int decoded = 0;
    int last = 0;
    for (int i = 0; i < 700; i++, now += 20 * MS) {
      buffer.insert(now, i * 960, 960, FrameKind.AUDIO, true, i);
      // From 1 s to 13 s nobody pulls: more than the buffer holds.
      if (i < 50 || i >= 650) {
        buffer.pull(now + 5 * MS, 960, 0, playout);
        Integer frame = playout.size() == 0 ? null : playout.frame(0);
        if (i >= 650 && frame != null) {
          decoded++;
          last = frame;
        }
      }
    }
    assertThat(decoded).isGreaterThan(45);
    assertThat(last).isGreaterThan(690);
  }

  @Test
  void putsOvertakenFramesBackInOrder() {
    PlayoutModel model = new PlayoutModel(1);
    model.jitter = 50 * MS;
    model.run(20_000);
    model.forget();
    model.run(20_000);
    assertThat(model.decoded).isSorted().doesNotHaveDuplicates();
    assertThat(model.count(AudioOperation.DECODE)).isGreaterThan(850);
  }

  @Test
  void waitsAsLongAsTheJitterAsksAndNoLonger() {
    Seeds.forEach(
        10,
        seed -> {
          PlayoutModel model = new PlayoutModel(seed);
          model.jitter = 60 * MS;
          model.run(20_000);
          model.forget();
          long concealed = model.buffer.statistics().concealedSamples();
          long total = model.buffer.statistics().totalSamples();
          model.run(30_000);
          double share =
              (double) (model.buffer.statistics().concealedSamples() - concealed)
                  / (model.buffer.statistics().totalSamples() - total);
          assertThat(share).isLessThan(0.04);
          assertThat(model.averageDelayMillis()).isBetween(45L, 100L);
        });
  }

  @Test
  void shrinksTheDelayAfterTheJitterIsGone() {
    PlayoutModel model = new PlayoutModel(3);
    model.jitter = 150 * MS;
    model.run(15_000);
    assertThat(model.buffer.targetDelay()).isGreaterThan(100 * MS);
    model.jitter = 0;
    model.run(15_000);
    model.forget();
    model.run(5_000);
    assertThat(model.averageDelayMillis()).isLessThan(50);
    assertThat(model.buffer.statistics().accelerations()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(doubles = {200e-6, -200e-6})
  void absorbsDriftingClocks(double drift) {
    PlayoutModel model = new PlayoutModel(4);
    model.drift = drift;
    model.run(10_000);
    model.forget();
    long concealed = model.buffer.statistics().concealedSamples();
    model.run(600_000);
    assertThat(model.buffer.statistics().concealedSamples()).isEqualTo(concealed);
    assertThat(model.maxDelayMillis()).isLessThan(70);
    assertThat(model.decoded).hasSizeBetween(29_990, 30_010);
  }

  @Test
  void concealsALostFrameAndGoesOnInTime() {
    Seeds.forEach(
        10,
        seed -> {
          PlayoutModel model = new PlayoutModel(seed);
          model.loss = 0.1;
          model.run(30_000);
          assertThat(model.decoded).isSorted();
          AudioJitterStatistics statistics = model.buffer.statistics();
          double share = (double) statistics.concealedSamples() / statistics.totalSamples();
          assertThat(share).isBetween(0.06, 0.14);
          assertThat(statistics.framesDiscarded()).isZero();
          model.forget();
          model.run(5_000);
          assertThat(model.averageDelayMillis()).isLessThan(60);
        });
  }

  @Test
  void takesALostFrameFromTheOneBehindIt() {
    PlayoutModel model = new PlayoutModel(5);
    model.kind = FrameKind.AUDIO_WITH_FEC;
    model.loss = 0.05;
    model.run(20_000);
    model.forget();
    model.run(60_000);
    long recovered = model.count(AudioOperation.DECODE_FEC);
    assertThat(recovered).isGreaterThan(3 * model.count(AudioOperation.CONCEAL));
    assertThat(model.averageDelayMillis()).isLessThan(80);
  }

  @Test
  void isSilentBeforeTheFirstFrameAndAfterTheLast() {
    PlayoutModel model = new PlayoutModel(6);
    model.sending = false;
    model.run(1_000);
    assertThat(model.operations).containsOnly(AudioOperation.SILENCE);
    model.sending = true;
    model.run(2_000);
    model.sending = false;
    model.run(5_000);
    assertThat(model.operations.getLast()).isEqualTo(AudioOperation.SILENCE);
    assertThat(model.count(AudioOperation.CONCEAL)).isBetween(95L, 102L);
  }

  @Test
  void keepsTheDelayOverAPauseOfTheSender() {
    PlayoutModel model = new PlayoutModel(7);
    model.jitter = 30 * MS;
    model.run(10_000);
    for (int i = 0; i < 10; i++) {
      model.sending = false;
      model.run(700);
      model.sending = true;
      model.forget();
      model.run(2_000);
      assertThat(model.averageDelayMillis()).isBetween(20L, 80L);
    }
    assertThat(model.buffer.statistics().restarts()).isZero();
  }

  @Test
  void makesNoiseFromItsParametersToTheNextFrame() {
    AudioJitterBuffer<Integer> buffer = new AudioJitterBuffer<>(AudioJitterOptions.DEFAULT, 8_000);
    AudioPlayout<Integer> out = new AudioPlayout<>();
    long now = 0;
    for (int i = 0; i < 5; i++) {
      buffer.insert(now, i * 160, 160, FrameKind.AUDIO, true, i);
      now += 20 * MS;
      buffer.pull(now, 160, 0, out);
    }
    buffer.insert(now, 5 * 160, 0, FrameKind.COMFORT_NOISE, true, 5);
    int noise = 0;
    boolean parameters = false;
    for (int i = 0; i < 50; i++) {
      now += 20 * MS;
      buffer.pull(now, 160, 0, out);
      for (int k = 0; k < out.size(); k++) {
        if (out.operation(k) == AudioOperation.COMFORT_NOISE) {
          noise++;
          parameters |= Integer.valueOf(5).equals(out.frame(k));
        }
      }
    }
    assertThat(parameters).isTrue();
    assertThat(noise).isGreaterThanOrEqualTo(45);
    buffer.insert(now, 55 * 160, 160, FrameKind.AUDIO, true, 55);
    boolean decoded = false;
    for (int i = 0; i < 10; i++) {
      now += 20 * MS;
      buffer.pull(now, 160, 0, out);
      decoded |= out.size() > 0 && Integer.valueOf(55).equals(out.frame(0));
    }
    assertThat(decoded).isTrue();
  }

  @Test
  void beginsAnewWhenTheTimestampsJump() {
    PlayoutModel model = new PlayoutModel(8);
    model.run(2_000);
    model.firstTimestamp += 48_000 * 3_600;
    model.run(2_000);
    model.firstTimestamp -= 48_000 * 7_200;
    model.run(2_000);
    assertThat(model.decoded).hasSizeGreaterThan(270);
    assertThat(model.buffer.statistics().restarts()).isEqualTo(2);
  }

  @Test
  void holdsNoMoreThanItsCapWhenNobodyPlays() {
    AudioJitterBuffer<Integer> buffer = new AudioJitterBuffer<>(AudioJitterOptions.DEFAULT, 48_000);
    for (int i = 0; i < 10_000; i++) {
      buffer.insert(i * 20 * MS, i * 960, 960, FrameKind.AUDIO, true, i);
    }
    assertThat(buffer.size()).isEqualTo(AudioJitterOptions.DEFAULT.maxFrames());
    assertThat(buffer.statistics().framesDiscarded()).isEqualTo(9_800);
    AudioPlayout<Integer> out = new AudioPlayout<>();
    buffer.pull(10_000 * 20 * MS, 960, 0, out);
    // What is seconds old is not played.
    assertThat(out.frame(0)).isBetween(9_995, 9_999);
  }

  @Test
  void survivesAnyOrderOfFramesAndPulls() {
    Seeds.forEach(seed -> {
      java.util.SplittableRandom random = new java.util.SplittableRandom(seed);
      AudioJitterBuffer<Integer> buffer =
          new AudioJitterBuffer<>(AudioJitterOptions.DEFAULT, 48_000);
      AudioPlayout<Integer> out = new AudioPlayout<>();
      long now = 0;
      int buffered = 0;
      for (int i = 0; i < 3_000; i++) {
        now += random.nextLong(30 * MS);
        int timestamp =
            switch (random.nextInt(20)) {
              case 0 -> random.nextInt();
              case 1 -> (int) (now / 1_000_000 * 48) + random.nextInt(-100_000, 100_000);
              default -> (int) (now / 1_000_000 * 48) / 960 * 960;
            };
        FrameKind kind = FrameKind.values()[random.nextInt(3)];
        int length = kind == FrameKind.COMFORT_NOISE ? 0 : 120 << random.nextInt(6);
        buffer.insert(now, timestamp, length, kind, random.nextBoolean(), i);
        if (random.nextInt(3) > 0) {
          int wanted = random.nextInt(1, 2_000);
          buffer.pull(now, wanted, buffered, out);
          int made = buffered;
          for (int k = 0; k < out.size(); k++) {
            assertThat(out.samples(k)).isPositive();
            made += out.samples(k);
          }
          assertThat(made).isGreaterThanOrEqualTo(wanted);
          buffered = Math.max(0, made - wanted);
        }
      }
    });
  }
}
