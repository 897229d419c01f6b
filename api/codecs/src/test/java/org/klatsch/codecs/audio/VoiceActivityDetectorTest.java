package org.klatsch.codecs.audio;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VoiceActivityDetectorTest {
  /// The share of 10 ms blocks in a stretch that counted as speech.
  private static double share(VoiceActivityDetector detector, short[] pcm, int rateHz, int from) {
    int speaking = 0;
    int blocks = 0;
    for (int at = 0; at + rateHz / 100 <= pcm.length; at += rateHz / 100) {
      boolean active = detector.process(pcm, at, rateHz / 100);
      if (at >= from) {
        blocks++;
        speaking += active ? 1 : 0;
      }
    }
    return (double) speaking / blocks;
  }

  private static short[] mixed(short[] a, short[] b) {
    short[] sum = new short[a.length];
    for (int i = 0; i < a.length; i++) {
      sum[i] = Pcm.clip(a[i] + b[i]);
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {8_000, 16_000, 48_000})
  void hearsSpeechInNoise(int rateHz) {
    short[] quiet = Signals.noise(new Random(1), 2 * rateHz, 100);
    short[] speech = Signals.speech(new Random(2), rateHz, 10 * rateHz);
    double level = Signals.rms(speech, 0, speech.length);
    // 15 dB below the speech.
    short[] noisy = mixed(speech, Signals.noise(new Random(3), speech.length, level / 5.6));
    VoiceActivityDetector detector = new VoiceActivityDetector(rateHz);
    assertThat(share(detector, quiet, rateHz, 0)).isLessThan(0.02);
    assertThat(share(detector, noisy, rateHz, 0)).isGreaterThan(0.75);
  }

  @Test
  void staysSilentInNoiseAndSilence() {
    for (int seed = 0; seed < Integer.getInteger("klatsch.seeds", 50) / 10; seed++) {
      short[] noise = Signals.noise(new Random(seed), 160_000, 800);
      assertThat(share(new VoiceActivityDetector(16_000), noise, 16_000, 0))
          .as("seed %d", seed)
          .isLessThan(0.02);
    }
    assertThat(share(new VoiceActivityDetector(16_000), new short[32_000], 16_000, 0)).isZero();
  }

  @Test
  void noiseThatGrowsBecomesBackground() {
    VoiceActivityDetector detector = new VoiceActivityDetector(16_000);
    share(detector, Signals.noise(new Random(1), 32_000, 100), 16_000, 0);
    short[] louder = Signals.noise(new Random(2), 80_000, 1_500);
    assertThat(share(detector, louder, 16_000, 32_000)).isLessThan(0.02);
  }

  @Test
  void endsAfterTheHangover() {
    VoiceActivityDetector detector =
        new VoiceActivityDetector(
            8_000, VoiceActivityOptions.defaults().withHangover(Duration.ofMillis(100)));
    share(detector, new short[8_000], 8_000, 0);
    share(detector, Signals.tone(500, 8_000, 1_600, 8_000), 8_000, 0);
    assertThat(detector.isSpeaking()).isTrue();
    detector.process(new short[800], 0, 800);
    assertThat(detector.isSpeaking()).isTrue();
    detector.process(new short[2_400], 0, 2_400);
    assertThat(detector.isSpeaking()).isFalse();
  }

  @Test
  void aClickIsNoSpeech() {
    VoiceActivityDetector detector = new VoiceActivityDetector(8_000);
    short[] pcm = Signals.noise(new Random(4), 16_000, 50);
    pcm[12_000] = 20_000;
    assertThat(share(detector, pcm, 8_000, 8_000)).isLessThan(0.3);
  }
}
