package org.klatsch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `publish` and `play` against a real server, in one process.
@Timeout(120)
class StreamEndToEndTest {
  @TempDir Path temp;
  private KlatschServer server;

  @BeforeEach
  void serve() throws Exception {
    server = KlatschServer.start(ServerOptions.of(0, temp.resolve("data")));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  private record Outcome(int exitCode, List<JsonNode> events, String errors) {
    JsonNode event(String name) {
      return events.stream()
          .filter(each -> each.get("event").asString().equals(name))
          .findFirst()
          .orElseThrow(() -> new AssertionError(name + " in " + events + errors));
    }
  }

  /// Output that tells of its first line.
  private static final class Lines extends ByteArrayOutputStream {
    private final CompletableFuture<Void> first = new CompletableFuture<>();

    @Override
    public synchronized void write(int b) {
      super.write(b);
      if (b == '\n') {
        first.complete(null);
      }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      for (int i = 0; i < length; i++) {
        write(bytes[offset + i]);
      }
    }
  }

  private static Outcome run(Lines out, String... args) {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new BufferedReader(Reader.nullReader()),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(errors, true, StandardCharsets.UTF_8),
            false);
    int exitCode = Klatsch.run(terminal, args);
    JsonMapper json = JsonMapper.shared();
    return new Outcome(
        exitCode,
        out.toString(StandardCharsets.UTF_8).lines().map(json::readTree).toList(),
        errors.toString(StandardCharsets.UTF_8));
  }

  @Test
  void playsAndRecordsWhatIsPublished() throws Exception {
    Lines publishing = new Lines();
    CompletableFuture<Outcome> publisher =
        CompletableFuture.supplyAsync(() ->
            run(
                publishing,
                "publish",
                "--json",
                "--seconds",
                "8",
                "tone",
                server.ready().url() + "/whip/tone"));
    CompletableFuture.anyOf(publishing.first, publisher).get(60, TimeUnit.SECONDS);
    Outcome played =
        run(
            new Lines(),
            "play",
            "--json",
            "--seconds",
            "3",
            "--record",
            temp.resolve("out").toString(),
            server.ready().url() + "/whep/tone");
    assertThat(played.exitCode()).as(played.errors()).isZero();
    assertThat(played.event("connected").get("resource").asString()).contains("/whep/tone/");
    assertThat(played.event("track").get("codec").asString()).isEqualToIgnoringCase("audio/opus");
    assertThat(played.event("done").get("audioFrames").asInt()).isGreaterThan(50);
    assertThat(Files.size(temp.resolve("out/tone-audio.wav"))).isGreaterThan(50_000);
    Outcome published = publisher.get(60, TimeUnit.SECONDS);
    assertThat(published.exitCode()).as(published.errors()).isZero();
    assertThat(published.event("done").get("seconds").asDouble()).isGreaterThan(7);
  }

  @Test
  void saysWhyThereIsNothingToPlayOrPublish() {
    Outcome nobody = run(new Lines(), "play", "--json", server.ready().url() + "/whep/nobody");
    assertThat(nobody.exitCode()).isEqualTo(ExitCode.FAILED);
    assertThat(nobody.errors()).contains("404", "Nobody publishes");
    Outcome noFile =
        run(new Lines(), "publish", "nothing.webm", server.ready().url() + "/whip/any");
    assertThat(noFile.exitCode()).isEqualTo(ExitCode.USAGE);
    Outcome noUrl = run(new Lines(), "play", "whatever");
    assertThat(noUrl.exitCode()).isEqualTo(ExitCode.USAGE);
  }
}
