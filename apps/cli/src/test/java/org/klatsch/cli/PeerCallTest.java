package org.klatsch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `klatsch peer --codec` against itself.
@Timeout(120)
class PeerCallTest {
  /// Enough for a slow machine to hear a quarter of a second of the tone without a gap.
  private static final String SECONDS = "3";

  @TempDir Path signal;

  /// Runs one side and returns its last line.
  private CompletableFuture<JsonNode> peer(String role, String codec, String... more) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new BufferedReader(new StringReader("")),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            System.err,
            false);
    return CompletableFuture.supplyAsync(
        () -> {
          List<String> arguments =
              new ArrayList<>(List.of("peer", "--role", role, "--signal", signal.toString()));
          arguments.addAll(List.of("--codec", codec, "--seconds", SECONDS));
          arguments.addAll(List.of(more));
          int exitCode = Klatsch.run(terminal, arguments.toArray(String[]::new));
          assertThat(exitCode).as(out.toString(StandardCharsets.UTF_8)).isZero();
          return JsonMapper.shared()
              .readTree(out.toString(StandardCharsets.UTF_8).lines().toList().getLast());
        },
        Executors.newVirtualThreadPerTaskExecutor());
  }

  private void call(String codec, String mimeType) throws Exception {
    CompletableFuture<JsonNode> offer = peer("offer", codec);
    CompletableFuture<JsonNode> answer = peer("answer", codec);
    for (CompletableFuture<JsonNode> side : List.of(offer, answer)) {
      JsonNode line = side.get(100, TimeUnit.SECONDS);
      assertThat(line.path("ok").asBoolean()).isTrue();
      assertThat(line.path("sent").asLong()).isPositive();
      assertThat(line.path("received").asLong()).isPositive();
      assertThat(line.path("mbps").asDouble()).isPositive();
      assertThat(line.path("srtp").asString()).isNotEmpty();
      JsonNode media = line.path("media");
      assertThat(media.path("codec").asString()).isEqualToIgnoringCase(mimeType);
      assertThat(media.path("packetsReceived").asLong()).isPositive();
      if (mimeType.startsWith("video/")) {
        assertThat(media.path("width").asInt()).isEqualTo(640);
        assertThat(media.path("counters").asInt()).as("pictures read").isPositive();
      } else {
        assertThat(media.path("toneShare").asDouble()).isGreaterThan(0.5);
      }
    }
  }

  @Test
  void sendsBytesBesideACall() throws Exception {
    CompletableFuture<JsonNode> offer = peer("offer", "pcma", "--bytes", "300000");
    CompletableFuture<JsonNode> answer = peer("answer", "pcma");
    assertThat(offer.get(100, TimeUnit.SECONDS).path("sent").asLong()).isGreaterThan(300_000);
    JsonNode answered = answer.get(100, TimeUnit.SECONDS);
    assertThat(answered.path("received").asLong()).isGreaterThan(300_000);
    assertThat(answered.path("ok").asBoolean()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PCMU", "VP8"})
  void callsWithOneCodec(String codec) throws Exception {
    call(
        codec.toLowerCase(java.util.Locale.ROOT),
        (codec.startsWith("VP") ? "video/" : "audio/") + codec);
  }

  @Tag("interop")
  @ParameterizedTest
  @ValueSource(
      strings = {"audio/opus", "audio/G722", "audio/PCMA", "video/VP9", "video/H264", "video/AV1"})
  void callsWithEveryOther(String mimeType) throws Exception {
    call(mimeType.substring(6).toLowerCase(java.util.Locale.ROOT), mimeType);
  }
}
