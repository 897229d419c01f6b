package org.klatsch.codecs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.codecs.audio.Signals;

class G711Test {
  /// Ends of the scale and of the segments, from the tables of G.711 scaled to 16 bits.
  @ParameterizedTest
  @CsvSource({
    "MU_LAW, 0x00, -32124", "MU_LAW, 0x80, 32124", "MU_LAW, 0xff, 0", "MU_LAW, 0xfe, 8",
    "MU_LAW, 0x8f, 16764", "MU_LAW, 0xf0, 120", "MU_LAW, 0xef, 132", "MU_LAW, 0x6f, -132",
    "A_LAW, 0xaa, 32256", "A_LAW, 0x2a, -32256", "A_LAW, 0xd5, 8", "A_LAW, 0x55, -8",
    "A_LAW, 0xc5, 264", "A_LAW, 0xda, 248", "A_LAW, 0x80, 5504"
  })
  void followsTheTables(G711 law, String code, int linear) {
    byte onTheLine = (byte) (int) Integer.decode(code);
    assertThat(law.decode(onTheLine)).isEqualTo((short) linear);
    assertThat(law.encode((short) linear)).isEqualTo(onTheLine);
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeSurvives(G711 law) {
    for (int code = 0; code < 256; code++) {
      // Law µ has two zeros.
      if (law == G711.MU_LAW && code == 0x7f) {
        continue;
      }
      assertThat(law.encode(law.decode((byte) code))).isEqualTo((byte) code);
    }
  }

  @ParameterizedTest
  @EnumSource
  void errsByHalfAStepAtMost(G711 law) {
    for (int sample = Short.MIN_VALUE; sample <= Short.MAX_VALUE; sample++) {
      // A segment has 16 steps and begins at 32 halves of its steps.
      int halfStep = Math.max(8, (Math.abs(sample) + 132) / 32);
      assertThat(Math.abs(law.decode(law.encode((short) sample)) - sample))
          .isLessThanOrEqualTo(halfStep);
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsAToneAt37Decibels(G711 law) {
    for (double amplitude : new double[] {300, 3_000, 30_000}) {
      short[] tone = Signals.tone(1_004, 8_000, 8_000, amplitude);
      short[] back = new short[tone.length];
      for (int i = 0; i < tone.length; i++) {
        back[i] = law.decode(law.encode(tone[i]));
      }
      assertThat(Signals.snr(tone, back, 0, 0, tone.length))
          .isGreaterThan(amplitude < 1_000 ? 30 : 37);
    }
  }

  @Test
  void decoderConcealsLossesAndBoundsPayloads() {
    AudioDecoder decoder =
        Codecs.installed().audioDecoder(CodecFormat.PCMU, new PcmFormat(48_000, 2));
    AudioEncoder encoder =
        Codecs.installed().audioEncoder(CodecFormat.PCMU, new PcmFormat(48_000, 2));
    assertThat(decoder.pcm()).isEqualTo(new PcmFormat(8_000, 1)).isEqualTo(encoder.pcm());
    short[] tone = Signals.tone(400, 8_000, 800, 8_000);
    byte[] payload = new byte[encoder.maxPayloadSize(800)];
    assertThat(encoder.encode(tone, 0, 800, payload, 0)).isEqualTo(800);
    short[] out = new short[decoder.maxFrames()];
    assertThat(decoder.frames(payload, 0, 800)).isEqualTo(800);
    assertThat(decoder.decode(payload, 0, 800, out, 0)).isEqualTo(800);
    assertThat(decoder.conceal(160, out, 0)).isEqualTo(160);
    assertThat(Signals.rms(out, 0, 80)).isGreaterThan(4_000);
    assertThat(decoder.decodeFec(payload, 0, 160, 160, out, 0)).isZero();

    assertThat(decoder.decode(new byte[2_000], 0, 2_000, out, 0)).isEqualTo(decoder.maxFrames());
    assertThat(decoder.damagedPayloads()).isEqualTo(1);
  }
}
