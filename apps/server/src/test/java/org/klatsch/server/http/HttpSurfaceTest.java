package org.klatsch.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;

final class HttpSurfaceTest {
  @TempDir static Path directory;
  private static KlatschServer server;
  private static HttpClient http;

  @BeforeAll
  static void start() throws IOException {
    server = KlatschServer.start(ServerOptions.of(0, directory));
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
    http.close();
  }

  private static HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(URI.create(server.ready().url() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void tellsItsHealth() throws Exception {
    assertThat(get("/healthz").body()).contains("\"status\":\"ok\"", "\"version\":");
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void tellsMetricsInTextFormat() throws Exception {
    HttpResponse<String> metrics = get("/metrics");
    assertThat(metrics.headers().firstValue("content-type").orElse("")).startsWith("text/plain");
    assertThat(metrics.body())
        .contains("klatsch_rooms 0", "klatsch_http_requests_total", "jvm_memory_used_bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "/,text/html",
    "/r/kitchen,text/html",
    "/t/4711,text/html",
    "/send,text/html",
    "/doctor,text/html",
    "/inspect,text/html",
    "/page/room.js,text/javascript",
    "/page/style.css,text/css",
    "/page/icons.svg,image/svg+xml",
    "/api/v1/openapi.json,application/json",
    "/api/v1/config,application/json",
  })
  void servesThePage(String path, String type) throws Exception {
    HttpResponse<String> page = get(path);
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.headers().firstValue("content-type").orElse("")).startsWith(type);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/nothing", "/r/kitchen", "/page/none.js", "/healthz"})
  void everyAnswerCarriesTheSecurityHeaders(String path) throws Exception {
    var headers = get(path).headers();
    assertThat(headers.firstValue("content-security-policy").orElse(""))
        .contains("default-src 'none'", "script-src 'self'")
        .doesNotContain("unsafe");
    assertThat(headers.firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(headers.firstValue("referrer-policy")).hasValue("no-referrer");
    assertThat(headers.firstValue("cross-origin-opener-policy")).hasValue("same-origin");
    assertThat(headers.firstValue("server")).isEmpty();
  }

  @Test
  void noPageHasInlineScriptOrStyle() throws Exception {
    for (String path :
        new String[] {"/", "/r/a", "/t/1", "/doctor", "/inspect", "/page/admin.html"}) {
      assertThat(get(path).body())
          .doesNotContain("<style", "style=", " onclick", "javascript:")
          .doesNotContainPattern("<script(?![^>]* src=)");
    }
  }

  @Test
  void answersAnUnchangedFileBriefly() throws Exception {
    String etag = get("/page/room.js").headers().firstValue("etag").orElseThrow();
    assertThat(get("/page/room.js", "If-None-Match", etag).statusCode()).isEqualTo(304);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/page/../../../../etc/passwd",
        "/page/..%2f..%2fetc/passwd",
        "/page/%2e%2e/%2e%2e/files",
        "/page/",
        "/page/files",
        "/page//room.js",
        "/page/room.js/",
        "/page/room.js%00",
        "/page/org/klatsch/server/KlatschServer.class",
        "/WEB-INF/web.xml",
        "/r/",
        "/r/a/b",
        "/r/%2e%2e",
        "/r/-x",
        "/t/UPPER",
        "/t/1/2",
      })
  void tricksWithPathsFindNothing(String path) throws Exception {
    String answer = raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(answer).containsPattern("^HTTP/1.1 40[04] ");
    assertThat(answer).doesNotContain("root:", "Exception", "\tat ", "cafebabe");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
      })
  void malformedRequestsLearnNothing(String request) throws Exception {
    assertThat(raw(request)).startsWith("HTTP/1.").doesNotContain("Exception", "\tat ", "org.");
  }

  @Test
  void refusesHugeHeaders() throws Exception {
    String answer =
        raw(
            "GET / HTTP/1.1\r\nHost: x\r\nX: "
                + "y".repeat(20_000)
                + "\r\nConnection: close\r\n\r\n");
    assertThat(answer).contains(" 431 ");
  }

  @Test
  void allowsReadingOnly() throws Exception {
    var post =
        HttpRequest.newBuilder(URI.create(server.ready().url() + "/"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    HttpResponse<String> answer = http.send(post, HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("allow")).hasValue("GET, HEAD");
  }

  @Test
  void thePageHasTheWordsOfTheCommand() throws Exception {
    Path words =
        Path.of(System.getProperty("klatsch.root"))
            .resolve("apps/rooms/src/main/resources/org/klatsch/rooms/words.txt");
    assertThat(get("/page/words.txt").body()).isEqualTo(Files.readString(words));
  }

  /// What is answered to bytes that no HTTP client sends, after which the server closes.
  private static String raw(String request) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), server.ready().httpPort()));
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
