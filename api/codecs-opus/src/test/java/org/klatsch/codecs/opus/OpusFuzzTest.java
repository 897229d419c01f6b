package org.klatsch.codecs.opus;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import org.klatsch.codecs.PcmFormat;

/// Arbitrary payloads in any order: the decoder always returns audio of a bounded length.
class OpusFuzzTest {
  @FuzzTest
  void decoder(FuzzedDataProvider data) {
    OpusTrackDecoder decoder =
        new OpusTrackDecoder(
            new Concentus(),
            new PcmFormat(data.consumeBoolean() ? 16_000 : 48_000, data.consumeInt(1, 2)));
    short[] out = new short[decoder.maxFrames() * 2];
    for (int i = 0; i < 20 && data.remainingBytes() > 0; i++) {
      byte[] payload = data.consumeBytes(data.consumeInt(0, 200));
      int frames =
          switch (data.consumeInt(0, 3)) {
            case 0 -> decoder.conceal(data.consumeInt(-5, 10_000), out, 0);
            case 1 ->
                decoder.decodeFec(payload, 0, payload.length, data.consumeInt(-5, 10_000), out, 0);
            default -> decoder.decode(payload, 0, payload.length, out, 0);
          };
      assertThat(frames).isBetween(0, decoder.maxFrames());
    }
  }
}
