package org.klatsch.codecs.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResamplerTest {
  private static short[] resample(short[] in, int from, int to) {
    Resampler resampler = new Resampler(from, to, 1);
    short[] out = new short[resampler.maxOutput(in.length)];
    int written = resampler.resample(in, 0, in.length, out, 0);
    return Arrays.copyOf(out, written);
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 48000", "48000, 8000", "16000, 48000", "48000, 16000", "44100, 48000", "48000, 44100",
    "22050, 16000", "11025, 48000", "8000, 16000", "16000, 8000", "47999, 48000", "96000, 16000",
    "48000, 47987"
  })
  void carriesTonesOfItsBandCleanly(int from, int to) {
    double band = Math.min(from, to) / 2.0;
    for (double hz : new double[] {band * 0.05, band * 0.3, band * 0.8}) {
      short[] out = resample(Signals.tone(hz, from, from / 2, 20_000), from, to);
      // 16 bits allow 98 dB below full scale at best; rounding on both sides takes some.
      assertThat(Signals.toneSnr(out, out.length / 4, out.length, hz, to)).isGreaterThan(70);
      assertThat(Signals.rms(out, out.length / 4, out.length)).isBetween(13_900.0, 14_350.0);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "48000, 8000, 4000",
    "48000, 16000, 9000",
    "44100, 8000, 4100",
    "48000, 44100, 22100"
  })
  void removesWhatTheLowerRateCannotCarry(int from, int to, double hz) {
    short[] out = resample(Signals.tone(hz, from, from / 2, 20_000), from, to);
    assertThat(Signals.rms(out, out.length / 4, out.length)).isLessThan(5);
  }

  @ParameterizedTest
  @CsvSource({"8000, 48000", "48000, 8000", "44100, 48000", "16000, 24000"})
  void givesTenMillisecondsForTenMilliseconds(int from, int to) {
    Resampler resampler = new Resampler(from, to, 2);
    short[] in = new short[from / 100 * 2];
    short[] out = new short[resampler.maxOutput(from / 100) * 2];
    for (int i = 0; i < 50; i++) {
      assertThat(resampler.resample(in, 0, from / 100, out, 0)).isEqualTo(to / 100);
    }
  }

  @Test
  void theCutOfTheStreamDoesNotMatter() {
    short[] in = Signals.noise(new Random(5), 20_000, 5_000);
    short[] whole = resample(in, 44_100, 16_000);
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50) / 5; seed++) {
      Random random = new Random(seed);
      Resampler resampler = new Resampler(44_100, 16_000, 1);
      short[] out = new short[whole.length + 2];
      int written = 0;
      for (int at = 0; at < in.length; ) {
        int count = Math.min(in.length - at, random.nextInt(0, 1_500));
        written += resampler.resample(in, at, count, out, written);
        at += count;
      }
      assertThat(Arrays.copyOf(out, written)).as("seed %d", seed).isEqualTo(whole);
    }
  }

  @Test
  void keepsChannelsApart() {
    short[] left = Signals.tone(1_000, 48_000, 9_600, 10_000);
    short[] both = new short[left.length * 2];
    for (int i = 0; i < left.length; i++) {
      both[2 * i] = left[i];
    }
    Resampler resampler = new Resampler(48_000, 16_000, 2);
    short[] out = new short[resampler.maxOutput(left.length) * 2];
    int frames = resampler.resample(both, 0, left.length, out, 0);
    short[] alone = resample(left, 48_000, 16_000);
    assertThat(frames).isEqualTo(alone.length);
    for (int i = 0; i < frames; i++) {
      assertThat(out[2 * i]).isEqualTo(alone[i]);
      assertThat(out[2 * i + 1]).isZero();
    }
  }

  @Test
  void copiesWhenRatesAreTheSame() {
    short[] in = Signals.noise(new Random(1), 1_000, 9_000);
    assertThat(resample(in, 16_000, 16_000)).isEqualTo(in);
  }

  @Test
  void isAsLateAsItSays() {
    short[] in = new short[4_800];
    in[1_000] = 20_000;
    Resampler resampler = new Resampler(48_000, 16_000, 1);
    short[] out = new short[resampler.maxOutput(in.length)];
    int written = resampler.resample(in, 0, in.length, out, 0);
    int peak = 0;
    for (int i = 0; i < written; i++) {
      peak = out[i] > out[peak] ? i : peak;
    }
    long late = Math.round((1_000 / 48_000.0 * 1e9 + resampler.delayNanos()) * 16_000 / 1e9);
    assertThat(peak).isBetween((int) late - 1, (int) late + 1);
  }

  @Test
  void refusesImpossibleRates() {
    assertThatThrownBy(() -> new Resampler(0, 48_000, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 to 48000 Hz");
  }
}
