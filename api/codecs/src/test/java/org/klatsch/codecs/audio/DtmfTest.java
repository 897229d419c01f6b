package org.klatsch.codecs.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DtmfTest {
  private static String detect(short[] pcm, int rateHz) {
    StringBuilder found = new StringBuilder();
    DtmfDetector detector = new DtmfDetector(rateHz, d -> found.append(d.symbol()));
    for (int at = 0; at < pcm.length; at += 160) {
      detector.detect(pcm, at, Math.min(160, pcm.length - at));
    }
    return found.toString();
  }

  private static short[] digits(String symbols, int rateHz, int toneMs, int gapMs) {
    DtmfGenerator generator = new DtmfGenerator(rateHz);
    generator.send(symbols, toneMs, gapMs);
    short[] pcm = new short[rateHz / 10 + symbols.length() * (toneMs + gapMs) * rateHz / 1_000];
    for (int at = 0; at < pcm.length; at += 137) {
      generator.fill(pcm, at, Math.min(137, pcm.length - at));
    }
    assertThat(generator.isSending()).isFalse();
    return pcm;
  }

  @ParameterizedTest
  @CsvSource({"8000, 100, 70", "8000, 45, 45", "16000, 60, 50", "44100, 45, 40", "48000, 100, 70"})
  void hearsEveryDigitThatIsSent(int rateHz, int toneMs, int gapMs) {
    String all = "1234567890*#ABCD11199";
    assertThat(detect(digits(all, rateHz, toneMs, gapMs), rateHz)).isEqualTo(all);
  }

  private static short[] pair(double low, double high, double lowHz, double highHz, int ms) {
    short[] pcm = new short[1_600];
    for (int i = 0; i < ms * 8; i++) {
      pcm[400 + i] =
          (short)
              (low * Math.sin(2 * Math.PI * lowHz * i / 8_000)
                  + high * Math.sin(2 * Math.PI * highHz * i / 8_000));
    }
    return pcm;
  }

  @Test
  void acceptsTheTwistOfLines() {
    // Q.24: up to 4 dB more in the high tone, 8 dB more in the low one.
    assertThat(detect(pair(4_000, 4_000 * 1.55, 770, 1_336, 60), 8_000)).isEqualTo("5");
    assertThat(detect(pair(4_000 * 2.4, 4_000, 770, 1_336, 60), 8_000)).isEqualTo("5");
    assertThat(detect(pair(2_000, 2_000 * 2.5, 770, 1_336, 60), 8_000)).isEmpty();
    assertThat(detect(pair(2_000 * 4, 2_000, 770, 1_336, 60), 8_000)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.015, 0.015})
  void acceptsTonesThatAreSlightlyOff(double off) {
    for (DtmfDigit digit : DtmfDigit.values()) {
      short[] pcm = pair(4_000, 4_000, digit.lowHz() * (1 + off), digit.highHz() * (1 + off), 60);
      assertThat(detect(pcm, 8_000)).isEqualTo(String.valueOf(digit.symbol()));
    }
  }

  @Test
  void ignoresShortTonesAndSingleOnes() {
    for (int start = 0; start < 100; start += 7) {
      short[] pcm = new short[1_600];
      short[] tone = pair(4_000, 4_000, 697, 1_209, 20);
      System.arraycopy(tone, 400, pcm, 200 + start, 400);
      assertThat(detect(pcm, 8_000)).isEmpty();
    }
    assertThat(detect(Signals.tone(697, 8_000, 8_000, 9_000), 8_000)).isEmpty();
    assertThat(detect(Signals.tone(1_209, 8_000, 8_000, 9_000), 8_000)).isEmpty();
  }

  @Test
  void hearsDigitsThroughNoise() {
    short[] pcm = digits("1357902468", 8_000, 60, 60);
    Random random = new Random(7);
    // Each tone has 7,000: 15 dB above this noise.
    for (int i = 0; i < pcm.length; i++) {
      pcm[i] = Pcm.clip((float) (pcm[i] + random.nextGaussian() * 1_200));
    }
    assertThat(detect(pcm, 8_000)).isEqualTo("1357902468");
  }

  @Test
  void isNotFooledByVoicesOrNoise() {
    int seeds = Integer.getInteger("klatsch.seeds", 50) / 5;
    for (int seed = 0; seed < seeds; seed++) {
      assertThat(detect(Signals.speech(new Random(seed), 8_000, 20 * 8_000), 8_000))
          .as("speech of seed %d", seed)
          .isEmpty();
      assertThat(detect(Signals.noise(new Random(seed), 10 * 8_000, 4_000), 8_000))
          .as("noise of seed %d", seed)
          .isEmpty();
    }
  }

  @Test
  void tellsHowLongADigitLasted() {
    List<Integer> lengths = new ArrayList<>();
    DtmfDetector detector =
        new DtmfDetector(
            8_000,
            new DtmfDetector.Listener() {
              @Override
              public void digitStarted(DtmfDigit digit) {}

              @Override
              public void digitEnded(DtmfDigit digit, int milliseconds) {
                lengths.add(milliseconds);
              }
            });
    short[] pcm = digits("42", 8_000, 200, 100);
    detector.detect(pcm, 0, pcm.length);
    assertThat(lengths).hasSize(2).allSatisfy(ms -> assertThat(ms).isBetween(170, 215));
  }

  @Test
  void pausesAtACommaAndRefusesOtherSymbols() {
    DtmfGenerator generator = new DtmfGenerator(8_000);
    generator.send("1,2", 100, 50);
    short[] pcm = new short[24_000];
    generator.fill(pcm, 0, pcm.length);
    assertThat(detect(pcm, 8_000)).isEqualTo("12");
    assertThat(Signals.rms(pcm, 1_600, 16_000)).isZero();
    assertThatThrownBy(() -> generator.send("1x", 100, 50))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'x'");
  }

  @Test
  void digitsBeginAndEndWithoutClicks() {
    short[] pcm = digits("159D", 48_000, 100, 70);
    // Two tones of 7,000 rise by 2·7000·2π·1633/48000 a sample at most.
    assertThat(Signals.largestStep(pcm, 0, pcm.length)).isLessThan(2_995);
  }
}
