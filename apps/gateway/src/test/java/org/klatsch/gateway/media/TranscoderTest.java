package org.klatsch.gateway.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.codecs.AudioDecoder;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;

class TranscoderTest {
  private static final org.klatsch.codecs.Codecs CODECS = org.klatsch.codecs.Codecs.installed();
  private static final double HZ = 1_000;

  private static List<EncodedAudioFrame> tone(RtpCodec codec, int count) {
    AudioEncoder encoder =
        CODECS.audioEncoder(Codecs.format(codec), new PcmFormat(Transcoder.rate(codec), 1));
    PcmFormat pcm = encoder.pcm();
    ToneGenerator generator = new ToneGenerator(pcm.rateHz());
    generator.start(8_000, HZ);
    List<EncodedAudioFrame> frames = new ArrayList<>();
    int samples = codec.clockRateHz() / 50;
    short[] mono = new short[pcm.frames(20)];
    short[] all = new short[mono.length * pcm.channels()];
    for (int i = 0; i < count; i++) {
      generator.fill(mono, 0, mono.length);
      for (int k = 0; k < all.length; k++) {
        all[k] = mono[k / pcm.channels()];
      }
      byte[] payload = new byte[encoder.maxPayloadSize(mono.length)];
      int length = encoder.encode(all, 0, mono.length, payload, 0);
      frames.add(
          EncodedAudioFrame.of(
              codec, java.util.Arrays.copyOf(payload, length), i * samples, samples, 0));
    }
    return frames;
  }

  /// The share of the energy that the tone has, in the second half.
  private static double purity(RtpCodec codec, List<EncodedAudioFrame> frames) {
    AudioDecoder decoder =
        CODECS.audioDecoder(Codecs.format(codec), new PcmFormat(Transcoder.rate(codec), 1));
    int rate = decoder.pcm().rateHz();
    int channels = decoder.pcm().channels();
    short[] out = new short[decoder.maxFrames() * channels];
    List<Short> heard = new ArrayList<>();
    for (EncodedAudioFrame frame : frames) {
      int count = decoder.decode(frame.payload(), 0, frame.payload().length, out, 0);
      for (int i = 0; i < count; i++) {
        heard.add(out[i * channels]);
      }
    }
    int from = heard.size() / 2;
    int length = rate / 10;
    double real = 0;
    double imaginary = 0;
    double energy = 0;
    for (int i = 0; i < length; i++) {
      double sample = heard.get(from + i);
      double angle = 2 * Math.PI * HZ * i / rate;
      real += sample * Math.cos(angle);
      imaginary += sample * Math.sin(angle);
      energy += sample * sample;
    }
    return 2 * (real * real + imaginary * imaginary) / length / energy;
  }

  @ParameterizedTest
  @CsvSource({"pcmu,opus", "opus,pcmu", "pcma,g722", "g722,pcma", "g722,opus"})
  void carriesAToneFromCodecToCodec(String fromName, String toName) {
    RtpCodec from = Codecs.ofName(fromName);
    RtpCodec to = Codecs.ofName(toName);
    List<EncodedAudioFrame> out = new ArrayList<>();
    try (Transcoder transcoder = new Transcoder(CODECS, from, to)) {
      tone(from, 50).forEach(frame -> out.addAll(transcoder.take(frame)));
    }

    assertThat(out).hasSizeBetween(48, 50);
    assertThat(out.getFirst().marker()).isTrue();
    assertThat(out.get(1).rtpTimestamp() - out.get(0).rtpTimestamp())
        .isEqualTo(to.clockRateHz() / 50);
    assertThat(purity(to, out)).isGreaterThan(0.8);
  }

  @Test
  void fillsALossAndKeepsTime() {
    RtpCodec from = Codecs.ofName("pcmu");
    RtpCodec to = Codecs.ofName("opus");
    List<EncodedAudioFrame> in = tone(from, 20);
    List<EncodedAudioFrame> out = new ArrayList<>();
    try (Transcoder transcoder = new Transcoder(CODECS, from, to)) {
      for (int i = 0; i < in.size(); i++) {
        if (i != 10) {
          out.addAll(transcoder.take(in.get(i)));
        }
      }
      assertThat(transcoder.concealed()).isPositive();
    }

    assertThat(out).hasSizeBetween(19, 20);
    for (int i = 1; i < out.size(); i++) {
      assertThat(out.get(i).rtpTimestamp() - out.get(i - 1).rtpTimestamp()).isEqualTo(960);
    }
  }

  @Test
  void leavesSilenceOut() {
    RtpCodec from = Codecs.ofName("pcmu");
    RtpCodec to = Codecs.ofName("pcma");
    List<EncodedAudioFrame> in = tone(from, 40);
    List<EncodedAudioFrame> out = new ArrayList<>();
    try (Transcoder transcoder = new Transcoder(CODECS, from, to)) {
      for (int i = 0; i < in.size(); i++) {
        if (i < 10 || i >= 30) {
          out.addAll(transcoder.take(in.get(i)));
        }
      }
    }

    assertThat(out).hasSize(20);
    assertThat(out.get(10).marker()).isTrue();
    assertThat(out.get(10).rtpTimestamp() - out.get(9).rtpTimestamp()).isEqualTo(160 * 21);
  }

  @Test
  void passesOverLatePackets() {
    RtpCodec from = Codecs.ofName("pcmu");
    List<EncodedAudioFrame> in = tone(from, 3);
    try (Transcoder transcoder = new Transcoder(CODECS, from, Codecs.ofName("pcma"))) {
      assertThat(transcoder.take(in.get(0))).hasSize(1);
      assertThat(transcoder.take(in.get(2))).hasSize(2);
      assertThat(transcoder.take(in.get(1))).isEmpty();
    }
  }
}
