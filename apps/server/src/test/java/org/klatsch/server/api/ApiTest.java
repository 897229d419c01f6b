package org.klatsch.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.server.ApiClient;
import org.klatsch.server.KlatschServer;
import org.klatsch.server.ServerOptions;
import org.klatsch.server.ServiceOptions;
import org.klatsch.server.tenants.Quotas;
import org.klatsch.server.tenants.Tenant;
import org.klatsch.server.tenants.TenantKey;
import tools.jackson.databind.JsonNode;

/// The REST interface over HTTP.
@Timeout(60)
final class ApiTest {
  @TempDir Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private KlatschServer server;
  private ApiClient api;

  @BeforeEach
  void start() throws IOException {
    var tenants =
        List.of(
            new Tenant("acme", "Acme", List.of(new TenantKey("k1", "1".repeat(32))), Quotas.NONE),
            new Tenant("beta", "Beta", List.of(new TenantKey("k2", "2".repeat(32))), Quotas.NONE));
    start(ServiceOptions.defaults().withTenants(tenants));
  }

  private void start(ServiceOptions service) throws IOException {
    server = KlatschServer.start(ServerOptions.of(0, directory).withService(service));
    api = new ApiClient(http, server);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    http.close();
  }

  private String token(String tenant, String grants) throws Exception {
    ApiClient.Answer answer =
        api.asAdmin("POST", "/api/v1/tokens?tenant=" + tenant, "{" + grants + "}");
    assertThat(answer.status()).as(answer.text()).isEqualTo(201);
    return answer.json().path("token").asString();
  }

  private JsonNode document() throws Exception {
    return api.call("GET", "/api/v1/openapi.json", "").json();
  }

  @Test
  void everyOperationIsDescribedAndEverythingDescribedExists() throws Exception {
    JsonNode document = document();
    var described = new TreeSet<String>();
    for (var path : document.path("paths").properties()) {
      for (var method : path.getValue().properties()) {
        String name = method.getKey().toUpperCase(Locale.ROOT);
        described.add(name + " " + path.getKey());
        String asked = path.getKey().replaceAll("\\{[a-z]+}", "x");
        ApiClient.Answer answer =
            api.asAdmin(name, asked, takesBody(method.getValue()) ? "{}" : "");
        // What is not there is refused as JSON by the operation, what is no operation is not.
        assertThat(answer.status()).as(name + " " + asked).isNotEqualTo(405);
        if (answer.status() == 404) {
          assertThat(answer.text()).as(name + " " + asked).contains("\"error\":\"not-found\"");
        }
      }
    }
    assertThat(described)
        .contains("GET /healthz", "GET /api/v1/config", "POST /api/v1/tokens", "GET /metrics");
    for (Operation operation : operations()) {
      assertThat(described).contains(operation.method() + " " + operation.path());
    }
  }

  private static boolean takesBody(JsonNode operation) {
    return operation.has("requestBody");
  }

  private static List<Operation> operations() {
    var all = new ArrayList<Operation>();
    all.addAll(new TenantOperations(null, null).operations());
    all.addAll(new RoomOperations(null, null, () -> 0).operations());
    all.addAll(new ServerOperations(() -> null, () -> null, null, List.of()).operations());
    return all;
  }

  @Test
  void everySchemaThatIsNamedExists() throws Exception {
    JsonNode document = document();
    JsonNode schemas = document.path("components").path("schemas");
    var missing = new ArrayList<String>();
    for (JsonNode reference : document.findValues("$ref")) {
      String name = reference.asString().replace("#/components/schemas/", "");
      if (!schemas.has(name)) {
        missing.add(name);
      }
    }
    assertThat(missing).isEmpty();
    assertThat(document.findValues("$ref")).hasSizeGreaterThan(50);
  }

  @Test
  void theAdministratorMakesTenantsAndKeysThatMakeTokens() throws Exception {
    assertThat(
            api.asAdmin("PUT", "/api/v1/tenants/gamma", "{'name':'Gamma','quotas':{'rooms':2}}")
                .json()
                .path("quotas")
                .path("rooms")
                .asInt())
        .isEqualTo(2);
    JsonNode key = api.asAdmin("POST", "/api/v1/tenants/gamma/keys", "").json();
    assertThat(key.path("secret").asString()).hasSizeGreaterThanOrEqualTo(32);
    // Nobody sees the secret again.
    assertThat(api.asAdmin("GET", "/api/v1/tenants", "").text())
        .contains("gamma", key.path("id").asString())
        .doesNotContain(key.path("secret").asString());
    String token = token("gamma", "'admin':true,'identity':'boss','rooms':['*'],'seconds':60");
    assertThat(api.with(token, "GET", "/api/v1/rooms", "").status()).isEqualTo(200);
    String keyPath = "/api/v1/tenants/gamma/keys/" + key.path("id").asString();
    assertThat(api.asAdmin("DELETE", keyPath, "").status()).isEqualTo(204);
    assertThat(api.asAdmin("DELETE", keyPath, "").status()).isEqualTo(404);
    assertThat(api.with(token, "GET", "/api/v1/rooms", "").status()).isEqualTo(401);
    assertThat(api.asAdmin("DELETE", "/api/v1/tenants/gamma", "").status()).isEqualTo(204);
    assertThat(api.asAdmin("GET", "/api/v1/tenants/gamma", "").status()).isEqualTo(404);
  }

