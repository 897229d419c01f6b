package org.klatsch.codecs.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PitchConcealmentTest {
  /// Runs a signal through in blocks, of which some are lost.
  private static short[] withLosses(short[] signal, int rateHz, int block, IntPredicate isLost) {
    PitchConcealment concealment = new PitchConcealment(rateHz);
    short[] out = signal.clone();
    for (int i = 0; (i + 1) * block <= out.length; i++) {
      if (isLost.test(i)) {
        concealment.conceal(out, i * block, block);
      } else {
        concealment.received(out, i * block, block);
      }
    }
    return out;
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 440",
    "8000, 1000",
    "8000, 313.7",
    "16000, 440",
    "16000, 171.3",
    "48000, 440",
    "8000, 80"
  })
  void continuesATone(int rateHz, double hz) {
    short[] tone = Signals.tone(hz, rateHz, rateHz, 10_000);
    int block = rateHz / 50;
    short[] out = withLosses(tone, rateHz, block, i -> i % 7 == 5);

    // No click: no step is much larger than the tone's own.
    assertThat(Signals.largestStep(out, 0, out.length))
        .isLessThan((int) (1.35 * Signals.largestStep(tone, 0, tone.length)) + 40);
    // The first 10 ms keep their strength.
    for (int i = 5; i * block + block / 2 <= out.length; i += 7) {
      assertThat(Signals.rms(out, i * block, i * block + block / 2))
          .isBetween(0.8 * 7_071, 1.2 * 7_071);
    }
  }

  @Test
  void repeatsThePulsesOfAVowel() {
    short[] vowel = new short[8_000];
    double[] y = new double[2];
    for (int i = 0; i < vowel.length; i++) {
      // 125 Hz through a resonance at 700 Hz.
      double r = 0.96;
      double next =
          (i % 64 == 0 ? 6_000 : 0)
              + 2 * r * Math.cos(2 * Math.PI * 700 / 8_000) * y[0]
              - r * r * y[1];
      y[1] = y[0];
      y[0] = next;
      vowel[i] = (short) next;
    }
    short[] out = withLosses(vowel, 8_000, 80, i -> i > 4 && i % 10 == 9);
    for (int block = 9; block < 100; block += 10) {
      assertThat(Signals.snr(vowel, out, 0, block * 80, block * 80 + 80)).isGreaterThan(15);
    }
  }

  @Test
  void fadesToSilenceInALongLoss() {
    short[] tone = Signals.tone(300, 8_000, 8_000, 10_000);
    short[] out = withLosses(tone, 8_000, 160, i -> i >= 10 && i < 20);
    assertThat(Signals.rms(out, 1_600 + 500, 1_600 + 1_600)).isZero();
    assertThat(Signals.rms(out, 3_200 + 80, 4_000)).isBetween(6_900.0, 7_200.0);
    assertThat(Signals.largestStep(out, 0, out.length)).isLessThan(4_000);
  }

  @Test
  void changesNothingWithoutLoss() {
    short[] noise = Signals.noise(new Random(1), 4_000, 3_000);
    assertThat(withLosses(noise, 8_000, 80, i -> false)).isEqualTo(noise);
  }

  @Test
  void beginsSilentlyWhenNothingWasReceived() {
    short[] out = new short[160];
    new PitchConcealment(8_000).conceal(out, 0, 160);
    assertThat(out).containsOnly(0);
  }

  @Test
  void refusesARateBelowSpeech() {
    assertThatThrownBy(() -> new PitchConcealment(100))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("100");
  }
}
