package org.klatsch.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.interop.ForeignPeer.Stack;
import org.klatsch.interop.Programs;

/// The benchmark runs behind `docs/benchmarks.md`; the figures go to `docs/benchmarks.json`.
class BenchmarksTest {
  @TempDir Path folder;

  private static String command(String method) {
    return "./mvnw -Plong verify -pl testing/bench -am -Dsurefire.failIfNoSpecifiedTests=false"
        + " -Dtest=BenchmarksTest#"
        + method;
  }

  private static void finish(Benchmarks benchmarks) throws IOException {
    List<Measurement> measured = benchmarks.measurements();
    Benchmarks.record(Programs.root().resolve("docs/benchmarks.json"), measured);
    System.out.println(Benchmarks.table(measured));
    assertThat(measured).extracting(Measurement::peer).contains("Klatsch");
  }

  private static List<Contender> contenders(Stack... stacks) {
    List<Contender> contenders = new ArrayList<>(List.of(Contender.klatsch()));
    for (Stack stack : stacks) {
      contenders.add(Contender.foreign(stack));
    }
    return contenders;
  }

  private static final Stack[] NATIVE = {
    Stack.PION, Stack.LIBWEBRTC, Stack.LIBDATACHANNEL, Stack.STR0M
  };

  @Test
  @Tag("long")
  void throughput() throws IOException {
    List<Contender> contenders = contenders(NATIVE);
    contenders.add(Contender.webrtcRs());
    Benchmarks b = new Benchmarks(contenders, 3, command("throughput"));
    b.throughput(65_536, 10);
    b.throughput(1_200, 10);
    finish(b);
  }

  private static List<Contender> all() {
    List<Contender> contenders = contenders(NATIVE);
    contenders.add(Contender.webrtcRs());
    contenders.add(1, Contender.klatsch("--executor", "direct").named("Klatsch, direct executor"));
    return contenders;
  }

  @Test
  @Tag("long")
  void roundTrip() throws IOException {
    Benchmarks b = new Benchmarks(all(), 3, command("roundTrip"));
    b.roundTrip(20_000);
    finish(b);
  }

  /// Some peers wait out a timer of 0.6 or 1 s for every pair, so there are few pairs. The compiler
  /// of the JVM needs thousands: a contender of its own shows what a server pays that runs for
  /// long.
  @Test
  @Tag("long")
  void setUp() throws IOException {
    List<Contender> contenders = all();
    contenders.add(
        2,
        Contender.klatsch("--executor", "direct", "--warm", "3000")
            .named("Klatsch, direct executor, after 3,000 pairs"));
    Benchmarks b = new Benchmarks(contenders, 1, command("setUp"));
    b.setUp(100);
    finish(b);
  }

  @Test
  @Tag("long")
  void memory() throws IOException {
    List<Contender> contenders = all();
    contenders.remove(1);
    Benchmarks b = new Benchmarks(contenders, 1, command("memory"));
    b.idle(100);
    finish(b);
  }

  @Test
  @Tag("long")
  void longPaths() throws IOException {
    Benchmarks b = new Benchmarks(contenders(Stack.PION), 1, command("longPaths"));
    for (int roundTrip : new int[] {2, 20, 50, 100, 300}) {
      for (double loss : new double[] {0, 0.1, 1, 2}) {
        b.longPath(roundTrip, loss, 30);
      }
    }
    finish(b);
  }

  /// `-Dklatsch.bench.rounds=1` makes a quick run of those below.
  private static final int ROUNDS = Integer.getInteger("klatsch.bench.rounds", 3);

  @Test
  @Tag("long")
  void srtp() throws IOException {
    Benchmarks b = new Benchmarks(Contender.srtp(), ROUNDS, command("srtp"));
    b.srtp(3);
    finish(b);
  }

  @Test
  @Tag("long")
  void forwarding() throws IOException {
    List<Contender> contenders =
        List.of(Contender.klatsch(ForwardBench.class), Contender.pionForward());
    Benchmarks b = new Benchmarks(contenders, ROUNDS, command("forwarding"));
    for (int subscribers : new int[] {20, 50, 100}) {
      // Few packets leave the compiler of the JVM at work for longer.
      b.forwarding(subscribers, Math.max(30, 1_200 / subscribers), 10);
    }
    finish(b);
  }

  @Test
  @Tag("long")
  void opus() throws IOException {
    List<Contender> contenders =
        List.of(
            Contender.klatsch(OpusBench.class),
            Contender.klatsch(OpusBench.class, "native").named("Klatsch with libopus"));
    Benchmarks b = new Benchmarks(contenders, ROUNDS, command("opus"));
    for (int complexity : new int[] {0, 5, 10}) {
      b.opus(16_000, 24_000, complexity, 5);
    }
    b.opus(48_000, 32_000, 5, 5);
    finish(b);
  }

  @Test
  @Tag("long")
  void relay() throws IOException {
    Benchmarks b = new Benchmarks(Contender.relays(), ROUNDS, command("relay"));
    b.relaying(20, 1_000, 16, 8, 8);
    b.relaying(200, 160, 2, 8, 8);
    finish(b);
  }

  @Test
  @Tag("long")
  void botCalls() throws IOException {
    List<Contender> contenders = List.of(Contender.klatsch(BotCallsBench.class));
    Benchmarks b = new Benchmarks(contenders, ROUNDS, command("botCalls"));
    b.botCalls("pcmu", 100, 20);
    b.botCalls("opus", 25, 20);
    finish(b);
  }

  @Test
  void recordsTheNewestFigureOfEachPeerAndMeasure() throws IOException {
    Path file = folder.resolve("benchmarks.json");
    Measurement old = new Measurement("A", "1", "speed", 1, "Mbit/s", "run", "2026-01-01");
    Measurement other = new Measurement("B", "1", "speed", 12, "Mbit/s", "run", "2026-01-01");
    Measurement newer = new Measurement("A", "2", "speed", 3, "Mbit/s", "run", "2026-01-02");
    Benchmarks.record(file, List.of(old, other));
    Benchmarks.record(file, List.of(newer));
    assertThat(Files.readString(file)).contains("2026-01-02").doesNotContain("\"value\" : 1.0");
    assertThat(Benchmarks.table(List.of(newer, other)))
        .contains("| measure | unit | A | B |", "| speed | Mbit/s | 3.00 | 12 |");
  }
}
