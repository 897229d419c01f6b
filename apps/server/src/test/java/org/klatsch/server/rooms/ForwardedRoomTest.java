package org.klatsch.server.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.klatsch.server.media.MediaOptions;
import org.klatsch.server.media.MediaServer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// When the server carries the media of a room, and what it says to whom.
class ForwardedRoomTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final Directory directory =
      new Directory(
          RoomLimits.DEFAULTS,
          new Random(7),
          new SecureRandom(),
          (host, source) -> List.of(),
          DirectoryCounters.NONE);
  private MediaServer media;

  @BeforeEach
  void start() throws IOException {
    media = MediaServer.start("127.0.0.1", 0, MediaOptions.DEFAULT);
    directory.forwardBy(media, System::nanoTime);
  }

  @AfterEach
  void stop() {
    media.close();
  }

  /// A member whose wire may be written by any thread.
  private final class Client implements Wire {
    final BlockingQueue<JsonNode> told = new LinkedBlockingQueue<>();
    final Connection connection;
    final String id;

    Client(boolean forwarding) {
      connection = directory.open(System.nanoTime(), this);
      say("{'type':'join','room':'r','name':'N','forwarding':" + forwarding + "}");
      id = await("welcome").path("self").path("id").asString();
    }

    void say(String json) {
      directory.receive(System.nanoTime(), connection, json.replace('\'', '"'));
    }

    JsonNode await(String type) {
      try {
        JsonNode next;
        do {
          next = told.poll(SOON.toSeconds(), TimeUnit.SECONDS);
          assertThat(next).as(type).isNotNull();
        } while (!next.path("type").asString().equals(type));
        return next;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public String source() {
      return "192.0.2.1";
    }

    @Override
    public String requestHost() {
      return "klatsch.example";
    }

    @Override
    public boolean send(String message) {
      return told.add(JsonMapper.shared().readTree(message));
    }

    @Override
    public void close(int code, String reason) {}
  }

  @Test
  void beginsWithTheThirdMemberAndEndsWhenOneIsLeft() {
    Client ada = new Client(true);
    Client bob = new Client(true);
    assertThat(ada.await("member-joined").path("member").path("forwarding").asBoolean()).isTrue();
    assertThat(ada.told).isEmpty();
    Client eve = new Client(true);
    for (Client each : List.of(ada, bob, eve)) {
      JsonNode begin = each.await("media");
      assertThat(begin.path("begin").asBoolean()).isTrue();
      assertThat(begin.path("connection").asInt()).isEqualTo(1);
      assertThat(begin.path("seq").asInt()).isPositive();
    }
    // Whoever cannot is in nobody's way.
    Client old = new Client(false);
    assertThat(eve.await("member-joined").path("member").has("forwarding")).isFalse();
    eve.say("{'type':'media','connection':1,'reset':true}");
    assertThat(eve.await("media").path("connection").asInt()).isEqualTo(2);
    // An offer that is none ends nothing but itself; one of an earlier connection is not looked at.
    eve.say(
        "{'type':'media','connection':2,'description':{'type':'offer','sdp':'no'},'uploads':[]}");
    eve.say("{'type':'media','connection':1,'reset':true}");
    eve.say("{'type':'media','connection':2,'reset':true}");
    assertThat(eve.await("media").path("connection").asInt()).isEqualTo(3);
    for (Client each : List.of(bob, eve, old)) {
      each.say("{'type':'leave'}");
    }
    assertThat(ada.await("media").path("end").asBoolean()).isTrue();
  }

  @Test
  void leavesAloneWhoCannot() {
    Client one = new Client(false);
    Client two = new Client(false);
    Client three = new Client(true);
    three.say("{'type':'media','connection':1,'reset':true}");
    three.say("{'type':'ping','id':1}");
    three.await("pong");
    one.await("member-joined");
    one.await("member-joined");
    two.await("member-joined");
    assertThat(one.told).isEmpty();
    assertThat(two.told).isEmpty();
    assertThat(three.told).isEmpty();
  }

  @Test
  void refusesWhatHasNotTheForm() {
    for (String bad :
        List.of(
            "{'type':'media'}",
            "{'type':'media','connection':1}",
            "{'type':'media','connection':1,'description':{'type':'pranswer','sdp':''}}",
            "{'type':'media','connection':1,'description':{'type':'offer','sdp':''},"
                + "'uploads':[{'mid':'0','source':'disk'}]}",
            "{'type':'media','connection':1,'description':{'type':'offer','sdp':''},"
                + "'uploads':[{'mid':'0','source':'mic'},{'mid':'0','source':'mic'}]}",
            "{'type':'media','connection':1,'reset':1}")) {
      Client client = new Client(true);
      client.say(bad);
      assertThat(client.await("error").path("code").asString()).isEqualTo("bad-message");
    }
  }
}
