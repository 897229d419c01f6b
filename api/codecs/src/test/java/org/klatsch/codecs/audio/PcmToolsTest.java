package org.klatsch.codecs.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Levels, tones, mixing, comfort noise and the queue.
class PcmToolsTest {
  @Test
  void levelsAreThoseOfRfc6464() {
    short[] square = new short[800];
    for (int i = 0; i < 800; i++) {
      square[i] = (short) (i / 10 % 2 == 0 ? 32_767 : -32_767);
    }
    assertThat(AudioLevel.of(square, 0, 800)).isZero();
    assertThat(AudioLevel.of(Signals.tone(1_000, 8_000, 800, 32_767), 0, 800)).isEqualTo(3);
    assertThat(AudioLevel.of(Signals.tone(1_000, 8_000, 800, 328), 0, 800)).isEqualTo(43);
    assertThat(AudioLevel.of(new short[100], 0, 100)).isEqualTo(127);
    assertThat(AudioLevel.of(new short[0], 0, 0)).isEqualTo(127);
    assertThat(AudioLevel.ofRms(AudioLevel.rms(30))).isEqualTo(30);
  }

  @Test
  void goertzelMeasuresAToneInAnyCut() {
    short[] tone = Signals.tone(1_000, 16_000, 1_600, 6_000);
    Goertzel goertzel = new Goertzel(16_000, 1_000);
    goertzel.add(tone, 0, 700);
    goertzel.add(tone, 700, 900);
    assertThat(goertzel.power()).isBetween(6_000.0 * 6_000 / 2 * 0.99, 6_000.0 * 6_000 / 2 * 1.01);
    assertThat(goertzel.share()).isGreaterThan(0.99);
    goertzel.reset();
    goertzel.add(Signals.tone(2_000, 16_000, 1_600, 6_000), 0, 1_600);
    assertThat(goertzel.share()).isLessThan(0.01);
    goertzel.reset();
    goertzel.add(new short[100], 0, 100);
    assertThat(goertzel.share()).isZero();
    assertThatThrownBy(() -> new Goertzel(8_000, 4_000))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tonesChangeWithoutAClick() {
    ToneGenerator generator = new ToneGenerator(48_000);
    short[] out = new short[24_000];
    generator.start(10_000, 440);
    generator.fill(out, 0, 5_000);
    generator.start(10_000, 1_000);
    generator.fill(out, 5_000, 7_000);
    generator.stop();
    generator.fill(out, 12_000, 12_000);
    assertThat(generator.isSounding()).isFalse();
    assertThat(Signals.largestStep(out, 0, out.length)).isLessThan(1_400);
    assertThat(Signals.rms(out, 1_000, 4_900)).isBetween(6_900.0, 7_200.0);
    Goertzel goertzel = new Goertzel(48_000, 1_000);
    goertzel.add(out, 7_000, 4_800);
    assertThat(goertzel.share()).isGreaterThan(0.98);
    assertThat(Signals.rms(out, 13_000, 24_000)).isZero();
  }

  @Test
  void everySpeakerHearsAllOthers() {
    short[][] speakers = new short[4][160];
    Mixer mixer = new Mixer(160);
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50); seed++) {
      mixer.clear();
      for (int s = 0; s < 4; s++) {
        speakers[s] = Signals.noise(new Random(seed * 4L + s), 160, 1_500);
        mixer.add(speakers[s], 0);
      }
      short[] out = new short[160];
      for (int own = 0; own < 4; own++) {
        mixer.mixWithout(speakers[own], 0, out, 0);
        for (int i = 0; i < 160; i++) {
          int expected = 0;
          for (int s = 0; s < 4; s++) {
            expected += s == own ? 0 : speakers[s][i];
          }
          assertThat(out[i]).as("seed %d", seed).isEqualTo((short) expected);
        }
      }
    }
  }

  @Test
  void loudSumsAreBentNotClipped() {
    short last = 0;
    for (int sum = 0; sum < 200_000; sum += 13) {
      short limited = Mixer.limit(sum);
      assertThat(limited).isGreaterThanOrEqualTo(last);
      assertThat(limited - last).isLessThanOrEqualTo(14);
      assertThat(Mixer.limit(-sum)).isEqualTo((short) -limited);
      last = limited;
    }
    assertThat(Mixer.limit(20_000)).isEqualTo((short) 20_000);
    assertThat(last).isGreaterThan((short) 32_700);
    Mixer mixer = new Mixer(2);
    mixer.clear();
    mixer.add(new short[] {1_000, -1_000}, 0, 0.5f);
    short[] out = new short[2];
    mixer.mix(out, 0);
    assertThat(out).containsExactly((short) 500, (short) -500);
  }

  @ParameterizedTest
  @CsvSource({"8000, 300", "16000, 1000", "48000, 60"})
  void comfortNoiseSoundsLikeWhatItDescribes(int rateHz, double deviation) {
    // Noise with a tilt: low frequencies are stronger.
    short[] noise = Signals.noise(new Random(3), rateHz, deviation);
    for (int i = 1; i < noise.length; i++) {
      noise[i] = (short) (noise[i] + noise[i - 1] * 0.8);
    }
    ComfortNoiseEncoder encoder = new ComfortNoiseEncoder();
    byte[] payload = new byte[encoder.payloadSize()];
    assertThat(encoder.encode(noise, 0, rateHz / 5, payload, 0)).isEqualTo(6);

    ComfortNoiseDecoder decoder = new ComfortNoiseDecoder(rateHz, new Random(4));
    decoder.update(payload, 0, payload.length);
    short[] imitation = new short[rateHz];
    decoder.generate(imitation, 0, rateHz);
    int from = rateHz / 5;
    assertThat(AudioLevel.of(imitation, from, rateHz - from))
        .isBetween(
            AudioLevel.of(noise, 0, rateHz / 5) - 1, AudioLevel.of(noise, 0, rateHz / 5) + 1);
    assertThat(neighbours(imitation, from))
        .isBetween(neighbours(noise, from) - 0.06, neighbours(noise, from) + 0.06);
  }

  /// Correlation of neighbouring samples.
  private static double neighbours(short[] pcm, int from) {
    double product = 0;
    double energy = 0;
    for (int i = from + 1; i < pcm.length; i++) {
      product += pcm[i] * (double) pcm[i - 1];
      energy += pcm[i] * (double) pcm[i];
    }
    return product / energy;
  }

  @Test
  void comfortNoiseTakesAnyPayload() {
    ComfortNoiseDecoder decoder = new ComfortNoiseDecoder(8_000, new Random(1));
    short[] out = new short[1_600];
    Random random = new Random(2);
    for (int i = 0; i < 300; i++) {
      byte[] payload = new byte[random.nextInt(0, 20)];
      random.nextBytes(payload);
      decoder.update(payload, 0, payload.length);
      decoder.generate(out, 0, 160);
    }
    decoder.update(new byte[0], 0, 0);
    decoder.generate(out, 0, 1_600);
    assertThat(Signals.rms(out, 1_000, 1_600)).isLessThan(1);
  }

  @Test
  void theQueueReturnsWhatWasWrittenThenSilence() {
    PcmQueue queue = new PcmQueue(8_000, 2, 1_000);
    short[] in = Signals.noise(new Random(1), 2_400, 2_000);
    assertThat(queue.write(in, 0, 1_200)).isEqualTo(1_000);
    short[] out = new short[1_400];
    assertThat(queue.read(out, 0, 700)).isEqualTo(700);
    assertThat(queue.write(in, 2_000, 200)).isEqualTo(200);
    assertThat(Arrays.copyOf(out, 1_400)).isEqualTo(Arrays.copyOf(in, 1_400));
    assertThat(queue.read(out, 0, 700)).isEqualTo(500);
    assertThat(Arrays.copyOf(out, 1_000)).isEqualTo(Arrays.copyOfRange(in, 1_400, 2_400));
    assertThat(Arrays.copyOfRange(out, 1_000, 1_400)).containsOnly(0);
    assertThat(queue.playedFrames()).isEqualTo(1_200);
  }

  @Test
  void bargingInEndsTheAudioWithoutAClick() {
    PcmQueue queue = new PcmQueue(16_000, 1, 16_000);
    short[] tone = Signals.tone(400, 16_000, 16_000, 10_000);
    queue.write(tone, 0, 16_000);
    short[] out = new short[1_600];
    queue.read(out, 0, 503);
    assertThat(queue.flush()).isEqualTo(16_000 - 503);
    assertThat(queue.queuedFrames()).isZero();
    queue.read(out, 503, 1_097);
    assertThat(Signals.largestStep(out, 0, 1_600)).isLessThan(1_700);
    assertThat(Signals.rms(out, 503 + 80, 1_600)).isZero();
    // What is written next is heard at once.
    queue.write(tone, 0, 160);
    assertThat(queue.read(out, 0, 160)).isEqualTo(160);
    assertThat(Arrays.copyOf(out, 160)).isEqualTo(Arrays.copyOf(tone, 160));
  }
}
