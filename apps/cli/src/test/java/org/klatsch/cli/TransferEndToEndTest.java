package org.klatsch.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;

/// The commands against a real server and real connections, in one process.
class TransferEndToEndTest {
  private static final Pattern CODE = Pattern.compile("\"code\":\"([^\"]+)\"");

  @TempDir Path temp;
  private KlatschServer server;
  private String url;

  @BeforeEach
  void serve() throws Exception {
    server = KlatschServer.start(ServerOptions.of(0, temp.resolve("data")));
    url = server.ready().url();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  /// A command that runs on a thread of its own.
  private static final class Run {
    final ByteArrayOutputStream out = new ByteArrayOutputStream();
    final ByteArrayOutputStream err = new ByteArrayOutputStream();
    final CompletableFuture<String> code = new CompletableFuture<>();
    final CompletableFuture<Integer> exitCode;
    Thread thread;

    Run(String... args) {
      PrintStream watched =
          new PrintStream(out, true, StandardCharsets.UTF_8) {
            @Override
            public void flush() {
              super.flush();
              Matcher found = CODE.matcher(Run.this.out.toString(StandardCharsets.UTF_8));
              if (found.find()) {
                code.complete(found.group(1));
              }
            }
          };
      Terminal terminal =
          new Terminal(
              new BufferedReader(new StringReader("")),
              watched,
              new PrintStream(err, true, StandardCharsets.UTF_8),
              false);
      exitCode = new CompletableFuture<>();
      thread = Thread.ofVirtual().start(() -> exitCode.complete(Klatsch.run(terminal, args)));
    }

    String code() throws Exception {
      return code.get(60, TimeUnit.SECONDS);
    }

    int exitCode() throws Exception {
      return exitCode.get(120, TimeUnit.SECONDS);
    }

    String text() {
      return out.toString(StandardCharsets.UTF_8) + err.toString(StandardCharsets.UTF_8);
    }
  }

  private Run send(Path file) {
    return new Run("send", "--json", "--server", url, file.toString());
  }

  private Run receive(String code, Path folder) {
    return new Run("receive", "--json", "--server", url, "--dir", folder.toString(), code);
  }

  @Test
  void sendsAFileByCode() throws Exception {
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    Path file = Files.write(temp.resolve("f.bin"), content);
    Run sender = send(file);
    Run receiver = receive(sender.code(), temp.resolve("in"));
    assertThat(receiver.exitCode()).as(receiver.text()).isZero();
    assertThat(sender.exitCode()).as(sender.text()).isZero();
    assertThat(temp.resolve("in/f.bin")).hasBinaryContent(content);
    assertThat(receiver.text()).contains("\"event\":\"done\"").contains("\"path\":\"host\"");
  }

  @Test
  void tellsAWrongCodeFromAnExistingFile() throws Exception {
    Path file = Files.writeString(temp.resolve("f.txt"), "new");
    Path folder = Files.createDirectories(temp.resolve("in"));
    Files.writeString(folder.resolve("f.txt"), "old");
    assertThat(receive("9999-no-such-code", folder).exitCode()).isEqualTo(3);
    Run sender = send(file);
    String code = sender.code();
    Run wrong = receive(code.split("-")[0] + "-wrong", folder);
    assertThat(wrong.exitCode()).as(wrong.text()).isEqualTo(3);
    // The refusal arrives before the sender closes.
    assertThat(wrong.text()).contains("the code is wrong").doesNotContain("three times");
    Run existing = receive(code, folder);
    assertThat(existing.exitCode()).as(existing.text()).isEqualTo(5);
    assertThat(folder.resolve("f.txt")).hasContent("old");
    Run again = receive(code, temp.resolve("elsewhere"));
    assertThat(again.exitCode()).as(again.text()).isZero();
    assertThat(sender.exitCode()).isZero();
  }
}
