package org.klatsch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Goertzel;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.codecs.container.WavWriter;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Two calls against a real server over real connections, in one process.
@Timeout(120)
class CallEndToEndTest {
  private static final int RATE_HZ = 48_000;

  @TempDir Path temp;
  private KlatschServer server;
  private final List<Run> runs = new ArrayList<>();

  @BeforeEach
  void serve() throws Exception {
    server = KlatschServer.start(ServerOptions.of(0, temp.resolve("data")));
  }

  @AfterEach
  void stop() throws Exception {
    for (Run run : runs) {
      run.endInput();
      run.exitCode.get(60, TimeUnit.SECONDS);
    }
    server.close();
  }

  /// A call that runs on a thread of its own; its input stays open.
  private final class Run {
    private final PipedWriter in = new PipedWriter();
    private final List<JsonNode> events = new ArrayList<>();
    private final StringBuilder line = new StringBuilder();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();

    Run(String... more) throws IOException {
      List<String> args =
          new ArrayList<>(List.of("call", "--json", "--server", server.ready().url(), "kitchen"));
      args.addAll(List.of(more));
      PrintStream out =
          new PrintStream(
              new java.io.OutputStream() {
                @Override
                public void write(int b) {
                  take((char) b);
                }
              },
              true,
              StandardCharsets.UTF_8);
      Terminal terminal =
          new Terminal(new BufferedReader(new PipedReader(in)), out, System.err, false);
      runs.add(this);
      Thread.ofVirtual()
          .start(() -> exitCode.complete(Klatsch.run(terminal, args.toArray(String[]::new))));
    }

    private synchronized void take(char c) {
      if (c == '\n') {
        events.add(JsonMapper.shared().readTree(line.toString()));
        line.setLength(0);
        notifyAll();
      } else {
        line.append(c);
      }
    }

    /// Waits for an event.
    synchronized JsonNode event(String name, Predicate<JsonNode> which) throws Exception {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (true) {
        for (JsonNode event : events) {
          if (event.path("event").stringValue().equals(name) && which.test(event)) {
            return event;
          }
        }
        long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
        assertThat(left).as("no event " + name + " among " + events).isPositive();
        wait(left);
      }
    }

    JsonNode event(String name) throws Exception {
      return event(name, _ -> true);
    }

    synchronized List<String> digits() {
      return events.stream()
          .filter(event -> event.path("event").stringValue().equals("dtmf"))
          .map(event -> event.path("digit").stringValue())
          .toList();
    }

    void endInput() throws IOException {
      in.close();
    }

    int exitCode() throws Exception {
      return exitCode.get(60, TimeUnit.SECONDS);
    }
  }

  /// The largest share that a frequency has in a quarter of a second of a file.
  private static double share(Path file, double hz) throws IOException {
    double best = 0;
    try (WavReader reader = WavReader.open(file)) {
      PcmFormat format = reader.format();
      assertThat(format).isEqualTo(new PcmFormat(RATE_HZ, 1));
      short[] pcm = new short[RATE_HZ / 4];
      while (reader.read(pcm, 0, pcm.length) == pcm.length) {
        Goertzel goertzel = new Goertzel(RATE_HZ, hz);
        goertzel.add(pcm, 0, pcm.length);
        if (goertzel.power() > 1_000) {
          best = Math.max(best, goertzel.share());
        }
      }
    }
    return best;
  }

  @Test
  void recordsTheEchoOfATone() throws Exception {
    Run echo = new Run("--name", "Echo", "--echo");
    echo.event("joined");
    Path folder = temp.resolve("recordings");
    Run caller = new Run("--name", "Ada", "--tone", "440", "--record", folder.toString());
    caller.event("quality", event -> event.path("packetsReceived").intValue() > 75);
    caller.endInput();
    assertThat(caller.exitCode()).isZero();
    JsonNode joined = caller.event("joined");
    assertThat(joined.path("room").stringValue()).isEqualTo("kitchen");
    assertThat(joined.path("members").intValue()).isEqualTo(1);
    assertThat(caller.event("member-joined").path("from").stringValue()).isEqualTo("Echo");
    assertThat(caller.event("connected").path("from").stringValue()).isEqualTo("Echo");
    JsonNode recording = caller.event("done").path("recordings").path(0);
    Path file = folder.resolve("Echo-audio.wav");
    assertThat(recording.path("file").stringValue()).isEqualTo(file.toString());
    assertThat(recording.path("seconds").doubleValue()).isPositive();
    assertThat(share(file, 440)).isGreaterThan(0.9);
    assertThat(share(file, 1_000)).isLessThan(0.1);
    echo.event("member-left");
    echo.endInput();
    assertThat(echo.exitCode()).isZero();
    echo.event("done");
  }

  @Test
  void sendsDigitsToTheOthers() throws Exception {
    Run listener = new Run();
    listener.event("joined");
    Run caller = new Run("--name", "Ada", "--dtmf", "123");
    JsonNode last = listener.event("dtmf", event -> event.path("digit").stringValue().equals("3"));
    assertThat(last.path("from").stringValue()).isEqualTo("Ada");
    caller.in.write("4*\n");
    caller.in.flush();
    listener.event("dtmf", event -> event.path("digit").stringValue().equals("*"));
    assertThat(listener.digits()).containsExactly("1", "2", "3", "4", "*");
  }

  @Test
  void playsAFileThatIsRecordedElsewhere() throws Exception {
    Path file = temp.resolve("song.wav");
    try (WavWriter writer = WavWriter.create(file, new PcmFormat(11_025, 3))) {
      ToneGenerator generator = new ToneGenerator(11_025);
      generator.start(8_000, 700);
      short[] tone = new short[2 * 11_025];
      generator.fill(tone, 0, tone.length);
      short[] pcm = new short[3 * tone.length];
      for (int i = 0; i < pcm.length; i++) {
        pcm[i] = tone[i / 3];
      }
      writer.write(pcm, 0, tone.length);
    }
    Run recorder = new Run("--record", temp.resolve("in").toString());
    recorder.event("joined");
    Run player = new Run("--name", "a/../b", "--play", file.toString());
    assertThat(player.event("played").path("file").stringValue()).isEqualTo(file.toString());
    recorder.event("quality", event -> event.path("packetsReceived").intValue() > 50);
    player.endInput();
    assertThat(player.exitCode()).isZero();
    recorder.event("member-left");
    recorder.endInput();
    assertThat(recorder.exitCode()).isZero();
    assertThat(share(temp.resolve("in/a____b-audio.wav"), 700)).isGreaterThan(0.9);
  }

  @Test
  void endsAfterTheSecondsAskedFor() throws Exception {
    Run alone = new Run("--seconds", "1");
    assertThat(alone.exitCode()).isZero();
    JsonNode done = alone.event("done");
    assertThat(done.path("seconds").doubleValue()).isGreaterThan(0.9);
    assertThat(done.path("recordings").size()).isZero();
  }

  @Test
  void aMissingFileIsNamed() throws Exception {
    Run player = new Run("--play", temp.resolve("missing.wav").toString());
    assertThat(player.exitCode()).isEqualTo(1);
    assertThat(player.event("error").path("message").stringValue()).contains("missing.wav");
  }
}
