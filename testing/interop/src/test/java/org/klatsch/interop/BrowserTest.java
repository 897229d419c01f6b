package org.klatsch.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The drivers themselves.
@Tag("interop")
class BrowserTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"chromium", "firefox"})
  void evaluatesInPagesAndChoosesFiles(String name) throws Exception {
    Path file = Files.writeString(folder.resolve("a.txt"), "hello");
    Requirements.browser(name);
    try (Browser browser = Browser.start(name);
        Browser.Page page = browser.newPage()) {
      page.open("data:text/html,<title>t</title><input type=file id=f>");
      assertThat(page.evaluate("document.title").asString()).isEqualTo("t");
      assertThat(page.evaluate("Promise.resolve({a: [1, 2]})").at("/a/1").asInt()).isEqualTo(2);
      page.chooseFiles("#f", List.of(file));
      assertThat(page.evaluate("document.getElementById('f').files[0].text()").asString())
          .isEqualTo("hello");
      page.evaluate("setTimeout(() => { window.later = 1; }, 50)");
      page.waitUntil("window.later === 1", Duration.ofSeconds(10));
      assertThatExceptionOfType(BrowserException.class)
          .isThrownBy(() -> page.evaluate("undefinedName.x"));
      assertThatExceptionOfType(BrowserException.class)
          .isThrownBy(() -> page.waitUntil("window.never", Duration.ofMillis(100)));
      assertThat(page.screenshot()).startsWith(0x89, 'P', 'N', 'G');
    }
  }
}
