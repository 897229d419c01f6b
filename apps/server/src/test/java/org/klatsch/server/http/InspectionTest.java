package org.klatsch.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import org.klatsch.webrtc.RTCPeerConnection;

/// Who sees the connections of a server's process.
@Timeout(60)
final class InspectionTest {
  private static final String TOKEN = "a-token-of-enough-letters";
  @TempDir Path directory;

  /// The answer to a request with these header lines; `Host` is the client's own choice.
  private static String get(KlatschServer server, String path, String... headers)
      throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.ready().httpPort())) {
      String request =
          "GET "
              + path
              + " HTTP/1.1\r\nConnection: close\r\n"
              + String.join("\r\n", headers)
              + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private KlatschServer start(String token) throws IOException {
    return KlatschServer.start(ServerOptions.of(0, directory).withAdminToken(token));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "[::1]", "LOCALHOST"})
  void whoIsOnThisMachineSeesAllConnections(String host) throws Exception {
    try (KlatschServer server = start(null);
        RTCPeerConnection connection = new RTCPeerConnection()) {
      connection.createDataChannel("data");
      String name = connection.toString().replaceAll("RTCPeerConnection\\[(.*),.*", "$1");
      assertThat(get(server, "/api/v1/inspect", "Host: " + host))
          .startsWith("HTTP/1.1 200")
          .contains("application/json", "no-store", "\"" + name + "\"");
      assertThat(get(server, "/inspect", "Host: " + host))
          .startsWith("HTTP/1.1 200")
          .contains("/page/inspect.js");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host: evil.example",
        "Host: 127.0.0.1.evil.example",
        "Host: localhost\r\nX-Forwarded-For: 203.0.113.9",
        "Host: localhost\r\nForwarded: for=203.0.113.9",
        "Host: localhost\r\nVia: 1.1 proxy",
      })
  void nobodyElseDoes(String headers) throws Exception {
    try (KlatschServer server = start(null)) {
      for (String path : new String[] {"/inspect", "/api/v1/inspect"}) {
        assertThat(get(server, path, headers)).startsWith("HTTP/1.1 403").doesNotContain("java");
      }
    }
  }

  @Test
  void aTokenLetsOthersIn() throws Exception {
    String outside = "Host: evil.example";
    String basic =
        Base64.getEncoder().encodeToString(("admin:" + TOKEN).getBytes(StandardCharsets.UTF_8));
    try (KlatschServer server = start(TOKEN)) {
      assertThat(get(server, "/inspect", outside))
          .startsWith("HTTP/1.1 401")
          .contains("WWW-Authenticate: Basic");
      for (String wrong :
          new String[] {"Bearer x", "Basic !", "Basic " + basic + "eA==", "Bearer ", TOKEN}) {
        assertThat(get(server, "/api/v1/inspect", outside, "Authorization: " + wrong))
            .startsWith("HTTP/1.1 401");
      }
      for (String right : new String[] {"Bearer " + TOKEN, "Basic " + basic}) {
        assertThat(get(server, "/api/v1/inspect", outside, "Authorization: " + right))
            .startsWith("HTTP/1.1 200");
      }
    }
    assertThatThrownBy(() -> ServerOptions.of(0, directory).withAdminToken("short"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 characters");
  }
}
