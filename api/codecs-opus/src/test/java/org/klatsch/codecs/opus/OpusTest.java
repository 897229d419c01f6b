package org.klatsch.codecs.opus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.CodecFormat;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.PcmFormat;

@ParameterizedClass
@MethodSource("libraries")
class OpusTest {
  private final Codecs codecs;

  OpusTest(Codecs codecs) {
    this.codecs = codecs;
  }

  /// libopus is there only where it is installed and native access is enabled.
  static List<Arguments> libraries() {
    return Stream.of(new ConcentusCodecs(), new LibOpusCodecs())
        .filter(each -> !each.formats().isEmpty())
        .<Arguments>map(each -> Arguments.argumentSet(each.name(), new Codecs(List.of(each))))
        .toList();
  }

  private static final PcmFormat WIDE = new PcmFormat(16_000, 1);
  private static final PcmFormat FULL = new PcmFormat(48_000, 1);

  private static short[] tone(double hz, int rateHz, int frames) {
    short[] pcm = new short[frames];
    for (int i = 0; i < frames; i++) {
      pcm[i] = (short) Math.round(10_000 * Math.sin(2 * Math.PI * hz * i / rateHz));
    }
    return pcm;
  }

  /// The share of a stretch's energy that lies at one frequency.
  private static double shareAt(double hz, int rateHz, short[] pcm, int from, int to) {
    double re = 0;
    double im = 0;
    double energy = 1e-9;
    for (int i = from; i < to; i++) {
      re += pcm[i] * Math.cos(2 * Math.PI * hz * i / rateHz);
      im += pcm[i] * Math.sin(2 * Math.PI * hz * i / rateHz);
      energy += (double) pcm[i] * pcm[i];
    }
    return 2 * (re * re + im * im) / (energy * (to - from));
  }

