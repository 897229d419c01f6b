package org.klatsch.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.Codecs;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.PeerConnectionFactory;
import org.klatsch.webrtc.RTCInboundRtpStreamStats;

/// What loss does to a call, and what redundancy does to loss: the share of concealed audio and the
/// delay from mouth to ear, through a link of user space.
final class ImpairedAudio {
  /// The peers need some reports to set up their redundancy, and playout to settle.
  static final int SETTLING_SECONDS = 8;

  /// Half a second of voice, half a second of silence, over and over: the beginnings are what is
  /// timed.
  private static final int ONSETS_PER_SECOND = 1;

  static final int LOUD = 1_500;
  private static final int QUIET_SAMPLES = RelayedCall.RATE / 5;

  /// @param concealedPercent of all samples played, silence not counted
  /// @param mouthToEarMillis the median of all beginnings of a word
  /// @param kilobits payload that came per second; NaN where it is not told
  record Result(double concealedPercent, double mouthToEarMillis, double kilobits) {}

  /// Notes when words begin.
  private static final class Onsets implements RelayedCall.Ear {
    private final List<Long> times = new ArrayList<>();
    private int quiet;

    @Override
    public synchronized void accept(AudioFrame frame) {
      long now = System.nanoTime();
      short[] samples = frame.samples();
      for (int i = 0; i < samples.length; i++) {
        if (Math.abs(samples[i]) < LOUD) {
          quiet++;
          continue;
        }
        if (quiet >= QUIET_SAMPLES) {
          times.add(now + i * 1_000_000_000L / RelayedCall.RATE);
        }
        quiet = 0;
      }
    }

    synchronized List<Long> take() {
      List<Long> copy = List.copyOf(times);
      times.clear();
      return copy;
    }
  }

  private ImpairedAudio() {}

  /// Measures one call.
  static Result measure(
      Codecs codecs, double loss, int oneWayMillis, boolean red, boolean fec, int seconds)
      throws Exception {
    LinkOptions link = LinkOptions.PERFECT.delayMillis(oneWayMillis).loss(loss);
    Onsets ear = new Onsets();
    Onsets mouth = new Onsets();
    try (PeerConnectionFactory factory = new PeerConnectionFactory(BotCall.loopback(codecs));
        RelayedCall call = new RelayedCall(factory, link, 1, red, fec, _ -> {}, ear);
        AudioTrackSink _ = new AudioTrackSink(call.nearVoice.track(), RelayedCall.RATE, 1, mouth)) {
      call.connect();
      call.nearVoice.push(words(SETTLING_SECONDS + seconds));
      TimeUnit.SECONDS.sleep(SETTLING_SECONDS);
      mouth.take();
      ear.take();
      long[] before = figures(call);
      TimeUnit.SECONDS.sleep(seconds);
      long[] after = figures(call);
      return new Result(
          100.0 * (after[0] - before[0]) / Math.max(1, after[1] - before[1]),
          delay(mouth.take(), ear.take()),
          (after[2] - before[2]) * 8e-3 / seconds);
    }
  }

  /// What is spoken: words and pauses.
  static short[] words(int seconds) {
    short[] voice = Voice.of(RelayedCall.RATE, seconds * RelayedCall.RATE, 1);
    int word = RelayedCall.RATE / ONSETS_PER_SECOND / 2;
    for (int from = word; from < voice.length; from += 2 * word) {
      Arrays.fill(voice, from, from + word, (short) 0);
    }
    return voice;
  }

  /// Concealed and all samples, and received bytes.
  private static long[] figures(RelayedCall call) {
    RTCInboundRtpStreamStats stats =
        call.far.getStats().join().stream(RTCInboundRtpStreamStats.class).findFirst().orElseThrow();
    return new long[] {
      number(stats.concealedSamples()) - number(stats.silentConcealedSamples()),
      number(stats.totalSamplesReceived()),
      number(stats.bytesReceived())
    };
  }

  private static long number(@Nullable Long value) {
    return value == null ? 0 : value;
  }

  private static double delay(List<Long> mouth, List<Long> ear) {
    List<Double> delays = new ArrayList<>();
    for (long heard : ear) {
      long best = Long.MIN_VALUE;
      for (long said : mouth) {
        best = said <= heard ? Math.max(best, said) : best;
      }
      if (best > heard - 900_000_000L) {
        delays.add((heard - best) * 1e-6);
      }
    }
    delays.sort(null);
    return delays.isEmpty() ? Double.NaN : delays.get(delays.size() / 2);
  }

  /// The time from the answer to the first audio at either end, whichever is later, in
  /// milliseconds.
  static double firstAudio(PeerConnectionFactory factory, int oneWayMillis) throws Exception {
    LinkOptions link = LinkOptions.PERFECT.delayMillis(oneWayMillis);
    CompletableFuture<Long> near = new CompletableFuture<>();
    CompletableFuture<Long> far = new CompletableFuture<>();
    try (RelayedCall call =
        new RelayedCall(factory, link, 1, false, true, first(near), first(far))) {
      short[] tone = new short[4 * RelayedCall.RATE];
      for (int i = 0; i < tone.length; i++) {
        tone[i] = (short) (10_000 * Math.sin(2 * Math.PI * 500 * i / RelayedCall.RATE));
      }
      call.nearVoice.push(tone);
      call.farVoice.push(tone);
      long answered = call.connect();
      long heard = Math.max(near.get(30, TimeUnit.SECONDS), far.get(30, TimeUnit.SECONDS));
      return (heard - answered) * 1e-6;
    }
  }

  private static RelayedCall.Ear first(CompletableFuture<Long> heard) {
    return frame -> {
      for (short sample : frame.samples()) {
        if (sample > LOUD) {
          heard.complete(System.nanoTime());
          return;
        }
      }
    };
  }

  /// A row of the table.
  static String row(String loss, String stack, String redundancy, Result result) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %.2f | %s | %s |",
        loss,
        stack,
        redundancy,
        result.concealedPercent(),
        whole(result.mouthToEarMillis()),
        whole(result.kilobits()));
  }

  private static String whole(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.0f", value);
  }
}
