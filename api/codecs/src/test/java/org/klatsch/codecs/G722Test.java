package org.klatsch.codecs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.codecs.audio.Signals;

class G722Test {
  /// The filters of sender and receiver together.
  private static final int DELAY = 22;

  private static byte[] encode(short[] pcm) {
    AudioEncoder encoder =
        Codecs.installed().audioEncoder(CodecFormat.G722, new PcmFormat(48_000, 1));
    assertThat(encoder.pcm()).isEqualTo(new PcmFormat(16_000, 1));
    byte[] coded = new byte[encoder.maxPayloadSize(pcm.length)];
    for (int at = 0; at < pcm.length; at += 320) {
      assertThat(encoder.encode(pcm, at, 320, coded, at / 2)).isEqualTo(160);
    }
    return coded;
  }

  private static short[] decode(byte[] coded) {
    AudioDecoder decoder =
        Codecs.installed().audioDecoder(CodecFormat.G722, new PcmFormat(16_000, 1));
    short[] pcm = new short[coded.length * 2];
    for (int at = 0; at < coded.length; at += 160) {
      assertThat(decoder.frames(coded, at, 160)).isEqualTo(320);
      assertThat(decoder.decode(coded, at, 160, pcm, 2 * at)).isEqualTo(320);
    }
    return pcm;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = G722Test.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private static short[] littleEndian(byte[] bytes) {
    short[] pcm = new short[bytes.length / 2];
    for (int i = 0; i < pcm.length; i++) {
      pcm[i] = (short) (bytes[2 * i] & 0xff | bytes[2 * i + 1] << 8);
    }
    return pcm;
  }

  /// 0.4 s of sweep and noise, coded and decoded by ffmpeg's implementation.
  @Test
  void agreesBitByBitWithAnotherImplementation() throws IOException {
    short[] pcm = littleEndian(resource("g722.pcm"));
    byte[] coded = resource("g722.coded");
    assertThat(encode(pcm)).isEqualTo(coded);
    assertThat(decode(coded)).isEqualTo(littleEndian(resource("g722.decoded")));
  }

  @ParameterizedTest
  @ValueSource(doubles = {200, 1_000, 3_000})
  void keepsTonesOfTheLowerBand(double hz) {
    short[] tone = Signals.tone(hz, 16_000, 16_000, 10_000);
    short[] out = decode(encode(tone));
    assertThat(Signals.snr(tone, out, DELAY, 1_000, 15_000)).isGreaterThan(25);
  }

  @ParameterizedTest
  @ValueSource(doubles = {4_700, 6_000})
  void carriesTheUpperBand(double hz) {
    short[] out = decode(encode(Signals.tone(hz, 16_000, 16_000, 10_000)));
    assertThat(Signals.toneSnr(out, 1_000, 16_000, hz, 16_000)).isGreaterThan(8);
  }

  @Test
  void keepsSpeech() {
    short[] speech = Signals.speech(new Random(6), 16_000, 64_000);
    short[] out = decode(encode(speech));
    assertThat(Signals.snr(speech, out, DELAY, 1_000, 63_000)).isGreaterThan(15);
  }

  @Test
  void takesAnyBytes() {
    byte[] garbage = new byte[16_000];
    new Random(3).nextBytes(garbage);
    assertThat(decode(garbage)).hasSize(32_000);
    AudioDecoder decoder =
        Codecs.installed().audioDecoder(CodecFormat.G722, new PcmFormat(16_000, 1));
    short[] out = new short[decoder.maxFrames()];
    assertThat(decoder.decode(garbage, 0, 16_000, out, 0)).isEqualTo(decoder.maxFrames());
    assertThat(decoder.damagedPayloads()).isEqualTo(1);
    assertThat(decoder.conceal(320, out, 0)).isEqualTo(320);
  }

  @Test
  void refusesHalfACode() {
    assertThatThrownBy(() ->
            Codecs.installed()
                .audioEncoder(CodecFormat.G722, new PcmFormat(16_000, 1))
                .encode(new short[3], 0, 3, new byte[3], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 frames");
  }
}
