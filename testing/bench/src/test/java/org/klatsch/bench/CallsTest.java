package org.klatsch.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.Codecs;
import org.klatsch.interop.Browser;
import org.klatsch.webrtc.PeerConnectionFactory;

/// Calls over impaired links and for long. `-Dklatsch.soakMinutes=N` sets how long, 20 otherwise.
class CallsTest {
  private static final int MINUTES = Integer.getInteger("klatsch.soakMinutes", 20);
  private static final int CALLS = 20;

  private static final int LOSS_SECONDS = Integer.getInteger("klatsch.lossSeconds", 20);
  private static final int ONE_WAY_MILLIS = 25;
  private static final int[] LOSSES = {0, 5, 10, 20};

  /// What repairs a loss: Opus' own redundancy, RED, both or neither.
  private static final List<String> REDUNDANCY = List.of("neither", "FEC", "RED", "RED and FEC");

  private static final String HEAD =
      "| loss % | stack | redundancy | concealed % | mouth to ear ms | kbit/s |\n"
          + "|--:|---|---|--:|--:|--:|";

  /// Measures one call of a stack with itself.
  private interface Measure {
    ImpairedAudio.Result run(double loss, boolean red, boolean fec) throws Exception;
  }

  /// The calls of one stack at one loss run at the same time: each needs a small part of a
  /// processor.
  ///
  /// @return a result for each entry of [#REDUNDANCY], or the first alone
  private static List<ImpairedAudio.Result> measure(
      Measure measure, int percent, int kinds, List<String> rows, String stack) throws Exception {
    List<Future<ImpairedAudio.Result>> running = new ArrayList<>();
    List<ImpairedAudio.Result> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int kind = 0; kind < kinds; kind++) {
        boolean fec = (kind & 1) != 0;
        boolean red = (kind & 2) != 0;
        running.add(threads.submit(() -> measure.run(percent / 100.0, red, fec)));
      }
      for (int kind = 0; kind < kinds; kind++) {
        results.add(running.get(kind).get());
        rows.add(ImpairedAudio.row("" + percent, stack, REDUNDANCY.get(kind), results.getLast()));
        System.out.println(rows.getLast());
      }
    }
    return results;
  }

  private static ImpairedAudio.Result klatsch(double loss, boolean red, boolean fec)
      throws Exception {
    return ImpairedAudio.measure(Codecs.installed(), loss, ONE_WAY_MILLIS, red, fec, LOSS_SECONDS);
  }

  private static void print(List<String> rows) {
    System.out.println(HEAD);
    rows.forEach(System.out::println);
  }

  @Test
  @Tag("long")
  void lossIsConcealedSeldomWithRedundancy() throws Exception {
    List<String> rows = new ArrayList<>();
    List<ImpairedAudio.Result> worst = List.of();
    for (int percent : LOSSES) {
      worst = measure(CallsTest::klatsch, percent, REDUNDANCY.size(), rows, "Klatsch");
    }
    print(rows);
    assertThat(worst.getLast().concealedPercent())
        .isLessThan(worst.getFirst().concealedPercent() / 2);
  }

  /// The same beside stacks that must be installed: Chromium, and aiortc, which has no redundancy.
  @Test
  @Tag("long")
  void lossIsConcealedBesideOtherStacks() throws Exception {
    List<String> rows = new ArrayList<>();
    try (Browser browser = Browser.start("chromium")) {
      for (int percent : LOSSES) {
        measure(CallsTest::klatsch, percent, REDUNDANCY.size(), rows, "Klatsch");
        measure(
            (loss, red, fec) ->
                ImpairedChromium.measure(browser, loss, ONE_WAY_MILLIS, red, fec, LOSS_SECONDS),
            percent,
            REDUNDANCY.size(),
            rows,
            "Chromium");
        measure(
            (loss, _, _) -> ImpairedAiortc.measure(loss, ONE_WAY_MILLIS, LOSS_SECONDS),
            percent,
            1,
            rows,
            "aiortc");
      }
    }
    print(rows);
    assertThat(rows).hasSize(LOSSES.length * (2 * REDUNDANCY.size() + 1));
  }

  @Test
  @Tag("long")
  void audioIsHeardSoonAfterTheAnswer() throws Exception {
    try (PeerConnectionFactory factory =
        new PeerConnectionFactory(BotCall.loopback(Codecs.installed()))) {
      for (int oneWay : new int[] {25, 50}) {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          double millis = ImpairedAudio.firstAudio(factory, oneWay);
          if (i > 1) {
            all.add(millis);
          }
        }
        all.sort(null);
        double median = all.get(all.size() / 2);
        System.out.printf(
            Locale.ROOT,
            "first audio after the answer, %d ms one way: median %.0f ms, all %s%n",
            oneWay,
            median,
            all.stream().map(Math::round).toList());
        assertThat(median).isLessThan(1_000);
      }
    }
  }

  @Test
  @Tag("long")
  void twentyCallsLeaveMemoryFlat() throws Exception {
    List<BotCall> calls = new ArrayList<>();
    int rateHz = 16_000;
    short[] voice = Voice.of(rateHz, 60 * rateHz, 1);
    try (PeerConnectionFactory factory =
        new PeerConnectionFactory(BotCall.loopback(Codecs.installed()))) {
      for (int i = 0; i < CALLS; i++) {
        BotCall call = new BotCall(factory, "opus", rateHz);
        calls.add(call);
        call.connect();
      }
      List<Resources> each = new ArrayList<>();
      for (int minute = 0; minute <= MINUTES; minute++) {
        for (BotCall call : calls) {
          call.a.source.push(voice);
          call.b.source.push(voice);
        }
        TimeUnit.SECONDS.sleep(50);
        for (BotCall call : calls) {
          call.a.source.clear();
          call.b.source.clear();
        }
        each.add(Resources.now());
        long[] played = new long[2];
        for (BotCall call : calls) {
          long[] one = call.a.played();
          played[0] += one[0];
          played[1] += one[1];
        }
        System.out.printf(
            Locale.ROOT,
            "minute %d: %s, %.3f %% concealed%n",
            minute,
            each.getLast(),
            100.0 * played[0] / Math.max(1, played[1]));
      }
      for (BotCall call : calls) {
        assertThat(call.a.heard.get()).isPositive();
        assertThat(call.b.heard.get()).isPositive();
      }
      // The first minute still loads classes and fills buffers.
      Resources first = each.get(Math.min(1, each.size() - 1));
      Resources last = each.getLast();
      assertThat(last.heapBytes()).isLessThan(first.heapBytes() * 11 / 10);
      assertThat(last.threads()).isLessThanOrEqualTo(first.threads() + 1);
      assertThat(last.descriptors()).isLessThanOrEqualTo(first.descriptors());
    } finally {
      calls.forEach(BotCall::close);
    }
  }
}
