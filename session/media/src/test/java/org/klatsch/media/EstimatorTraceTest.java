package org.klatsch.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Seeds;

/// Traces of the estimator on a link of 2.5 Mbit/s with 50 ms of round trip and a queue of 60 kB:
/// how soon it finds the link, how well it uses it and how long a queue it makes.
@Tag("simulation")
class EstimatorTraceTest {
  private static final int SSRC = 0x2222_0000;
  private static final long MS = 1_000_000;
  private static final long RATE = 2_500_000;
  private static final LinkOptions LINK =
      LinkOptions.PERFECT.delayMillis(25).rate(RATE).queueBytes(60_000);
  private static final List<RtpHeaderExtension> EXTENSIONS =
      List.of(TransportPair.MID, TransportPair.SEND_TIME, TransportPair.TRANSPORT_SEQUENCE);

  /// A video call whose link is looked at every 10 ms.
  private static final class Trace {
    final TransportPair pair;
    final RtpSender sender;
    final VideoSource source;
    final List<Long> queue = new ArrayList<>();
    private long carriedBefore;
    private long since;
    private long lastSent;

    Trace(long seed, long adaptiveUpTo) {
      pair = new TransportPair(seed, LINK, LinkOptions.PERFECT.delayMillis(25));
      pair.connect();
      RtpSendParameters parameters = TransportPair.sendVideo(SSRC).withHeaderExtensions(EXTENSIONS);
      sender =
          pair.a.transport.addSender(
              parameters.withEncodings(
                  List.of(parameters.encodings().getFirst().withMaxBitrate(5_000_000))));
      pair.b.transport.addReceiver(TransportPair.receiveVideo().withHeaderExtensions(EXTENSIONS));
      source = new VideoSource(pair.simulation, pair.a, sender, 0);
      source.adaptiveUpTo = adaptiveUpTo;
      source.run(Duration.ofMinutes(10));
      look();
    }

    private void look() {
      queue.add(pair.a.host.uplink().queueNanos(pair.simulation.now()));
      pair.simulation.after(Duration.ofMillis(10), this::look);
    }

    void link(LinkOptions link) {
      pair.a.host.uplink().options(link);
    }

    void run(Duration duration) {
      pair.simulation.runFor(duration);
    }

    /// Until the target reaches a rate, in milliseconds.
    long timeTo(long bitsPerSecond, Duration limit) {
      long start = pair.simulation.now();
      pair.simulation.runUntil(() -> pair.a.transport.targetBitrate() >= bitsPerSecond, limit);
      return (pair.simulation.now() - start) / MS;
    }

    void forget() {
      queue.clear();
      carriedBefore = pair.a.host.uplink().carriedBytes();
      since = pair.simulation.now();
      lastSent = sender.statistics().getFirst().payloadBytes();
    }

    /// The share of a rate that the link carried since [#forget].
    double utilisation(long bitsPerSecond) {
      long carried = pair.a.host.uplink().carriedBytes() - carriedBefore;
      return carried * 8e9 / (pair.simulation.now() - since) / bitsPerSecond;
    }

    /// Payload sent since [#forget], in bits a second.
    long sent() {
      long bytes = sender.statistics().getFirst().payloadBytes() - lastSent;
      return bytes * 8_000_000_000L / (pair.simulation.now() - since);
    }

    /// A quantile of the queueing delay since [#forget], in milliseconds.
    long queueMillis(double quantile) {
      List<Long> sorted = new ArrayList<>(queue);
      Collections.sort(sorted);
      return sorted.get((int) (quantile * (sorted.size() - 1))) / MS;
    }
  }

