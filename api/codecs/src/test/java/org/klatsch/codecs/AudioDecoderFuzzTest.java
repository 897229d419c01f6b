package org.klatsch.codecs;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.SplittableRandom;
import org.klatsch.codecs.audio.ComfortNoiseDecoder;

/// Arbitrary payloads in any order: a decoder always returns audio of a bounded length.
class AudioDecoderFuzzTest {
  private static final List<CodecFormat> FORMATS =
      List.of(CodecFormat.PCMU, CodecFormat.PCMA, CodecFormat.G722);

  @FuzzTest
  void builtIn(FuzzedDataProvider data) {
    CodecFormat format = data.pickValue(FORMATS);
    AudioDecoder decoder = new BuiltInCodecs().audioDecoder(format, new PcmFormat(8_000, 1));
    assertThat(decoder).isNotNull();
    short[] out = new short[decoder.maxFrames()];
    for (int i = 0; i < 20 && data.remainingBytes() > 0; i++) {
      byte[] payload = data.consumeBytes(data.consumeInt(0, 2_500));
      int frames =
          data.consumeBoolean()
              ? decoder.conceal(data.consumeInt(0, 10_000), out, 0)
              : decoder.decode(payload, 0, payload.length, out, 0);
      assertThat(frames).isBetween(0, decoder.maxFrames());
      assertThat(decoder.frames(payload, 0, payload.length)).isBetween(0, decoder.maxFrames());
    }
  }

  @FuzzTest
  void comfortNoise(FuzzedDataProvider data) {
    ComfortNoiseDecoder decoder = new ComfortNoiseDecoder(8_000, new SplittableRandom(1));
    short[] out = new short[160];
    for (int i = 0; i < 20 && data.remainingBytes() > 0; i++) {
      byte[] payload = data.consumeBytes(data.consumeInt(0, 40));
      decoder.update(payload, 0, payload.length);
      decoder.generate(out, 0, out.length);
    }
  }
}
