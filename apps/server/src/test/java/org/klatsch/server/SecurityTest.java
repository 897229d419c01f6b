package org.klatsch.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.klatsch.server.tenants.Quotas;
import org.klatsch.server.tenants.Tenant;
import org.klatsch.server.tenants.TenantKey;

/// Attacks on the service over its real surface.
@Timeout(60)
final class SecurityTest {
  private static final String SECRET = "0123456789abcdef0123456789abcdef";
  @TempDir Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private KlatschServer server;
  private ApiClient api;

  @BeforeEach
  void start() throws IOException {
    var tenant = new Tenant("acme", "Acme", List.of(new TenantKey("k1", SECRET)), Quotas.NONE);
    server =
        KlatschServer.start(
            ServerOptions.of(0, directory)
                .withService(ServiceOptions.defaults().withTenants(List.of(tenant))));
    api = new ApiClient(http, server);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    http.close();
  }

  /// The answer to bytes that no HTTP client sends.
  private String raw(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.ready().httpPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
      })
  void aPageOfAnotherSiteChangesNothingWithTheAdministratorsPassword(String header)
      throws Exception {
    String answer =
        raw(
            "PUT /api/v1/tenants/mallory HTTP/1.1\r\nHost: 127.0.0.1:"
                + server.ready().httpPort()
                + "\r\nAuthorization: "
                + api.admin()
                + "\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n"
                + header
                + "\r\n\r\n{}");
    assertThat(answer).startsWith("HTTP/1.1 403").contains("cross-site");
    assertThat(api.asAdmin("GET", "/api/v1/tenants/mallory", "").status()).isEqualTo(404);
  }

  @Test
  void aFormOfAPageIsNoBody() throws Exception {
    String form = "text/plain";
    String answer =
        raw(
            "POST /api/v1/tokens?tenant=acme HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + api.admin()
                + "\r\nContent-Type: "
                + form
                + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
    assertThat(answer).startsWith("HTTP/1.1 415").doesNotContain("token\":");
  }

  @Test
  void aPageOfAnotherSiteOpensNoWebSocket() {
    for (String origin : List.of("https://evil.example", "null", "http://127.0.0.1:1")) {
      assertThat(
              SignalClient.refusal(
                  http.newWebSocketBuilder().subprotocols("rooms.v1").header("Origin", origin),
                  server))
          .as(origin)
          .isEqualTo(403);
    }
  }

  @Test
  void oversizedBodiesAreRefusedSaidBeforehandOrNot() throws Exception {
    String huge = "{'name':'" + "x".repeat(70_000) + "'}";
    assertThat(api.asAdmin("PUT", "/api/v1/tenants/big", huge).status()).isEqualTo(413);
    String chunk = "8000\r\n" + "x".repeat(0x8000) + "\r\n";
    String answer =
        raw(
            "PUT /api/v1/tenants/big HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + api.admin()
                + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
                + "Connection: close\r\n\r\n"
                + chunk.repeat(3)
                + "0\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 413");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'name':{'a':1}}",
        "{'quotas':{'rooms':-1}}",
        "{'quotas':{'rooms':1e9}}",
        "{'quotas':{'rooms':'many'}}",
        "[]",
        "null",
        "{",
        "{} {}",
        "{'name':'a','name':'b'}",
        "[[[[[[[[[[[[]]]]]]]]]]]]",
      })
  void bodiesOfTheWrongFormAreRefused(String body) throws Exception {
    ApiClient.Answer answer = api.asAdmin("PUT", "/api/v1/tenants/odd", body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text()).doesNotContain("Exception", "org.", "\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/v1/tenants/..",
        "/api/v1/tenants/%2e%2e/keys",
        "/api/v1/tenants/acme%2fkeys",
        "/api/v1/rooms/..%2f..%2fetc/messages",
        "/api/v1//tenants",
        "/api/v1/tenants/",
        "/api/v1/tenants/acme/../../../metrics/x",
        "/api/v1/",
        "/api/v2/tenants",
      })
  void tricksWithPathsReachNothing(String path) throws Exception {
    String answer =
        raw(
            "GET "
                + path
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                + api.admin()
                + "\r\n\r\n");
    assertThat(answer).containsPattern("^HTTP/1.1 40[0-9] ").doesNotContain(SECRET, "root:");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/api/v1/tenants",
    "GET,/api/v1/server",
    "GET,/api/v1/logs",
    "GET,/api/v1/rooms",
    "GET,/api/v1/webhooks",
    "GET,/api/v1/turn",
    "GET,/admin",
  })
  void wrongPasswordsAndForgedTokensLearnNothing(String method, String path) throws Exception {
    for (String credential :
        List.of(
            "Basic YWRtaW46YWRtaW4=",
            "Basic !",
            "Basic",
            "Bearer ",
            "Bearer x",
            "Bearer eyJhbGciOiJub25lIiwia2lkIjoiazEifQ.eyJleHAiOjk5OTk5OTk5OTl9.",
            "Digest x")) {
      ApiClient.Answer answer = api.call(method, path, "", "Authorization", credential);
      assertThat(answer.status()).as(credential).isEqualTo(401);
      assertThat(answer.text()).doesNotContain(SECRET, "k1", server.ready().admin().password());
    }
  }

  @Test
  void namesOfRoomsAreNotToBeGuessed() throws Exception {
    // Without a token, a room with somebody and one that does not exist look the same.
    String token =
        api.asAdmin("POST", "/api/v1/tokens?tenant=acme", "{'rooms':['*'],'publish':true}")
            .json()
            .path("token")
            .asString();
    SignalClient ada = SignalClient.connect(http, server);
    ada.send("{'type':'join','room':'secret-room','token':'" + token + "'}");
    ada.next("welcome");
    for (String room : List.of("secret-room", "no-such-room")) {
      SignalClient guesser = SignalClient.connect(http, server);
      guesser.send("{'type':'join','room':'" + room + "'}");
      assertThat(guesser.nextError()).isEqualTo("unauthorized");
      assertThat(api.call("GET", "/api/v1/rooms/" + room, "").status()).isEqualTo(401);
      assertThat(api.with(token, "GET", "/api/v1/rooms/" + room, "").status()).isEqualTo(403);
    }
  }

  @Test
  void aFloodOfChatEndsTheConnection() throws Exception {
    String token =
        api.asAdmin("POST", "/api/v1/tokens?tenant=acme", "{'rooms':['*'],'publish':true}")
            .json()
            .path("token")
            .asString();
    SignalClient ada = SignalClient.connect(http, server);
    ada.send("{'type':'join','room':'kitchen','token':'" + token + "'}");
    ada.next("welcome");
    for (int i = 0; i < 1_000; i++) {
      try {
        ada.send("{'type':'chat','text':'" + i + "'}");
      } catch (RuntimeException e) {
        break;
      }
    }
    assertThat(ada.closeCode()).isIn(1006, 1008);
    // What was kept is bounded.
    assertThat(
            api.asAdmin("GET", "/api/v1/rooms/kitchen/messages?tenant=acme", "")
                .json()
                .path("messages")
                .size())
        .isLessThanOrEqualTo(200);
  }
}
