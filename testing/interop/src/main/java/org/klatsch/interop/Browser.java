package org.klatsch.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A headless browser with a fresh profile, driven from outside.
public interface Browser extends AutoCloseable {
  /// A tab.
  interface Page extends AutoCloseable {
    /// Loads a URL and waits until it is there.
    void open(String url);

    /// Evaluates an expression in the page and waits for the promise that it may be.
    ///
    /// @throws BrowserException with the page's error when the expression throws
    JsonNode evaluate(String expression);

    /// Puts files into the file input that the CSS selector names.
    void chooseFiles(String selector, List<Path> files);

    /// A picture of what the tab shows, as PNG.
    byte[] screenshot();

    /// Waits until the expression is true.
    ///
    /// @throws BrowserException when it is not within the limit, with the expression
    default void waitUntil(String expression, Duration limit) {
      JsonNode outcome =
          evaluate(
              """
              new Promise((resolve) => {
                const deadline = performance.now() + %d;
                const look = () => {
                  let value = false;
                  let problem = '';
                  try { value = (%s); } catch (e) { problem = String(e); }
                  if (value) resolve('yes');
                  else if (performance.now() > deadline) resolve('no ' + problem);
                  else setTimeout(look, 20);
                };
                look();
              })
              """
                  .formatted(limit.toMillis(), expression));
      if (!outcome.asString().equals("yes")) {
        throw new BrowserException(
            "not within "
                + limit.toSeconds()
                + " s: "
                + expression
                + outcome.asString().substring(2));
      }
    }

    @Override
    void close();
  }

  /// Opens a tab.
  Page newPage();

  /// `chromium` or `firefox`.
  String name();

  @Override
  void close();

  /// Starts the browser of that name.
  static Browser start(String name) throws IOException {
    return switch (name) {
      case "chromium" -> Chromium.start(List.of());
      case "firefox" -> Firefox.start();
      default ->
          throw new IllegalArgumentException("browser " + name + ": chromium or firefox expected");
    };
  }
}
