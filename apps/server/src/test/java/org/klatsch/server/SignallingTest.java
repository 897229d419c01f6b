package org.klatsch.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `rooms.v1` over a real WebSocket.
final class SignallingTest {
  @TempDir Path directory;
  private final HttpClient http = HttpClient.newHttpClient();
  private KlatschServer server;

  @BeforeEach
  void start() throws IOException {
    server = KlatschServer.start(ServerOptions.of(0, directory));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    http.close();
  }

  private SignalClient connect() {
    return SignalClient.connect(http, server);
  }

  @Test
  void membersFindEachOtherAndSignal() {
    SignalClient ada = connect();
    JsonNode welcome = ada.join("kitchen", "Ada");
    assertThat(welcome.path("members")).isEmpty();
    assertThat(welcome.path("resumed").asBoolean()).isFalse();
    SignalClient bob = connect();
    JsonNode seen = bob.join("kitchen", "Bob").path("members").path(0);
    assertThat(seen.path("name").asString()).isEqualTo("Ada");
    JsonNode joined = ada.next("member-joined");
    assertThat(joined.path("seq").asInt()).isEqualTo(1);
    String bobId = joined.path("member").path("id").asString();

    bob.send(
        "{'type':'signal','to':'"
            + seen.path("id").asString()
            + "','connection':1,'description':{'type':'offer','sdp':'v=0'}}");
    JsonNode signal = ada.next("signal");
    assertThat(signal.path("from").asString()).isEqualTo(bobId);
    assertThat(signal.path("description").path("sdp").asString()).isEqualTo("v=0");

    bob.leave();
    JsonNode left = ada.next("member-left");
    assertThat(left.path("id").asString()).isEqualTo(bobId);
    assertThat(left.path("reason").asString()).isEqualTo("left");
  }

  @Test
  void refusesAPageOfAnotherOrigin() {
    var page =
        http.newWebSocketBuilder()
            .subprotocols("rooms.v1")
            .header("Origin", "https://evil.example");
    assertThat(SignalClient.refusal(page, server)).isEqualTo(403);
  }

  @Test
  void admitsItsOwnPage() {
    SignalClient page =
        SignalClient.connect(
            http.newWebSocketBuilder()
                .subprotocols("rooms.v1")
                .header("Origin", server.ready().url()),
            server);
    assertThat(page.join("kitchen", "Ada").path("room").asString()).isEqualTo("kitchen");
  }

  @Test
  void refusesAnotherSubprotocol() {
    for (List<String> protocols : List.of(List.<String>of(), List.of("sip"))) {
      var builder = http.newWebSocketBuilder();
      if (!protocols.isEmpty()) {
        builder.subprotocols(protocols.getFirst());
      }
      assertThat(SignalClient.refusal(builder, server)).isEqualTo(400);
    }
  }

  @Test
  void closesOnAMessageThatIsTooLong() {
    SignalClient client = connect();
    client.send("{'type':'join','room':'r','name':'" + "x".repeat(70_000) + "'}");
    assertThat(client.closeCode()).isEqualTo(1009);
  }

  @Test
  void closesOnABinaryMessage() {
    assertThat(connect().sendBinary().closeCode()).isEqualTo(1003);
  }

  @Test
  void closesOnNonsense() {
    for (String nonsense :
        List.of("", "x", "[]", "{}", "{'type':7}", "{'type':'join'}", "{'type':'leave'} 1")) {
      SignalClient client = connect().send(nonsense);
      assertThat(client.nextError()).as(nonsense).isEqualTo("bad-message");
      assertThat(client.closeCode()).isEqualTo(1008);
    }
  }

  @Test
  void bringsBackAMemberWhoseConnectionBroke() {
    SignalClient ada = connect();
    ada.join("kitchen", "Ada");
    SignalClient bob = connect();
    JsonNode first = bob.join("kitchen", "Bob");
    ada.next("member-joined");
    bob.abort();
    // Ada's signal reaches Bob although he is away, or looks as if he still were there.
    String bobId = first.path("self").path("id").asString();
    ada.send("{'type':'signal','to':'" + bobId + "','connection':1,'reset':true}");

    SignalClient again = connect();
    again.send(
        "{'type':'join','room':'kitchen','name':'Bob','received':0,'resume':'"
            + first.path("resume").asString()
            + "'}");
    JsonNode welcome = again.next("welcome");
    assertThat(welcome.path("resumed").asBoolean()).isTrue();
    assertThat(welcome.path("self").path("id").asString()).isEqualTo(bobId);
    assertThat(again.next("signal").path("reset").asBoolean()).isTrue();
  }

  @Test
  void endsAFloodOfMessages() {
    SignalClient client = connect();
    client.join("kitchen", "Ada");
    for (int i = 0; i < 1_000; i++) {
      try {
        client.send("{'type':'ping','id':1}");
      } catch (RuntimeException e) {
        break;
      }
    }
    // The farewell may be lost, as the flood still goes on when the connection is closed.
    assertThat(client.closeCode()).isIn(1006, 1008);
  }

  @Test
  void oneWhoDoesNotReadIsRemovedAndNobodyWaits() {
    SignalClient ada = connect();
    ada.join("kitchen", "Ada");
    var deaf =
        http.newWebSocketBuilder()
            .subprotocols("rooms.v1")
            .buildAsync(
                SignalClient.webSocketUri(server),
                new WebSocket.Listener() {
                  @Override
                  public void onOpen(WebSocket webSocket) {
                    // Asks for nothing, so nothing is ever read.
                  }
                })
            .join();
    deaf.sendText("{\"type\":\"join\",\"room\":\"kitchen\"}", true).join();
    String id = ada.next("member-joined").path("member").path("id").asString();
    String big = "x".repeat(60_000);
    String left = null;
    for (int i = 0; i < 400 && left == null; i++) {
      ada.send(
          "{'type':'signal','to':'"
              + id
              + "','connection':1,'description':{'type':'offer','sdp':'"
              + big
              + "'}}");
      left = ada.poll();
    }
    assertThat(left).contains("member-left", "slow", id);
    deaf.abort();
  }

  @Test
  void saysGoodbyeToEverybodyWhenItIsClosed() throws IOException {
    SignalClient ada = connect();
    ada.join("kitchen", "Ada");
    server.close();
    assertThat(ada.nextError()).isEqualTo("draining");
    assertThat(ada.closeCode()).isEqualTo(1012);
  }
}
