package org.klatsch.codecs.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeStretcherTest {
  /// Every second block shortened (or lengthened), the others as they are.
  private static short[] stretched(short[] in, int rateHz, int block, boolean shorten) {
    TimeStretcher stretcher = new TimeStretcher(rateHz, 1);
    short[] out = new short[in.length * 2];
    int written = 0;
    for (int i = 0; (i + 1) * block <= in.length; i++) {
      if (i % 2 == 0) {
        System.arraycopy(in, i * block, out, written, block);
        written += block;
      } else if (shorten) {
        short[] copy = Arrays.copyOfRange(in, i * block, (i + 1) * block);
        int left = stretcher.accelerate(copy, 0, block);
        System.arraycopy(copy, 0, out, written, left);
        written += left;
      } else {
        written += stretcher.expand(in, i * block, block, out, written);
      }
    }
    return Arrays.copyOf(out, written);
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 440, 20",
    "8000, 1003, 20",
    "16000, 440, 20",
    "48000, 440, 20",
    "48000, 440, 10",
    "48000, 261.6, 30",
    "16000, 133, 20",
    "48000, 3000, 20"
  })
  void keepsAToneCleanAndAtItsPitch(int rateHz, double hz, int milliseconds) {
    short[] tone = Signals.tone(hz, rateHz, rateHz, 10_000);
    int step = Signals.largestStep(tone, 0, tone.length);
    for (boolean shorten : new boolean[] {true, false}) {
      short[] out = stretched(tone, rateHz, rateHz * milliseconds / 1_000, shorten);
      if (shorten) {
        assertThat(out.length).isLessThan(tone.length * 93 / 100);
      } else {
        assertThat(out.length).isGreaterThan(tone.length * 107 / 100);
      }
      // No click.
      assertThat(Signals.largestStep(out, 0, out.length)).isLessThan(step * 11 / 10 + 30);
      // The pitch: as many crossings of zero per second as before.
      assertThat((double) crossings(out) / out.length)
          .isBetween(2 * hz / rateHz * 0.985, 2 * hz / rateHz * 1.015);
    }
  }

  private static int crossings(short[] pcm) {
    int count = 0;
    for (int i = 1; i < pcm.length; i++) {
      count += pcm[i] < 0 != pcm[i - 1] < 0 ? 1 : 0;
    }
    return count;
  }

  @Test
  void keepsTheEnergyOfSpeech() {
    short[] speech = Signals.speech(new Random(8), 16_000, 160_000);
    double before = Signals.rms(speech, 0, speech.length);
    for (boolean shorten : new boolean[] {true, false}) {
      short[] out = stretched(speech, 16_000, 480, shorten);
      assertThat(Signals.rms(out, 0, out.length)).isBetween(before * 0.85, before * 1.15);
      assertThat(Math.abs(out.length - speech.length)).isGreaterThan(speech.length / 25);
    }
  }

  @Test
  void leavesAloneWhatIsNotAlike() {
    short[] noise = Signals.noise(new Random(2), 320, 5_000);
    short[] copy = noise.clone();
    TimeStretcher stretcher = new TimeStretcher(16_000, 1);
    assertThat(stretcher.accelerate(copy, 0, 320)).isEqualTo(320);
    assertThat(copy).isEqualTo(noise);
    short[] out = new short[320 + stretcher.maxChange()];
    assertThat(stretcher.expand(noise, 0, 320, out, 0)).isEqualTo(320);
    assertThat(Arrays.copyOf(out, 320)).isEqualTo(noise);
  }

  @Test
  void changesSilenceByTheMost() {
    TimeStretcher stretcher = new TimeStretcher(48_000, 2);
    assertThat(stretcher.accelerate(new short[2_880], 0, 1_440)).isEqualTo(1_440 - 720);
    assertThat(stretcher.expand(new short[2_880], 0, 1_440, new short[5_000], 0))
        .isEqualTo(1_440 + 720);
  }

  @Test
  void stretchesBothChannelsTogether() {
    short[] tone = Signals.tone(400, 48_000, 960, 8_000);
    short[] both = new short[1_920];
    for (int i = 0; i < 960; i++) {
      both[2 * i] = tone[i];
      both[2 * i + 1] = (short) -tone[i];
    }
    TimeStretcher stretcher = new TimeStretcher(48_000, 2);
    int left = stretcher.accelerate(both, 0, 960);
    assertThat(left).isLessThan(960);
    for (int i = 0; i < left; i++) {
      assertThat(both[2 * i + 1]).isBetween((short) (-both[2 * i] - 1), (short) (-both[2 * i] + 1));
    }
  }

  @Test
  void leavesShortBlocksAlone() {
    TimeStretcher stretcher = new TimeStretcher(16_000, 1);
    assertThat(stretcher.accelerate(new short[80], 0, 80)).isEqualTo(80);
  }
}
