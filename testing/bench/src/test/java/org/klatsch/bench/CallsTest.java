package org.klatsch.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.codecs.Codecs;
import org.klatsch.webrtc.PeerConnectionFactory;

/// Calls over impaired links and for long. `-Dklatsch.soakMinutes=N` sets how long, 20 otherwise.
class CallsTest {
  private static final int MINUTES = Integer.getInteger("klatsch.soakMinutes", 20);
  private static final int CALLS = 20;

  @Test
  @Tag("long")
  void lossIsConcealedSeldomWithRedundancy() throws Exception {
    List<String> rows = new ArrayList<>();
    double[] concealed = new double[2];
    for (int percent : new int[] {0, 5, 10, 20}) {
      for (int mode = 0; mode < 4; mode++) {
        boolean fec = (mode & 1) != 0;
        boolean red = (mode & 2) != 0;
        ImpairedAudio.Result result =
            ImpairedAudio.measure(Codecs.installed(), percent / 100.0, 25, red, fec, 20);
        String what =
            String.format(
                Locale.ROOT,
                "%d %%, %s",
                percent,
                red ? fec ? "RED and FEC" : "RED" : fec ? "FEC" : "neither");
        rows.add(ImpairedAudio.row(what, result));
        System.out.println(rows.getLast());
        if (percent == 20 && (mode == 0 || mode == 3)) {
          concealed[mode / 3] = result.concealedPercent();
        }
      }
    }
    System.out.println("| loss | concealed % | mouth to ear ms | kbit/s |\n|---|--:|--:|--:|");
    rows.forEach(System.out::println);
    assertThat(concealed[1]).isLessThan(concealed[0] / 2);
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
