package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
    PageSteps.joinRoom(page, server.ready().url(), "together", name);
    return page;
  }

  @ParameterizedTest
  @CsvSource({
    "chromium, firefox, 300000000",
    "firefox, chromium, 300000000",
    "chromium, chromium, 30000000"
  })
  void chatAndFilesTravelBetweenBrowsers(String first, String second, int bytes) throws Exception {
    Requirements.browser(first);
    Requirements.browser(second);
    RandomFile file = RandomFile.create(directory.resolve("random.bin"), bytes);
    try (Browser one = Browser.start(first);
        Browser two = Browser.start(second);
        Browser.Page ada = join(one, "Ada");
        Browser.Page bob = join(two, "Bob")) {
      PageSteps.connected(ada, bob);
      PageSteps.say(ada, "<b>tea?</b>");
      PageSteps.hears(bob, "<b>tea?</b>");
      PageSteps.say(bob, "yes");
      PageSteps.hears(ada, "yes");

      PageSteps.chooseFile(ada, file.path());
      PageSteps.accept(bob);
      JsonNode received = PageSteps.received(bob, Duration.ofMinutes(8));
      assertThat(received.path("state").asString()).isEqualTo("done");
      assertThat(received.path("bytes").asInt()).isEqualTo(bytes);
      assertThat(received.path("sha256").asString()).isEqualTo(file.sha256());
    }
  }

  @Test
  void aTransferContinuesAfterTheReceiverReloads() throws Exception {
    Requirements.browser("chromium");
    RandomFile file = RandomFile.create(directory.resolve("random.bin"), 40_000_000);
    try (Browser one = Browser.start("chromium");
        Browser two = Browser.start("chromium");
        Browser.Page ada = join(one, "Ada");
        Browser.Page bob = join(two, "Bob")) {
      PageSteps.connected(ada, bob);
      PageSteps.chooseFile(ada, file.path());
      PageSteps.accept(bob);
      PageSteps.receivedAtLeast(bob, 4_000_000);
      PageSteps.click(bob, "file-pause");
      PageSteps.joinRoom(bob, server.ready().url(), "together", "Bob");
      PageSteps.receivedAtLeast(bob, 2_000_000);
      JsonNode received = PageSteps.received(bob, Duration.ofMinutes(3));
      assertThat(received.path("sha256").asString()).isEqualTo(file.sha256());
    }
  }

  @Test
  void onlyTheRightCodeReceives() throws Exception {
    Requirements.browser("chromium");
    Requirements.browser("firefox");
    RandomFile file = RandomFile.create(directory.resolve("random.bin"), 1_000_000);
    try (Browser one = Browser.start("chromium");
        Browser two = Browser.start("firefox");
        Browser.Page sender = one.newPage();
        Browser.Page receiver = two.newPage()) {
      String link = PageSteps.offer(sender, server.ready().url(), file.path());
      receiver.open(link.substring(0, link.indexOf('#')) + "#not-the-secret");
      receiver.waitUntil(
          "document.getElementById('notice').textContent.includes('wrong')", PageSteps.SOON);
      receiver.open(server.ready().url() + "/");
      receiver.open(link);
      PageSteps.accept(receiver);
      assertThat(PageSteps.received(receiver, PageSteps.SOON).path("sha256").asString())
          .isEqualTo(file.sha256());
    }
  }
}
