package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.codecs.AudioEncoder;
import org.klatsch.codecs.Codecs;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.media.EncodedAudioFrame;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.audio.AudioJitterBuffer;
import org.klatsch.media.audio.AudioJitterOptions;
import org.klatsch.media.audio.AudioJitterStatistics;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.media.audio.FrameKind;

/// A tone through encoder, jitter buffer and playout, in virtual time.
final class PlayoutTest {
  private static final long MS = 1_000_000;
  private static final double TONE_HZ = 440;
  private static final int AMPLITUDE = 8_000;

  private static RtpCodec codec(String name) {
    return switch (name) {
      case "opus" ->
          RtpCodec.of("audio/opus", 111, 48_000, 2).withParameters(Map.of("useinbandfec", "1"));
      case "pcmu" -> RtpCodec.of("audio/PCMU", 0, 8_000, 1);
      case "pcma" -> RtpCodec.of("audio/PCMA", 8, 8_000, 1);
      default -> RtpCodec.of("audio/G722", 9, 8_000, 1);
    };
  }

  /// What is heard of a sender's tone.
  private static final class Call {
    final RtpCodec codec;
    final AudioEncoder encoder;
    final AudioJitterBuffer<EncodedAudioFrame> buffer;
    final PcmPlayer player = new PcmPlayer(Codecs.installed());
    final AudioPlayout<EncodedAudioFrame> playout = new AudioPlayout<>();
    final int rate;
    final int wantedRate;
    private final short[] pcm;
    private final byte[] payload;
    private long sent;
    private double nextPull = 31 * MS;
    private int pulled;

    /// The last two samples, to foretell the next one of a tone.
    private double last;

    private double beforeLast;

    /// How far the worst sample was from what the two before it foretold.
    double worstStep;

    double quietest = Double.MAX_VALUE;
    double loudest;

    Call(String name, int wantedRate) {
      this.codec = codec(name);
      this.wantedRate = wantedRate;
      encoder =
          Codecs.installed().audioEncoder(Formats.format(codec), new PcmFormat(wantedRate, 1));
      encoder.complexity(0);
      rate = encoder.pcm().rateHz();
      pcm = new short[rate / 50];
      payload = new byte[encoder.maxPayloadSize(pcm.length)];
      buffer = new AudioJitterBuffer<>(AudioJitterOptions.DEFAULT, codec.clockRateHz());
    }

    /// @param drift by how much the player's clock is faster
    void run(int seconds, double drift) {
      for (long until = sent + seconds * 50L; sent < until; sent++) {
        long now = sent * 20 * MS;
        while (nextPull < now) {
          pull((long) nextPull);
          nextPull += 20 * MS / (1 + drift);
        }
        send(now);
      }
    }

    private void send(long now) {
      for (int i = 0; i < pcm.length; i++) {
        double angle = 2 * Math.PI * TONE_HZ * (sent * pcm.length + i) / rate;
        pcm[i] = (short) Math.round(AMPLITUDE * Math.sin(angle));
      }
      int length = encoder.encode(pcm, 0, pcm.length, payload, 0);
      int units = codec.clockRateHz() / 50;
      EncodedAudioFrame frame =
          EncodedAudioFrame.of(
              codec, Arrays.copyOf(payload, length), (int) (sent * units), units, now);
      buffer.insert(now, frame.rtpTimestamp(), units, FrameKind.AUDIO, true, frame);
    }

    private void pull(long now) {
      int units = codec.clockRateHz() / 50;
      for (int round = 0; round < 4; round++) {
        long buffered = player.nanos() * codec.clockRateHz() / 1_000_000_000;
        buffer.pull(now, units, (int) buffered, playout);
        player.perform(playout, codec.clockRateHz(), wantedRate);
        PcmFormat format = player.pcm();
        if (format == null || player.frames() >= format.frames(20)) {
          break;
        }
      }
      PcmFormat format = player.pcm();
      // The first second has the beginning of the tone and of the codec.
      if (format != null) {
        hear(player.take(format.frames(20)), format.rateHz(), pulled++ > 50);
      }
    }

    private void hear(short[] heard, int heardRate, boolean counts) {
      double factor = 2 * Math.cos(2 * Math.PI * TONE_HZ / heardRate);
      double energy = 0;
      for (short sample : heard) {
        if (counts) {
          worstStep = Math.max(worstStep, Math.abs(sample - factor * last + beforeLast));
        }
        beforeLast = last;
        last = sample;
        energy += (double) sample * sample;
      }
      if (counts) {
        double level = Math.sqrt(2 * energy / heard.length);
        quietest = Math.min(quietest, level);
        loudest = Math.max(loudest, level);
      }
    }

