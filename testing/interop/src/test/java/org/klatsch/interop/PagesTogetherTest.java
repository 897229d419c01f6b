package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
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

/// The web page in one browser and the web page in another.
@Tag("interop")
final class PagesTogetherTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String CLICK =
      "[...document.querySelectorAll('[data-testid=\"%s\"]')].find((e) => !e.hidden).click()";
  private static final String SHOWN =
      "[...document.querySelectorAll('[data-testid=\"%s\"]')].some((e) => !e.hidden)";
  private static final String INCOMING =
      "klatsch.state().files.filter((f) => f.direction === 'in').at(-1)";

  @TempDir Path directory;
  private KlatschServer server;

  @BeforeEach
  void start() throws IOException {
    server = KlatschServer.start(ServerOptions.of(0, directory.resolve("data")));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private Browser.Page join(Browser browser, String name) {
    Browser.Page page = browser.newPage();
    page.open(server.ready().url() + "/r/together?autojoin=1&name=" + name);
    return page;
  }

  private static void connected(Browser.Page... pages) {
    for (Browser.Page page : pages) {
      page.waitUntil("klatsch.state().connections[0]?.state === 'connected'", SOON);
    }
  }

  private static void say(Browser.Page page, String text) {
    page.evaluate(
        """
        (() => {
          const input = document.querySelector('[data-testid="chat-input"]');
          input.value = '%s';
          document.querySelector('[data-testid="chat-send"]').click();
        })()
        """
            .formatted(text));
  }

  private static void hears(Browser.Page page, String text) {
    page.waitUntil(
        "[...document.querySelectorAll('[data-testid=\"chat-message\"]')].at(-1)?.textContent.endsWith('"
            + text
            + "')",
        SOON);
  }

  /// A file of random bytes, and its SHA-256.
  private record RandomFile(Path path, String sha256) {
    static RandomFile create(Path path, int bytes) throws Exception {
      var random = new Random(bytes);
      var digest = MessageDigest.getInstance("SHA-256");
      byte[] piece = new byte[1_000_000];
      try (OutputStream out = Files.newOutputStream(path)) {
        for (int left = bytes; left > 0; left -= piece.length) {
          random.nextBytes(piece);
          int length = Math.min(left, piece.length);
          out.write(piece, 0, length);
          digest.update(piece, 0, length);
        }
      }
      return new RandomFile(path, HexFormat.of().formatHex(digest.digest()));
    }
  }

  private static JsonNode received(Browser.Page page, Duration limit) {
    page.waitUntil("['done', 'failed', 'cancelled'].includes(" + INCOMING + "?.state)", limit);
    return page.evaluate(INCOMING);
  }

  @ParameterizedTest
  @CsvSource({
    "chromium, firefox, 300000000",
    "firefox, chromium, 300000000",
    "chromium, chromium, 30000000"
  })
  void chatAndFilesTravelBetweenBrowsers(String first, String second, int bytes) throws Exception {
    RandomFile file = RandomFile.create(directory.resolve("random.bin"), bytes);
    try (Browser one = Browser.start(first);
        Browser two = Browser.start(second);
        Browser.Page ada = join(one, "Ada");
        Browser.Page bob = join(two, "Bob")) {
      connected(ada, bob);
      say(ada, "<b>tea?</b>");
      hears(bob, "<b>tea?</b>");
      say(bob, "yes");
      hears(ada, "yes");

      ada.chooseFiles("[data-testid=\"file-input\"]", List.of(file.path()));
      bob.waitUntil(SHOWN.formatted("file-accept"), SOON);
      bob.evaluate(CLICK.formatted("file-accept"));
      JsonNode received = received(bob, Duration.ofMinutes(8));
      assertThat(received.path("state").asString()).isEqualTo("done");
      assertThat(received.path("bytes").asInt()).isEqualTo(bytes);
      assertThat(received.path("sha256").asString()).isEqualTo(file.sha256());
    }
  }

  @Test
  void aTransferContinuesAfterTheReceiverReloads() throws Exception {
    RandomFile file = RandomFile.create(directory.resolve("random.bin"), 40_000_000);
    try (Browser one = Browser.start("chromium");
        Browser two = Browser.start("chromium");
        Browser.Page ada = join(one, "Ada");
        Browser.Page bob = join(two, "Bob")) {
      connected(ada, bob);
      ada.chooseFiles("[data-testid=\"file-input\"]", List.of(file.path()));
      bob.waitUntil(SHOWN.formatted("file-accept"), SOON);
      bob.evaluate(CLICK.formatted("file-accept"));
      bob.waitUntil(INCOMING + "?.done > 4000000", SOON);
      bob.evaluate(CLICK.formatted("file-pause"));
      bob.open(server.ready().url() + "/r/together?autojoin=1&name=Bob");
      bob.waitUntil(INCOMING + "?.done >= 2000000", SOON);
      JsonNode received = received(bob, Duration.ofMinutes(3));
      assertThat(received.path("sha256").asString()).isEqualTo(file.sha256());
    }
  }

  @Test
  void onlyTheRightCodeReceives() throws Exception {
    RandomFile file = RandomFile.create(directory.resolve("random.bin"), 1_000_000);
    try (Browser one = Browser.start("chromium");
        Browser two = Browser.start("firefox");
        Browser.Page sender = one.newPage();
        Browser.Page receiver = two.newPage()) {
      sender.open(server.ready().url() + "/send");
      sender.chooseFiles("[data-testid=\"file-input\"]", List.of(file.path()));
      sender.waitUntil("document.querySelector('[data-testid=\"link\"]').value !== ''", SOON);
      String link =
          sender.evaluate("document.querySelector('[data-testid=\"link\"]').value").asString();
      receiver.open(link.substring(0, link.indexOf('#')) + "#not-the-secret");
      receiver.waitUntil("document.getElementById('notice').textContent.includes('wrong')", SOON);
      receiver.open(server.ready().url() + "/");
      receiver.open(link);
      receiver.waitUntil(SHOWN.formatted("file-accept"), SOON);
      receiver.evaluate(CLICK.formatted("file-accept"));
      assertThat(received(receiver, SOON).path("sha256").asString()).isEqualTo(file.sha256());
    }
  }
}
