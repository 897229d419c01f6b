package org.klatsch.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.klatsch.server.tenants.Quotas;
import org.klatsch.server.tenants.Tenant;
import org.klatsch.server.tenants.TenantKey;
import tools.jackson.databind.JsonNode;

/// Who may join which room, over a real WebSocket, and what is kept of it.
@Timeout(60)
final class AccessTest {
  @TempDir Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private KlatschServer server;

  private void start(ServiceOptions service) throws IOException {
    server = KlatschServer.start(ServerOptions.of(0, directory).withService(service));
  }

  private void startWithTenants() throws IOException {
    start(
        ServiceOptions.defaults()
            .withTenants(
                List.of(
                    new Tenant(
                        "acme",
                        "Acme",
                        List.of(new TenantKey("k1", "1".repeat(32))),
                        new Quotas(2, 3, 1)),
                    new Tenant(
                        "beta",
                        "Beta",
                        List.of(new TenantKey("k2", "2".repeat(32))),
                        Quotas.NONE))));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    http.close();
  }

  private SignalClient connect() {
    return SignalClient.connect(http, server);
  }

  private String token(String tenant, String grants) throws Exception {
    return new ApiClient(http, server)
        .asAdmin("POST", "/api/v1/tokens?tenant=" + tenant, "{" + grants + "}")
        .json()
        .path("token")
        .asString();
  }

  private static SignalClient join(SignalClient client, String room, String token) {
    return client.send(
        "{'type':'join','room':'" + room + "','name':'Ada','token':'" + token + "'}");
  }

