package org.klatsch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.rooms.transfer.Progress;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class KlatschTest {
  @TempDir Path temp;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    Terminal terminal =
        new Terminal(
            new BufferedReader(new StringReader("")),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false);
    return Klatsch.run(terminal, args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "serve", "gateway", "send", "receive", "chat", "call", "peer", "turn", "doctor"
      })
  void everyCommandHasHelp(String command) {
    String[] args = command.isEmpty() ? new String[] {"--help"} : new String[] {command, "--help"};
    assertThat(run(args)).isZero();
    assertThat(out()).contains("Usage: klatsch").contains("--json").contains("--ca");
    assertThat(err()).isEmpty();
  }

  /// Words are separated by spaces; none has one inside.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bogus",
        "send",
        "receive",
        "chat",
        "receive nonsense!",
        "receive 4711",
        "receive 4711-a --existing overwrite",
        "receive 4711-a --wait 0",
        "serve --port 99999",
        "turn",
        "turn --user a:b --port 99999",
        "serve --port x",
        "serve --tls maybe",
        "serve --cert x.pem",
        "serve --sip-port 70000",
        "serve --rtp-ports 2-1",
        "serve --rtp-ports 20000",
        "serve --config x",
        "peer",
        "peer --role offer",
        "peer --role both --signal d",
        "peer --role offer --signal d --codec mp3",
        "peer --role offer --signal d --dtls 1.1",
        "peer --role offer --signal d --policy some",
        "peer --role offer --signal d --snap maybe",
        "peer --role offer --signal d --sped perhaps",
        "peer --role offer --signal d --ip-mode 5",
        "send --ip-mode 0 pom.xml",
        "doctor --ice-server nonsense:x",
        "doctor --timeout 0",
        "peer --role offer --signal d --ice-server turn:h",
        "peer --role offer --signal d --ice-server turns:h,u,p",
        "turn",
        "turn --user me",
        "turn --user me:secret --port 70000",
        "turn --user me:secret --relay-ports 9-1",
        "turn --user me:secret --allow-peers inside",
        "peer --role offer --signal d --bytes 1 --seconds 1",
        "peer --role offer --signal d --timeout 0",
        "call",
        "call kitchen --echo --tone 440",
        "call kitchen --tone 5",
        "call kitchen --tone high",
        "call kitchen --seconds 0",
        "call kitchen --dtmf 12x",
        "--bogus"
      })
  void wrongUsageIsOneLineAndExitCode2(String line) {
    int exitCode = run(line.isEmpty() ? new String[0] : line.split(" "));
    assertThat(exitCode).as(err()).isEqualTo(2);
    assertThat(err().lines()).hasSize(1);
    assertThat(err()).startsWith("klatsch: ");
    assertThat(out()).isEmpty();
  }

  @Test
  void wrongUsageIsJsonWhenAskedFor() {
    assertThat(run("receive", "--json", "nonsense!")).isEqualTo(2);
    JsonNode event = JsonMapper.shared().readTree(out());
    assertThat(event.get("event").stringValue()).isEqualTo("error");
    assertThat(event.get("reason").stringValue()).isEqualTo("usage");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThat(run("send", temp.resolve("missing").toString())).isEqualTo(1);
    assertThat(err()).contains("missing").hasLineCount(1);
  }

  @Test
  void anUnreachableServerIsNamed() throws Exception {
    Path file = Files.writeString(temp.resolve("f"), "x");
    int port;
    try (java.net.ServerSocket free = new java.net.ServerSocket(0)) {
      port = free.getLocalPort();
    }
    String server = "http://127.0.0.1:" + port;
    assertThat(run("send", "--server", server, file.toString())).isEqualTo(1);
    assertThat(err()).contains(server).hasLineCount(1);
  }

  @Test
  void aServerThatIsNoUrlIsRefused() throws Exception {
    Path file = Files.writeString(temp.resolve("f"), "x");
    assertThat(run("send", "--server", "ftp://example.org", file.toString())).isEqualTo(2);
    assertThat(err()).contains("ftp://example.org");
  }

  @Test
  void showsTheVersion() {
    assertThat(run("--version")).isZero();
    assertThat(out()).startsWith("klatsch ");
  }

  @Test
  void drawsProgress() {
    Progress half = new Progress(50_000_000, 0, 100_000_000, "a\u001b[2Jb", 0, 1, false);
    assertThat(ProgressDisplay.line(half, 10_000_000))
        .isEqualTo(
            "█".repeat(12)
                + "░".repeat(12)
                + "  50%  50.0 MB of 100 MB  10.0 MB/s 0:05 left  a\ufffd[2Jb");
  }

  @Test
  void drawsSquareQrCodes() {
    String[] lines = QrCode.of("https://example.org/t/4711#tango-river-maple").split("\n");
    assertThat(lines).allSatisfy(line -> assertThat(line).hasSize(lines[0].length()));
    assertThat(lines).hasSize((lines[0].length() + 1) / 2);
  }
}
