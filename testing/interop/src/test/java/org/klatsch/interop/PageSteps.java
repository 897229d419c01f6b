package org.klatsch.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// What a person does on the web page, and what the page then shows.
final class PageSteps {
  static final Duration SOON = Duration.ofSeconds(60);
  private static final String INCOMING =
      "klatsch.state().files.filter((f) => f.direction === 'in').at(-1)";

  private PageSteps() {}

  static void joinRoom(Browser.Page page, String url, String room, String name) {
    page.open(url + "/r/" + room + "?autojoin=1&name=" + name);
  }

  static void connected(Browser.Page... pages) {
    for (Browser.Page page : pages) {
      page.waitUntil("klatsch.state().connections[0]?.state === 'connected'", SOON);
    }
  }

  /// Clicks the control that is shown.
  static void click(Browser.Page page, String testId) {
    page.evaluate(
        "[...document.querySelectorAll('[data-testid=\"%s\"]')].find((e) => !e.hidden).click()"
            .formatted(testId));
  }

  static void shown(Browser.Page page, String testId) {
    page.waitUntil(
        "[...document.querySelectorAll('[data-testid=\"%s\"]')].some((e) => !e.hidden)"
            .formatted(testId),
        SOON);
  }

  static void say(Browser.Page page, String text) {
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

  static void hears(Browser.Page page, String text) {
    page.waitUntil(
        "[...document.querySelectorAll('[data-testid=\"chat-message\"]')].at(-1)?.textContent.endsWith('"
            + text
            + "')",
        SOON);
  }

  static void chooseFile(Browser.Page page, Path file) {
    page.chooseFiles("[data-testid=\"file-input\"]", List.of(file));
  }

  /// Accepts the files that are offered.
  static void accept(Browser.Page page) {
    shown(page, "file-accept");
    click(page, "file-accept");
  }

  /// Waits until that many bytes of the incoming file are there.
  static void receivedAtLeast(Browser.Page page, int bytes) {
    page.waitUntil(INCOMING + "?.done >= " + bytes, SOON);
  }

  /// The page's account of the incoming file once it has ended.
  static JsonNode received(Browser.Page page, Duration limit) {
    page.waitUntil("['done', 'failed', 'cancelled'].includes(" + INCOMING + "?.state)", limit);
    return page.evaluate(INCOMING);
  }

  /// Offers a file on the sending page and returns the link for the receiver.
  static String offer(Browser.Page page, String url, Path file) {
    page.open(url + "/send");
    chooseFile(page, file);
    page.waitUntil("document.querySelector('[data-testid=\"link\"]').value !== ''", SOON);
    return page.evaluate("document.querySelector('[data-testid=\"link\"]').value").asString();
  }
}