  @Test
  void aRoomNeedsATokenOnceThereAreKeys() throws Exception {
    startWithTenants();
    SignalClient guest = connect();
    guest.send("{'type':'join','room':'kitchen','name':'Ada'}");
    assertThat(guest.nextError()).isEqualTo("unauthorized");
    assertThat(guest.closeCode()).isEqualTo(1008);
    SignalClient sender = connect();
    sender.send("{'type':'join','role':'send','key':'0123456789abcdef'}");
    assertThat(sender.nextError()).isEqualTo("unauthorized");
    SignalClient forger = connect();
    join(forger, "kitchen", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJrMSJ9.");
    assertThat(forger.nextError()).isEqualTo("unauthorized");
  }

  @Test
  void aTokenIsGoodForItsRoomsAlone() throws Exception {
    startWithTenants();
    String token =
        token("acme", "'rooms':['kitchen'],'publish':true,'name':'Ada L','identity':'u7'");
    SignalClient ada = connect();
    join(ada, "kitchen", token);
    JsonNode self = ada.next("welcome").path("self");
    // The token's name goes before the client's.
    assertThat(self.path("name").asString()).isEqualTo("Ada L");
    assertThat(self.path("identity").asString()).isEqualTo("u7");
    for (String room : List.of("hall", "kitchen2", "kitche", "Kitchen")) {
      SignalClient other = connect();
      join(other, room, token);
      assertThat(other.nextError()).as(room).isEqualTo("forbidden");
    }
    SignalClient idle = connect();
    join(idle, "kitchen", token("acme", "'rooms':['kitchen'],'record':true"));
    assertThat(idle.nextError()).isEqualTo("forbidden");
  }

  @Test
  void roomsOfTwoTenantsNeverMeet() throws Exception {
    startWithTenants();
    SignalClient acme = connect();
    join(acme, "kitchen", token("acme", "'rooms':['*'],'publish':true"));
    String acmeId = acme.next("welcome").path("self").path("id").asString();
    SignalClient beta = connect();
    join(beta, "kitchen", token("beta", "'rooms':['*'],'publish':true,'subscribe':true"));
    JsonNode welcome = beta.next("welcome");
    assertThat(welcome.path("members")).isEmpty();
    beta.send("{'type':'signal','to':'" + acmeId + "','connection':1,'reset':true}");
    assertThat(beta.nextError()).isEqualTo("no-such-member");
    beta.send("{'type':'chat','text':'hello'}").send("{'type':'ping','id':1}");
    beta.next("chat");
    beta.next("pong");
    acme.send("{'type':'ping','id':2}");
    // Nothing came between.
    assertThat(acme.next("pong").path("id").asInt()).isEqualTo(2);
  }

  @Test
  void aTenantHasItsQuota() throws Exception {
    startWithTenants();
    String token = token("acme", "'rooms':['*'],'publish':true");
    for (String room : List.of("a", "b")) {
      SignalClient client = connect();
      join(client, room, token);
      client.next("welcome");
    }
    SignalClient third = connect();
    join(third, "c", token);
    assertThat(third.nextError()).isEqualTo("forbidden");
    SignalClient second = connect();
    join(second, "a", token);
    second.next("welcome");
    SignalClient fourth = connect();
    join(fourth, "a", token);
    assertThat(fourth.nextError()).isEqualTo("forbidden");
  }

  @Test
  void whatWasSaidIsThereForThoseWhoComeAndAfterARestart() throws Exception {
    start(ServiceOptions.defaults());
    SignalClient ada = connect();
    assertThat(ada.join("kitchen", "Ada").path("chat").isArray()).isTrue();
    SignalClient bob = connect();
    bob.join("kitchen", "Bob");
    ada.next("member-joined");
    ada.send("{'type':'chat','text':' first \\u0000\\u001b[2Jline '}");
    JsonNode heard = bob.next("chat");
    assertThat(heard.path("text").asString()).isEqualTo("first [2Jline");
    assertThat(heard.path("name").asString()).isEqualTo("Ada");
    assertThat(heard.path("seq").asInt()).isPositive();
    assertThat(ada.next("chat").path("id").asLong()).isEqualTo(heard.path("id").asLong());
    bob.send("{'type':'chat','text':'<img src=x onerror=alert(1)>'}");
    ada.next("chat");
    server.close();

    start(ServiceOptions.defaults());
    JsonNode welcome = connect().join("kitchen", "Cy");
    assertThat(welcome.path("chat").findValuesAsString("text"))
        .containsExactly("first [2Jline", "<img src=x onerror=alert(1)>");
    assertThat(connect().join("hall", "Cy").path("chat")).isEmpty();
  }

  @Test
  void withoutHistoryChatIsNotTheServers() throws Exception {
    ServiceOptions options = ServiceOptions.defaults();
    start(options.withStore(options.sync(), 0, options.chatKept()));
    SignalClient ada = connect();
    assertThat(ada.join("kitchen", "Ada").has("chat")).isFalse();
    ada.send("{'type':'chat','text':'x'}");
    JsonNode error = ada.next("error");
    assertThat(error.path("code").asString()).isEqualTo("not-kept");
    assertThat(error.path("fatal").asBoolean(true)).isFalse();
  }

  @Test
  void theAdministratorSendsMembersAway() throws Exception {
    start(ServiceOptions.defaults());
    var api = new ApiClient(http, server);
    SignalClient ada = connect();
    ada.join("kitchen", "Ada");
    SignalClient bob = connect();
    String id = bob.join("kitchen", "Bob").path("self").path("id").asString();
    ada.next("member-joined");
    JsonNode rooms = api.asAdmin("GET", "/api/v1/rooms", "").json().path("rooms");
    assertThat(rooms.path(0).path("name").asString()).isEqualTo("kitchen");
    assertThat(rooms.path(0).path("members").findValuesAsString("name"))
        .containsExactly("Ada", "Bob");
    String member = "/api/v1/rooms/kitchen/members/" + id;
    assertThat(api.asAdmin("POST", member + "/mute", "{'sources':['mic']}").status())
        .isEqualTo(202);
    assertThat(bob.next("mute").path("sources").path(0).asString()).isEqualTo("mic");
    assertThat(api.asAdmin("DELETE", member, "").status()).isEqualTo(204);
    assertThat(bob.nextError()).isEqualTo("removed");
    assertThat(bob.closeCode()).isEqualTo(1008);
    assertThat(ada.next("member-left").path("reason").asString()).isEqualTo("removed");
    assertThat(api.asAdmin("DELETE", member, "").status()).isEqualTo(404);
    api.asAdmin("POST", "/api/v1/rooms/kitchen/messages", "{'text':'bye','name':'Boss'}");
    assertThat(ada.next("chat").path("name").asString()).isEqualTo("Boss");
    assertThat(api.asAdmin("DELETE", "/api/v1/rooms/kitchen", "").status()).isEqualTo(204);
    assertThat(ada.nextError()).isEqualTo("removed");
  }

  @Test
  void theAdministratorsPasswordIsKeptAndNotPrinted() throws Exception {
    start(ServiceOptions.defaults());
    String password = server.ready().admin().password();
    assertThat(server.ready().toString()).doesNotContain(password);
    server.close();
    start(ServiceOptions.defaults());
    assertThat(server.ready().admin().password()).isEqualTo(password);
    var api = new ApiClient(http, server);
    assertThat(api.call("GET", "/admin", "").status()).isEqualTo(401);
    assertThat(api.call("GET", "/admin", "", "Authorization", "Basic YWRtaW46").status())
        .isEqualTo(401);
  }
}