  @Test
  void aTenantSeesItsOwnThingsAlone() throws Exception {
    String acme = token("acme", "'admin':true");
    String beta = token("beta", "'admin':true");
    assertThat(
            api.with(acme, "POST", "/api/v1/rooms/kitchen/messages", "{'text':'hello'}").status())
        .isEqualTo(201);
    JsonNode messages = api.with(acme, "GET", "/api/v1/rooms/kitchen/messages", "").json();
    assertThat(messages.path("messages").path(0).path("text").asString()).isEqualTo("hello");
    assertThat(api.with(beta, "GET", "/api/v1/rooms/kitchen/messages", "").json().path("messages"))
        .isEmpty();
    ApiClient.Answer crossing =
        api.with(beta, "GET", "/api/v1/rooms/kitchen/messages?tenant=acme", "");
    assertThat(crossing.status()).isEqualTo(403);
    assertThat(crossing.json().path("error").asString()).isEqualTo("forbidden");
    JsonNode hook =
        api.with(acme, "POST", "/api/v1/webhooks", "{'url':'https://example.org/h'}").json();
    String path = "/api/v1/webhooks/" + hook.path("id").asString();
    assertThat(api.with(beta, "DELETE", path, "").status()).isEqualTo(404);
    assertThat(api.with(beta, "GET", "/api/v1/webhooks", "").json().path("webhooks")).isEmpty();
    assertThat(api.with(acme, "GET", "/api/v1/webhooks", "").text())
        .contains("https://example.org/h")
        .doesNotContain(hook.path("secret").asString());
    assertThat(api.with(acme, "DELETE", path, "").status()).isEqualTo(204);
    for (String server : List.of("/api/v1/tenants", "/api/v1/server", "/api/v1/logs")) {
      assertThat(api.with(acme, "GET", server, "").status()).as(server).isEqualTo(403);
    }
    assertThat(api.with(token("acme", "'publish':true"), "GET", "/api/v1/rooms", "").status())
        .isEqualTo(403);
  }

  @Test
  void messagesComeInPages() throws Exception {
    for (int i = 0; i < 5; i++) {
      api.asAdmin("POST", "/api/v1/rooms/kitchen/messages", "{'text':'m" + i + "'}");
    }
    String path = "/api/v1/rooms/kitchen/messages";
    JsonNode latest = api.asAdmin("GET", path + "?most=2", "").json().path("messages");
    assertThat(latest.findValuesAsString("text")).containsExactly("m3", "m4");
    long id = latest.path(0).path("id").asLong();
    assertThat(
            api.asAdmin("GET", path + "?after=" + id, "")
                .json()
                .path("messages")
                .findValuesAsString("text"))
        .containsExactly("m4");
    assertThat(api.asAdmin("GET", path + "?most=x", "").status()).isEqualTo(400);
    assertThat(api.asAdmin("DELETE", path, "").status()).isEqualTo(204);
    assertThat(api.asAdmin("GET", path, "").json().path("messages")).isEmpty();
  }

  @Test
  void withoutKeysThisMachineNeedsNoToken() throws Exception {
    assertThat(api.call("GET", "/api/v1/rooms", "").status()).isEqualTo(401);
    server.close();
    start(ServiceOptions.defaults());
    assertThat(api.call("GET", "/api/v1/rooms", "").status()).isEqualTo(200);
    assertThat(api.call("POST", "/api/v1/rooms/kitchen/messages", "{'text':'x'}").status())
        .isEqualTo(201);
    // But what is the whole server's stays the administrator's.
    assertThat(api.call("GET", "/api/v1/server", "").status()).isEqualTo(403);
    assertThat(api.call("PUT", "/api/v1/tenants/mine", "{}").status()).isEqualTo(403);
  }

  @Test
  void tellsTheStateOfTheServer() throws Exception {
    JsonNode state = api.asAdmin("GET", "/api/v1/server", "").json();
    assertThat(state.path("tenants").asInt()).isEqualTo(2);
    assertThat(state.path("draining").asBoolean(true)).isFalse();
    JsonNode turn = api.asAdmin("GET", "/api/v1/turn", "").json();
    assertThat(turn.path("port").asInt()).isEqualTo(server.ready().udpPort());
    assertThat(api.call("GET", "/metrics", "").text())
        .contains("klatsch_tenants 2.0", "klatsch_store_journal_bytes", "klatsch_webhooks_pending")
        .contains("klatsch_api_requests_total{status=\"2xx\"}");
  }
}