  @Test
  void step() {
    Seeds.forEach(
        2,
        seed -> {
          Trace trace = new Trace(seed, 5_000_000);
          long time = trace.timeTo(RATE * 9 / 10, Duration.ofSeconds(20));
          trace.run(Duration.ofSeconds(5));
          trace.forget();
          trace.run(Duration.ofSeconds(30));
          System.out.printf(
              "step, seed %d: 90 %% after %d ms, utilisation %.0f %%, queue %d ms (95 %%: %d)%n",
              seed,
              time,
              100 * trace.utilisation(RATE),
              trace.queueMillis(0.5),
              trace.queueMillis(0.95));
          assertThat(time).isLessThan(3_000);
          assertThat(trace.utilisation(RATE)).isGreaterThan(0.8);
          assertThat(trace.queueMillis(0.95)).isLessThan(120);
        });
  }

  @Test
  void dip() {
    Seeds.forEach(
        2,
        seed -> {
          Trace trace = new Trace(seed, 5_000_000);
          trace.run(Duration.ofSeconds(10));
          trace.forget();
          trace.link(LINK.rate(800_000));
          trace.run(Duration.ofSeconds(2));
          long worst = trace.queueMillis(1);
          trace.forget();
          trace.run(Duration.ofSeconds(13));
          double used = trace.utilisation(800_000);
          long queue = trace.queueMillis(0.5);
          trace.link(LINK);
          long back = trace.timeTo(RATE * 9 / 10, Duration.ofSeconds(60));
          System.out.printf(
              "dip, seed %d: queue up to %d ms, then %d ms (95 %%: %d), utilisation %.0f %%, back"
                  + " at 90 %% after %d ms%n",
              seed, worst, queue, trace.queueMillis(0.95), 100 * used, back);
          assertThat(queue).isLessThan(100);
          assertThat(used).isGreaterThan(0.6);
          assertThat(back).isLessThan(15_000);
        });
  }

  @Test
  void competingFlow() {
    Seeds.forEach(
        2,
        seed -> {
          Trace trace = new Trace(seed, 5_000_000);
          trace.run(Duration.ofSeconds(10));
          TransportPair.Flow other = trace.pair.flow(5_006, 0x4444_0000, EXTENSIONS, 5_000_000);
          trace.run(Duration.ofSeconds(20));
          trace.forget();
          long before = other.sender.statistics().getFirst().payloadBytes();
          trace.run(Duration.ofSeconds(60));
          long others = (other.sender.statistics().getFirst().payloadBytes() - before) * 8 / 60;
          double share = (double) trace.sent() / (trace.sent() + others);
          System.out.printf(
              "competing flow, seed %d: shares %.0f and %.0f %%, utilisation %.0f %%, queue %d ms"
                  + " (95 %%: %d)%n",
              seed,
              100 * share,
              100 * (1 - share),
              100 * trace.utilisation(RATE),
              trace.queueMillis(0.5),
              trace.queueMillis(0.95));
          assertThat(share).isBetween(0.2, 0.8);
          assertThat(trace.utilisation(RATE)).isGreaterThan(0.7);
          assertThat(trace.queueMillis(0.5)).isLessThan(150);
        });
  }

  @Test
  void applicationLimited() {
    Seeds.forEach(
        2,
        seed -> {
          Trace trace = new Trace(seed, 400_000);
          trace.run(Duration.ofSeconds(5));
          trace.forget();
          trace.run(Duration.ofSeconds(30));
          long target = trace.pair.a.transport.targetBitrate();
          long queue = trace.queueMillis(0.95);
          trace.source.adaptiveUpTo = 5_000_000;
          trace.forget();
          trace.run(Duration.ofSeconds(3));
          System.out.printf(
              "application-limited, seed %d: target %d kbit/s, queue %d ms (95 %%); then %d kbit/s"
                  + " sent, queue up to %d ms%n",
              seed, target / 1_000, queue, trace.sent() / 1_000, trace.queueMillis(1));
          assertThat(target).isBetween(400_000L, 3_000_000L);
          assertThat(queue).isLessThan(60);
          assertThat(trace.sent()).isGreaterThan(1_000_000);
          assertThat(trace.queueMillis(1)).isLessThan(200);
        });
  }
}
