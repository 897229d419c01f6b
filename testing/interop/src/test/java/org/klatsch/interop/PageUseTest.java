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
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;

/// The room page for people with a phone, with a keyboard alone, and with several devices.
@Tag("interop")
final class PageUseTest {
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

  private String room() {
    return server.ready().url() + "/r/use";
  }

  /// Controls that are shown.
  private static final String SHOWN =
      "[...document.querySelectorAll('button, input, select, textarea, a[href]')]"
          + ".filter((e) => e.checkVisibility({visibilityProperty: true}) && !e.disabled)";

  @Test
  void onAPhoneNothingSticksOutAndButtonsAreLargeEnough() throws Exception {
    Requirements.browser("chromium");
    try (Browser browser = Chromium.start(List.of("--window-size=400,800"));
        Browser.Page page = browser.newPage()) {
      page.open(room());
      assertThat(page.evaluate("innerWidth").asInt()).isLessThan(520);
      assertThat(page.evaluate("document.scrollingElement.scrollWidth <= innerWidth").asBoolean())
          .isTrue();
      PageSteps.click(page, "preview-camera");
      PageSteps.click(page, "join");
      page.waitUntil("klatsch.state().status === 'open' && klatsch.state().call.camera", SOON);
      PageSteps.say(page, "a-very-long-word-".repeat(20));
      page.waitUntil("klatsch.state().chat.length === 1", SOON);
      assertThat(page.evaluate("document.scrollingElement.scrollWidth <= innerWidth").asBoolean())
          .isTrue();
      for (String button : List.of("mic", "camera", "hangup", "chat-send")) {
        String size =
            "(() => { const box = document.querySelector('[data-testid=\"%s\"]')"
                + ".getBoundingClientRect(); return Math.min(box.width, box.height); })()";
        assertThat(page.evaluate(size.formatted(button)).asDouble())
            .as("size of " + button)
            .isGreaterThanOrEqualTo(36);
      }
    }
  }

  @Test
  void everyControlIsReachedByKeyboardAndHasAName() throws Exception {
    Requirements.browser("chromium");
    try (Browser browser = Browser.start("chromium");
        Browser.Page page = browser.newPage()) {
      for (String step : List.of("", "join")) {
        if (step.isEmpty()) {
          page.open(room());
          page.waitUntil("document.activeElement.dataset.testid === 'name'", SOON);
        } else {
          PageSteps.click(page, step);
          page.waitUntil("klatsch.state().status === 'open'", SOON);
          page.waitUntil("document.activeElement.dataset.testid === 'chat-input'", SOON);
        }
        assertThat(page.evaluate(SHOWN + ".length").asInt()).isGreaterThan(4);
        assertThat(page.evaluate(SHOWN + ".filter((e) => e.tabIndex < 0).length").asInt()).isZero();
        assertThat(
                page.evaluate(
                    SHOWN
                        + ".filter((e) => !(e.ariaLabel || e.labels?.length || e.title"
                        + " || e.placeholder || e.textContent.trim() || e.querySelector('img[alt]')))"
                        + ".map((e) => e.outerHTML)"))
            .isEmpty();
      }
      page.evaluate(
          """
          (() => {
            const input = document.querySelector('[data-testid="chat-input"]');
            input.value = 'by keyboard';
            const key = {key: 'Enter', bubbles: true, cancelable: true};
            input.dispatchEvent(new KeyboardEvent('keydown', {...key, shiftKey: true}));
            input.dispatchEvent(new KeyboardEvent('keydown', key));
          })()
          """);
      PageSteps.hears(page, "by keyboard");
      assertThat(page.evaluate("klatsch.state().chat.length").asInt()).isEqualTo(1);
    }
  }

  @Test
  void theCameraThatIsChosenIsUsedBeforeAndInTheCall() throws Exception {
    Requirements.browser("chromium");
    String used =
        "document.querySelector('[data-testid=\"self-view\"]').srcObject?.getVideoTracks()[0]"
            + "?.getSettings().deviceId";
    String choose =
        """
        (() => {
          const select = document.getElementById('choose-camera');
          select.selectedIndex = %d;
          select.dispatchEvent(new Event('change'));
          return select.value;
        })()
        """;
    try (Browser browser =
            Chromium.start(List.of("--use-fake-device-for-media-stream=device-count=3"));
        Browser.Page page = browser.newPage()) {
      page.open(room());
      PageSteps.click(page, "preview-camera");
      page.waitUntil("document.getElementById('choose-camera').options.length > 3", SOON);
      String third = page.evaluate(choose.formatted(3)).asString();
      page.waitUntil(used + " === '" + third + "'", SOON);
      PageSteps.click(page, "join");
      page.waitUntil("klatsch.state().status === 'open' && klatsch.state().call.camera", SOON);
      PageSteps.click(page, "devices");
      page.waitUntil("document.getElementById('settings').open", SOON);
      assertThat(page.evaluate(used).asString()).isEqualTo(third);
      String second = page.evaluate(choose.formatted(2)).asString();
      page.waitUntil(used + " === '" + second + "'", SOON);
      PageSteps.click(page, "devices-done");
      page.waitUntil("!document.getElementById('settings').open", SOON);
    }
  }
}