    void assertClean(double step) {
      assertThat(worstStep).isLessThan(step);
      assertThat(quietest).isGreaterThan(0.9 * AMPLITUDE);
      assertThat(loudest).isLessThan(1.1 * AMPLITUDE);
    }
  }

  /// The steps allowed are about what each codec's own noise makes of a tone; a sample left out
  /// makes one of a third of the amplitude at 8 kHz, silence in between one of all of it.
  @ParameterizedTest
  @CsvSource({"pcmu, 8000, 900", "pcma, 8000, 900", "g722, 16000, 900", "opus, 16000, 900"})
  void aToneOfFiveMinutesHasNoClick(String name, int rateHz, double step) {
    Call call = new Call(name, rateHz);
    // Playout begins with more delay than a quiet network needs and sheds it.
    call.run(5, 0);
    AudioJitterStatistics begun = call.buffer.statistics();
    call.run(300, 0);
    call.assertClean(step);
    AudioJitterStatistics statistics = call.buffer.statistics();
    assertThat(statistics.concealedSamples()).isEqualTo(begun.concealedSamples());
    assertThat(statistics.silentConcealedSamples()).isEqualTo(begun.concealedSamples());
    assertThat(statistics.accelerations()).isEqualTo(begun.accelerations());
    assertThat(statistics.expansions()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"pcmu, 200e-6", "pcmu, -200e-6", "opus, 200e-6", "opus, -200e-6"})
  void aDriftingClockIsAbsorbedUnheard(String name, double drift) {
    Call call = new Call(name, name.equals("opus") ? 16_000 : 8_000);
    int seconds = name.equals("opus") ? 150 : 300;
    call.run(seconds, drift);
    call.assertClean(900);
    AudioJitterStatistics statistics = call.buffer.statistics();
    assertThat(statistics.concealedSamples() - statistics.silentConcealedSamples()).isZero();
    // A faster player runs out of samples, a slower one has ever more.
    assertThat(drift > 0 ? statistics.expansions() : statistics.accelerations()).isPositive();
    assertThat(statistics.delayNanos() / statistics.emittedSamples()).isLessThan(100 * MS);
  }

  @ParameterizedTest
  @CsvSource({"pcmu, 8000, 1e-3", "pcmu, 8000, -1e-3", "opus, 16000, 1e-3"})
  void tellsHowManySamplesWereAddedOrLeftOut(String name, int rateHz, double drift) {
    Call call = new Call(name, rateHz);
    call.run(5, 0);
    long insertedBefore = call.player.insertedSamples();
    long removedBefore = call.player.removedSamples();
    call.run(60, drift);
    long inserted = call.player.insertedSamples() - insertedBefore;
    long removed = call.player.removedSamples() - removedBefore;
    // In units of the RTP clock, whatever the rate of the decoder.
    long expected = (long) (60 * drift * call.codec.clockRateHz());
    long most = call.codec.clockRateHz() / 25;
    assertThat(inserted - removed).isBetween(expected - most, expected + most);
    assertThat(drift > 0 ? inserted : removed).isGreaterThan(Math.abs(expected) / 4);
  }

  @ParameterizedTest
  @CsvSource({"pcmu, 8000", "g722, 16000", "opus, 48000"})
  void knowsWhatIsHeard(String name, int rateHz) {
    Call call = new Call(name, rateHz);
    assertThat(call.player.isTimed()).isFalse();
    call.run(10, 0);
    assertThat(call.player.isTimed()).isTrue();
    long behind = call.sent * call.codec.clockRateHz() / 50 - call.player.timestamp();
    long playoutDelay = call.buffer.playoutDelay() * call.codec.clockRateHz() / 1_000_000_000;
    assertThat(behind).isBetween(0L, playoutDelay + call.codec.clockRateHz() / 25);
  }

  @Test
  void countsWhatWasNotMadeInTime() {
    Call call = new Call("pcmu", 8_000);
    call.run(2, 0);
    long events = call.player.synthesizedEvents();
    long before = call.player.synthesized();
    int there = call.player.frames();
    assertThat(call.player.take(there + 100)).hasSize(there + 100);
    assertThat(call.player.synthesized()).isEqualTo(before + 100);
    assertThat(call.player.synthesizedEvents()).isEqualTo(events + 1);
  }

  @Test
  void givesTheRateThatIsWanted() {
    for (int rateHz : new int[] {16_000, 48_000}) {
      Call call = new Call("opus", rateHz);
      call.run(1, 0);
      assertThat(call.player.pcm()).isEqualTo(new PcmFormat(rateHz, 1));
    }
  }
}
