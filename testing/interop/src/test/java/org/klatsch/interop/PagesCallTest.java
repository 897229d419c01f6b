package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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

/// Calls between web pages, with the fake microphones, cameras and screens of the browsers.
@Tag("interop")
final class PagesCallTest {
  private static final Duration SOON = PageSteps.SOON;

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
    PageSteps.joinRoom(page, server.ready().url(), "call", name);
    return page;
  }

  private static void chats(Browser.Page from, Browser.Page to, String text) {
    PageSteps.say(from, text);
    PageSteps.hears(to, text);
  }

  @ParameterizedTest
  @CsvSource({"chromium, chromium", "chromium, firefox", "firefox, chromium"})
  void twoPeopleSeeAndHearEachOther(String first, String second) throws Exception {
    Requirements.browser(first);
    Requirements.browser(second);
    try (Browser one = Browser.start(first);
        Browser two = Browser.start(second);
        Browser.Page ada = join(one, "Ada");
        Browser.Page bob = join(two, "Bob")) {
      PageSteps.connected(ada, bob);
      PageCall.turnOn(ada, "mic");
      PageCall.turnOn(ada, "camera");
      PageCall.turnOn(bob, "mic");
      PageCall.turnOn(bob, "camera");
      PageCall.sees(ada);
      PageCall.sees(bob);
      PageCall.hears(ada);
      PageCall.hears(bob);
      chats(ada, bob, "beside the call");

      JsonNode connection = ada.evaluate("klatsch.state().connections[0]");
      assertThat(connection.path("codecs").toString()).contains("audio/opus", "video/");
      assertThat(connection.path("path").asString()).isIn("host", "prflx");
      assertThat(connection.path("dtls").asString("")).isIn("1.2", "1.3", "");
      ada.waitUntil(
          PageCall.OTHER + ".receiveKbps > 0 && " + PageCall.OTHER + ".sendKbps > 0", SOON);

      PageSteps.click(ada, "mic");
      PageCall.remoteShows(bob, "mic", false);
      bob.waitUntil(
          "document.querySelectorAll('[data-testid=\"tile\"]')[1].dataset.muted === 'true'", SOON);
      PageSteps.click(ada, "camera");
      PageCall.remoteShows(bob, "camera", false);
      bob.waitUntil(
          "document.querySelectorAll('[data-testid=\"tile\"]')[1].dataset.video === 'false'", SOON);
      PageSteps.click(ada, "camera");
      PageCall.remoteShows(bob, "camera", true);
      PageCall.sees(bob);

      PageSteps.click(ada, "hangup");
      bob.waitUntil(PageCall.OTHER + ".receives === false", SOON);
      PageCall.remoteShows(bob, "camera", false);
      assertThat(ada.evaluate("klatsch.state().call.active").asBoolean()).isFalse();
      chats(bob, ada, "after the call");
      chats(ada, bob, "still here");

      PageCall.turnOn(ada, "mic");
      bob.waitUntil(PageCall.OTHER + ".receives === true", SOON);
      PageCall.sees(ada);
    }
  }

  @Test
  void aScreenIsShownBesideTheCamera() throws Exception {
    Requirements.browser("chromium");
    try (Browser one =
            Chromium.start(List.of("--auto-select-desktop-capture-source=Entire screen"));
        Browser two = Browser.start("chromium");
        Browser.Page ada = join(one, "Ada");
        Browser.Page bob = join(two, "Bob")) {
      PageSteps.connected(ada, bob);
      PageCall.turnOn(ada, "camera");
      PageCall.turnOn(ada, "screen");
      PageCall.remoteShows(bob, "screen", true);
      bob.waitUntil(
          "document.querySelector('[data-testid=\"screen-tile\"] video')?.videoWidth > 0", SOON);
      PageCall.sees(bob);
      PageSteps.click(ada, "screen");
      bob.waitUntil("!document.querySelector('[data-testid=\"screen-tile\"]')", SOON);
      PageCall.remoteShows(bob, "camera", true);
    }
  }

  /// Whoever comes later gets what is sent already.
  @Test
  void aThirdMemberJoinsTheCall() throws Exception {
    Requirements.browser("chromium");
    try (Browser browser = Browser.start("chromium");
        Browser.Page ada = join(browser, "Ada")) {
      PageCall.turnOn(ada, "camera");
      try (Browser.Page bob = join(browser, "Bob");
          Browser.Page eve = join(browser, "Eve")) {
        for (Browser.Page page : List.of(bob, eve)) {
          page.waitUntil(
              "klatsch.state().connections.some((c) => c.media.inbound.some((r) => r.framesDecoded"
                  + " > 5))",
              SOON);
        }
        assertThat(eve.evaluate("document.querySelectorAll('[data-testid=\"tile\"]').length"))
            .hasToString("3");
      }
      ada.waitUntil("klatsch.state().members.length === 0", SOON);
    }
  }

  @Test
  void withoutDevicesThePageSaysSoAndChatGoesOn() throws Exception {
    Requirements.browser("chromium");
    try (Browser browser = Browser.start("chromium");
        Browser.Page ada = join(browser, "Ada");
        Browser.Page bob = join(browser, "Bob")) {
      PageSteps.connected(ada, bob);
      ada.evaluate(
          """
          navigator.mediaDevices.getUserMedia =
              () => Promise.reject(new DOMException('none', 'NotFoundError'))
          """);
      PageSteps.click(ada, "camera");
      ada.waitUntil(
          "document.getElementById('toast').textContent.startsWith('No camera was found')", SOON);
      chats(ada, bob, "no camera, no matter");
    }
  }

  /// The command has no media: nothing is offered to it, and it chats as ever.
  @Test
  void aMemberWithoutMediaIsLeftInPeace() throws Exception {
    Requirements.browser("chromium");
    String url = server.ready().url();
    try (Browser browser = Browser.start("chromium");
        Browser.Page ada = join(browser, "Ada")) {
      PageCall.turnOn(ada, "mic");
      PageCall.turnOn(ada, "camera");
      try (CommandProcess chat =
          CommandProcess.start(directory, url, List.of("chat", "--name", "Bob", "call"))) {
        PageSteps.connected(ada);
        chat.await("joined", SOON);
        PageSteps.say(ada, "can you read me?");
        assertThat(chat.await("message", SOON).path("text").asString())
            .isEqualTo("can you read me?");
        chat.line("yes");
        PageSteps.hears(ada, "yes");
      }
    }
  }

  @Test
  void beforeJoiningThePersonSeesAndHearsThemselves() throws Exception {
    Requirements.browser("chromium");
    try (Browser browser = Browser.start("chromium");
        Browser.Page page = browser.newPage()) {
      page.open(server.ready().url() + "/r/call");
      PageSteps.click(page, "preview-camera");
      PageSteps.click(page, "preview-mic");
      page.waitUntil("document.querySelector('[data-testid=\"self-view\"]').videoWidth > 0", SOON);
      page.waitUntil(
          "Number(document.querySelector('[data-testid=\"level\"]').ariaValueNow) > 0", SOON);
      page.waitUntil("document.getElementById('choose-camera').options.length > 1", SOON);
      PageSteps.click(page, "join");
      page.waitUntil("klatsch.state().status === 'open' && klatsch.state().call.camera", SOON);
    }
  }
}