  private static CodecFormat format(String... parameters) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < parameters.length; i += 2) {
      map.put(parameters[i], parameters[i + 1]);
    }
    return CodecFormat.OPUS.withParameters(map);
  }

  private AudioEncoder encoder(PcmFormat pcm, String... parameters) {
    return codecs.audioEncoder(format(parameters), pcm);
  }

  private AudioDecoder decoder(PcmFormat pcm) {
    return codecs.audioDecoder(CodecFormat.OPUS, pcm);
  }

  /// Pulses of 140 Hz through two resonances, loud and soft in turns: a voice to the encoder.
  private static short[] voice(int rateHz, int frames) {
    short[] pcm = new short[frames];
    double[] y = new double[4];
    Random random = new Random(1);
    for (int i = 0; i < frames; i++) {
      double source = (i % (rateHz / 140) == 0 ? 1 : 0) + random.nextGaussian() * 0.005;
      double sum = 0;
      for (int f = 0; f < 2; f++) {
        double r = Math.exp(-Math.PI * 80 / rateHz);
        double next =
            source
                + 2 * r * Math.cos(2 * Math.PI * (f == 0 ? 600 : 1_700) / rateHz) * y[2 * f]
                - r * r * y[2 * f + 1];
        y[2 * f + 1] = y[2 * f];
        y[2 * f] = next;
        sum += next / (1 + f);
      }
      pcm[i] = (short) (sum * 5_000 * (0.6 + 0.4 * Math.sin(2 * Math.PI * 3 * i / rateHz)));
    }
    return pcm;
  }

  @ParameterizedTest
  @CsvSource({
    "8000, 8000",
    "12000, 12000",
    "16000, 16000",
    "22050, 24000",
    "44100, 48000",
    "48000, 48000",
    "96000, 48000"
  })
  void encoderTakesTheNextRateOfTheCodec(int wished, int given) {
    assertThat(encoder(new PcmFormat(wished, 6)).pcm()).isEqualTo(new PcmFormat(given, 2));
  }

  @Test
  void decoderGivesTheNextRateOfTheCodec() {
    assertThat(decoder(WIDE).pcm()).isEqualTo(WIDE);
    assertThat(decoder(new PcmFormat(44_100, 3)).pcm()).isEqualTo(new PcmFormat(48_000, 2));
  }

  /// The speech codec alone, both together, and back: at the lower rate all are heard.
  @ParameterizedTest
  @CsvSource({"8000, 1", "12000, 1", "16000, 1", "16000, 2", "24000, 1"})
  void decodesEveryModeAtALowerRate(int rateHz, int channels) {
    AudioEncoder encoder = encoder(FULL);
    AudioDecoder decoder = decoder(new PcmFormat(rateHz, channels));
    short[] in = tone(440, 48_000, 3 * 48_000);
    short[] out = new short[decoder.maxFrames() * channels];
    short[] heard = new short[3 * rateHz];
    byte[] payload = new byte[encoder.maxPayloadSize(960)];
    boolean[] modes = new boolean[3];
    int at = 0;
    for (int i = 0; i < 150; i++) {
      // By mode: SILK, then hybrid, then CELT.
      encoder.bitrate(new int[] {10_000, 26_000, 160_000}[i / 50]);
      int length = encoder.encode(in, i * 960, 960, payload, 0);
      int configuration = payload[0] >> 3 & 0x1f;
      modes[configuration < 12 ? 0 : configuration < 16 ? 1 : 2] = true;
      assertThat(decoder.decode(payload, 0, length, out, 0)).isEqualTo(rateHz / 50);
      for (int k = 0; k < rateHz / 50; k++) {
        heard[at++] = out[k * channels];
      }
    }
    assertThat(modes).containsExactly(true, true, true);
    int clear = 0;
    for (int from = 0; from < heard.length; from += rateHz / 4) {
      double share = shareAt(440, rateHz, heard, from, from + rateHz / 4);
      // Where another decoder takes over, the phase may jump.
      assertThat(share).isGreaterThan(0.5);
      clear += share > 0.95 ? 1 : 0;
    }
    assertThat(clear).isGreaterThanOrEqualTo(11);
    assertThat(decoder.damagedPayloads()).isZero();
  }

  /// Low bitrates are coded by SILK, middle ones by both halves together, high ones by CELT.
  @ParameterizedTest
  @CsvSource({
    "16000, 10, 24000", "16000, 20, 12000", "16000, 60, 24000", "48000, 20, 12000",
    "48000, 10, 32000", "48000, 20, 24000", "48000, 40, 32000", "48000, 60, 32000",
    "48000, 20, 64000", "8000, 20, 16000", "24000, 20, 28000", "12000, 20, 64000"
  })
  void carriesATone(int rateHz, int milliseconds, int bitrate) {
    AudioEncoder encoder = encoder(new PcmFormat(rateHz, 1));
    encoder.bitrate(bitrate);
    AudioDecoder decoder = decoder(FULL);
    short[] in = tone(440, rateHz, rateHz);
    short[] out = new short[48_000 + decoder.maxFrames()];
    int block = encoder.pcm().frames(milliseconds);
    byte[] payload = new byte[encoder.maxPayloadSize(block)];
    int written = 0;
    for (int at = 0; at + block <= in.length; at += block) {
      int length = encoder.encode(in, at, block, payload, 0);
      assertThat(decoder.frames(payload, 0, length)).isEqualTo(FULL.frames(milliseconds));
      written += decoder.decode(payload, 0, length, out, written);
    }
    assertThat(written).isGreaterThan(45_000);
    assertThat(shareAt(440, 48_000, out, 12_000, written)).isGreaterThan(0.97);
    assertThat(decoder.damagedPayloads()).isZero();
  }

  @Test
  void carriesStereoWhereTheReceiverAskedForIt() {
    AudioEncoder encoder = encoder(new PcmFormat(48_000, 2), "stereo", "1");
    AudioDecoder decoder = decoder(new PcmFormat(48_000, 2));
    short[] left = tone(500, 48_000, 48_000);
    short[] both = new short[96_000];
    for (int i = 0; i < left.length; i++) {
      both[2 * i] = left[i];
    }
    short[] out = new short[2 * decoder.maxFrames()];
    byte[] payload = new byte[4_000];
    double onLeft = 0;
    double onRight = 0;
    for (int at = 0; at < 48_000; at += 960) {
      int length = encoder.encode(both, 2 * at, 960, payload, 0);
      int frames = decoder.decode(payload, 0, length, out, 0);
      for (int i = 0; i < frames && at > 9_600; i++) {
        onLeft += out[2 * i] * out[2 * i];
        onRight += out[2 * i + 1] * out[2 * i + 1];
      }
    }
    assertThat(onLeft).isGreaterThan(100 * onRight);
  }

  @Test
  void bitrateFollowsTheTarget() {
    AudioEncoder encoder = encoder(FULL);
    Random random = new Random(3);
    long[] bytes = new long[2];
    byte[] payload = new byte[encoder.maxPayloadSize(960)];
    short[] pcm = new short[960];
    for (int i = 0; i < 200; i++) {
      if (i % 100 == 0) {
        encoder.bitrate(i == 0 ? 16_000 : 64_000);
      }
      for (int k = 0; k < pcm.length; k++) {
        pcm[k] = (short) (random.nextGaussian() * 3_000);
      }
      bytes[i / 100] += encoder.encode(pcm, 0, 960, payload, 0);
    }
    // Two seconds each.
    assertThat(bytes[0] * 4).isBetween(10_000L, 22_000L);
    assertThat(bytes[1] * 4).isBetween(48_000L, 80_000L);
  }

  @Test
  void receiverLimitsTheBitrate() {
    AudioEncoder encoder = encoder(FULL, "maxaveragebitrate", "12000");
    encoder.bitrate(200_000);
    byte[] payload = new byte[encoder.maxPayloadSize(960)];
    short[] in = tone(700, 48_000, 48_000);
    int bytes = 0;
    for (int at = 0; at < in.length; at += 960) {
      bytes += encoder.encode(in, at, 960, payload, 0);
    }
    assertThat(bytes * 8).isLessThan(18_000);
  }

  @Test
  void sendsNothingInSilenceWithDtx() {
    AudioEncoder encoder = encoder(WIDE, "usedtx", "1");
    byte[] payload = new byte[encoder.maxPayloadSize(320)];
    int sent = 0;
    for (int i = 0; i < 100; i++) {
      sent += encoder.encode(new short[320], 0, 320, payload, 0) > 0 ? 1 : 0;
    }
    assertThat(sent).isBetween(1, 30);
  }

  @Test
  void restoresALossFromTheNextPayload() {
    AudioEncoder encoder = encoder(WIDE, "useinbandfec", "1");
    encoder.expectedLoss(0.3);
    encoder.bitrate(32_000);
    AudioDecoder undisturbed = decoder(WIDE);
    AudioDecoder decoder = decoder(WIDE);
    short[] in = voice(16_000, 32_000);
    short[] previous = new short[decoder.maxFrames()];
    short[] out = new short[decoder.maxFrames()];
    byte[] payload = new byte[encoder.maxPayloadSize(320)];
    int restored = 0;
    double wanted = 0;
    double missed = 0;
    for (int i = 0; i < 100; i++) {
      int length = encoder.encode(in, i * 320, 320, payload, 0);
      if (i % 5 != 3) {
        if (i % 5 == 4 && decoder.hasFec(payload, 0, length)) {
          restored++;
          assertThat(decoder.decodeFec(payload, 0, length, 320, out, 0)).isEqualTo(320);
          for (int k = 0; k < 320; k++) {
            wanted += (double) previous[k] * previous[k];
            missed += Math.pow(previous[k] - out[k], 2);
          }
        }
        decoder.decode(payload, 0, length, out, 0);
      }
      undisturbed.decode(payload, 0, length, previous, 0);
    }
    assertThat(restored).isGreaterThan(12);
    assertThat(missed).isLessThan(wanted / 4);
  }

  @Test
  void hasNoRedundancyUnlessAsked() {
    AudioEncoder encoder = encoder(WIDE);
    AudioDecoder decoder = decoder(WIDE);
    byte[] payload = new byte[encoder.maxPayloadSize(320)];
    short[] in = voice(16_000, 16_000);
    for (int i = 0; i < 50; i++) {
      int length = encoder.encode(in, i * 320, 320, payload, 0);
      assertThat(decoder.hasFec(payload, 0, length)).isFalse();
      assertThat(decoder.decodeFec(payload, 0, length, 960, new short[960], 0)).isZero();
    }
  }

  @Test
  void concealsALossByContinuing() {
    AudioEncoder encoder = encoder(WIDE);
    AudioDecoder decoder = decoder(WIDE);
    short[] in = voice(16_000, 16_000);
    short[] out = new short[decoder.maxFrames()];
    byte[] payload = new byte[encoder.maxPayloadSize(320)];
    for (int i = 0; i < 40; i++) {
      int length = encoder.encode(in, i * 320, 320, payload, 0);
      decoder.decode(payload, 0, length, out, 0);
    }
    double before = rms(out, 320);
    assertThat(decoder.conceal(320, out, 0)).isEqualTo(320);
    assertThat(rms(out, 320)).isBetween(before / 2, before * 1.5);
    // The codec conceals in units of 2.5 ms.
    assertThat(decoder.conceal(350, out, 0)).isEqualTo(320);
  }

  private static double rms(short[] pcm, int frames) {
    double sum = 0;
    for (int i = 0; i < frames; i++) {
      sum += (double) pcm[i] * pcm[i];
    }
    return Math.sqrt(sum / frames);
  }

  @Test
  void refusesDurationsThatTheCodecLacks() {
    AudioEncoder encoder = encoder(WIDE);
    assertThatThrownBy(() -> encoder.encode(new short[480], 0, 480, new byte[4_000], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("480");
    assertThatThrownBy(() -> encoder.encode(new short[100], 0, 100, new byte[4_000], 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void damagedPayloadsBecomeCountedConcealment() {
    Random random = new Random(9);
    AudioDecoder decoder = decoder(WIDE);
    short[] out = new short[decoder.maxFrames()];
    for (int i = 0; i < 500; i++) {
      byte[] garbage = new byte[random.nextInt(0, 80)];
      random.nextBytes(garbage);
      int frames = decoder.decode(garbage, 0, garbage.length, out, 0);
      assertThat(frames).isBetween(40, decoder.maxFrames());
      decoder.decodeFec(garbage, 0, garbage.length, 960, out, 0);
    }
    assertThat(decoder.damagedPayloads()).isGreaterThan(10);
  }
}
