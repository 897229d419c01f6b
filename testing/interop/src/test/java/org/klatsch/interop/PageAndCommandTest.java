package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import tools.jackson.databind.JsonNode;

/// The web page on one side and the `klatsch` command on the other.
final class PageAndCommandTest {
  private static final Duration LONG = Duration.ofMinutes(6);

  /// How much a command may grow while a file of any size goes through it: a window, the send
  /// buffer and the JVM's young generation.
  private static final long MAX_GROWTH = 200_000_000;

  @TempDir Path directory;
  private KlatschServer server;
  private String url;

  @BeforeEach
  void start() throws IOException {
    server = KlatschServer.start(ServerOptions.of(0, directory.resolve("data")));
    url = server.ready().url();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private CommandProcess command(String... arguments) throws IOException {
    return CommandProcess.start(directory, url, List.of(arguments));
  }

  /// Waits until the command has done its transfer and returns its account of it.
  private static JsonNode done(CommandProcess command, RandomFile file) throws Exception {
    command.await("progress", PageSteps.SOON);
    CommandProcess.Memory before = command.memory();
    long[] highest = new long[1];
    JsonNode done =
        command.await(
            "done",
            LONG,
            () -> {
              CommandProcess.Memory memory = command.memory();
              highest[0] = memory == null ? highest[0] : memory.highest();
            });
    assertThat(command.exitCode(PageSteps.SOON)).isZero();
    if (before != null && highest[0] > 0) {
      assertThat(highest[0] - before.now()).as("growth of memory").isLessThan(MAX_GROWTH);
    }
    JsonNode only = done.at("/files/0");
    assertThat(only.path("bytes").asLong()).isEqualTo(file.bytes());
    assertThat(only.path("sha256").asString()).isEqualTo(file.sha256());
    return done;
  }

  @Tag("interop")
  @ParameterizedTest
  @CsvSource({"chromium, 300000000", "firefox, 300000000"})
  void thePageReceivesFromTheCommand(String name, int bytes) throws Exception {
    Requirements.browser(name);
    RandomFile file = RandomFile.create(directory.resolve("random.bin"), bytes);
    try (Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage();
        CommandProcess send = command("send", file.path().toString())) {
      page.open(send.await("code", PageSteps.SOON).path("url").asString());
      PageSteps.accept(page);
      JsonNode done = done(send, file);
      assertThat(done.path("path").asString()).isIn("host", "prflx");
      JsonNode received = PageSteps.received(page, PageSteps.SOON);
      assertThat(received.path("state").asString()).isEqualTo("done");
      assertThat(received.path("sha256").asString()).isEqualTo(file.sha256());
    }
  }

  @Tag("interop")
  @ParameterizedTest
  @CsvSource({"chromium, 300000000", "firefox, 300000000"})
  void theCommandReceivesFromThePage(String name, int bytes) throws Exception {
    Requirements.browser(name);
    RandomFile file = RandomFile.create(directory.resolve("random.bin"), bytes);
    Path target = Files.createDirectory(directory.resolve("received"));
    try (Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage();
        CommandProcess receive =
            command(
                "receive", "--dir", target.toString(), PageSteps.offer(page, url, file.path()))) {
      done(receive, file);
      assertThat(RandomFile.sha256(target.resolve("random.bin"))).isEqualTo(file.sha256());
      page.waitUntil("klatsch.state().files[0].state === 'done'", PageSteps.SOON);
    }
  }

  @Tag("interop")
  @ParameterizedTest
  @CsvSource({"chromium", "firefox"})
  void thePageAndTheCommandChat(String name) throws Exception {
    Requirements.browser(name);
    try (Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage();
        CommandProcess chat = command("chat", "--name", "Bob", "kitchen")) {
      chat.await("joined", PageSteps.SOON);
      PageSteps.joinRoom(page, url, "kitchen", "Ada");
      PageSteps.connected(page);
      chat.await("member-joined", PageSteps.SOON);
      PageSteps.say(page, "Käse & <b>tea</b>?");
      JsonNode message = chat.await("message", PageSteps.SOON);
      assertThat(message.path("from").asString()).isEqualTo("Ada");
      assertThat(message.path("text").asString()).isEqualTo("Käse & <b>tea</b>?");
      chat.line("<i>ja</i> ☕");
      PageSteps.hears(page, "<i>ja</i> ☕");
      chat.endInput();
      assertThat(chat.exitCode(PageSteps.SOON)).isZero();
      page.waitUntil("klatsch.state().members.length === 0", PageSteps.SOON);
    }
  }

  @Tag("interop")
  @Test
  void theCommandIsRefusedWithAWrongSecret() throws Exception {
    Requirements.browser("chromium");
    RandomFile file = RandomFile.create(directory.resolve("random.bin"), 1_000);
    try (Browser browser = Browser.start("chromium");
        Browser.Page page = browser.newPage()) {
      String link = PageSteps.offer(page, url, file.path());
      String wrong = link.substring(0, link.indexOf('#')) + "#not-the-secret";
      try (CommandProcess receive = command("receive", "--dir", directory.toString(), wrong)) {
        // As for a code that does not exist.
        assertThat(receive.exitCode(PageSteps.SOON)).isEqualTo(3);
      }
      Path target = Files.createDirectory(directory.resolve("received"));
      try (CommandProcess receive = command("receive", "--dir", target.toString(), link)) {
        done(receive, file);
      }
    }
  }
}
