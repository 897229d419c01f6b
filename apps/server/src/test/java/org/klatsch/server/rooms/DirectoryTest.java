package org.klatsch.server.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class DirectoryTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private long now;
  private Directory directory = directory(RoomLimits.DEFAULTS);

  private static Directory directory(RoomLimits limits) {
    return new Directory(
        limits,
        new Random(7),
        new SecureRandom(),
        (host, source) -> List.of(new IceServerEntry(List.of("stun:" + host + ":8080"), null)),
        DirectoryCounters.NONE);
  }

  private final class Client {
    final FakeWire wire;
    final Connection connection;

    Client(String source) {
      wire = new FakeWire(source);
      connection = directory.open(now, wire);
    }

    Client say(String json) {
      directory.receive(now, connection, json.replace('\'', '"'));
      return this;
    }

    JsonNode welcome() {
      return wire.next("welcome");
    }

    void lost() {
      directory.closed(now, connection, false);
    }

    void gone() {
      directory.closed(now, connection, true);
    }
  }

  private Client client() {
    return new Client("192.0.2.1");
  }

  private Client inRoom(String room) {
    return client().say("{'type':'join','room':'" + room + "','name':'N'}");
  }

  private Client sender(String key) {
    return client().say("{'type':'join','role':'send','key':'" + key + "'}");
  }

  private Client receiver(String transfer) {
    return client().say("{'type':'join','role':'receive','transfer':'" + transfer + "'}");
  }

  private void passes(long seconds) {
    now += seconds * SECOND;
    directory.handleTimeout(now);
  }

  @Test
  void tellsTheStunServerUnderTheNameThatTheClientUses() {
    assertThat(inRoom("a").welcome().path("iceServers").path(0).path("urls").path(0).asString())
        .isEqualTo("stun:klatsch.example:8080");
  }

  @Test
  void everyPairOfMembersHasOneNewcomerAndOneHost() {
    Client first = inRoom("a");
    assertThat(first.welcome().path("members")).isEmpty();
    Client second = inRoom("a");
    assertThat(second.welcome().path("members")).hasSize(1);
    Client third = inRoom("a");
    assertThat(third.welcome().path("members")).hasSize(2);
    first.wire.next("member-joined");
    first.wire.next("member-joined");
    second.wire.next("member-joined");
    assertThat(first.wire.quiet() && second.wire.quiet() && third.wire.quiet()).isTrue();
  }

  @Test
  void roomsDoNotHearEachOther() {
    Client a = inRoom("a");
    Client b = inRoom("b");
    String id = a.welcome().path("self").path("id").asString();
    b.welcome();
    b.say("{'type':'signal','to':'" + id + "','connection':1,'reset':true}");
    assertThat(b.wire.nextError()).isEqualTo("no-such-member");
    assertThat(a.wire.quiet()).isTrue();
  }

  @Test
  void relaysNothingButTheMembersOfTheProtocol() {
    Client a = inRoom("a");
    String id = a.welcome().path("self").path("id").asString();
    Client b = inRoom("a");
    a.wire.next("member-joined");
    b.say(
        "{'type':'signal','to':'"
            + id
            + "','connection':2,'from':'forged','seq':9,'candidate':{'candidate':'c','extra':1},'more':[]}");
    JsonNode signal = a.wire.next("signal");
    assertThat(signal.path("from").asString())
        .isEqualTo(b.welcome().path("self").path("id").asString());
    assertThat(signal.has("more")).isFalse();
    assertThat(signal.path("candidate").has("extra")).isFalse();
    assertThat(signal.path("seq").asInt()).isEqualTo(2);
  }

  @Test
  void aFullRoomRefuses() {
    directory =
        directory(
            RoomLimits.DEFAULTS.withCounts(new RoomLimits.Counts(100, 100, 100, 100, 100, 2)));
    inRoom("a");
    inRoom("a");
    Client third = inRoom("a");
    assertThat(third.wire.nextError()).isEqualTo("room-full");
    assertThat(third.wire.closeCode).isEqualTo(1008);
  }

  @Test
  void oneSourceCannotTakeEverything() {
    directory =
        directory(RoomLimits.DEFAULTS.withCounts(new RoomLimits.Counts(100, 3, 100, 100, 2, 16)));
    inRoom("a");
    inRoom("b");
    Client third = inRoom("c");
    assertThat(third.wire.nextError()).isEqualTo("too-many");
    assertThat(third.wire.closeCode).isEqualTo(1013);
    // The third connection is closing but still there.
    FakeWire fourth = new FakeWire("192.0.2.1");
    assertThat(directory.open(now, fourth)).isNull();
    assertThat(fourth.nextError()).isEqualTo("too-many");
    assertThat(new Client("192.0.2.2").connection).isNotNull();
  }

  @Test
  void limitsJoinsPerMinute() {
    directory = directory(RoomLimits.DEFAULTS.withRates(new RoomLimits.Rates(2, 20, 100)));
    for (int i = 0; i < 2; i++) {
      inRoom("a").gone();
    }
    assertThat(inRoom("a").wire.nextError()).isEqualTo("too-many");
    passes(31);
    inRoom("a").welcome();
  }

  @Test
  void endsWhoeverDoesNotJoin() {
    Client idle = client();
    passes(11);
    assertThat(idle.wire.nextError()).isEqualTo("join-timeout");
    assertThat(idle.wire.closeCode).isEqualTo(1008);
  }

  @Test
  void aLostMemberIsMissedOnlyAfterTheResumeWindow() {
    Client a = inRoom("a");
    a.welcome();
    Client b = inRoom("a");
    a.wire.next("member-joined");
    b.lost();
    passes(19);
    assertThat(a.wire.quiet()).isTrue();
    passes(2);
    assertThat(a.wire.next("member-left").path("reason").asString()).isEqualTo("lost");
  }

  @Test
  void aResumedMemberGetsWhatItMissedInOrder() {
    Client a = inRoom("a");
    JsonNode welcome = a.welcome();
    inRoom("a");
    a.wire.next("member-joined");
    a.lost();
    Client c = inRoom("a");
    c.gone();
    Client again =
        client()
            .say(
                "{'type':'join','room':'a','received':1,'resume':'"
                    + welcome.path("resume").asString()
                    + "'}");
    JsonNode second = again.welcome();
    assertThat(second.path("resumed").asBoolean()).isTrue();
    assertThat(second.path("resume").asString()).isNotEqualTo(welcome.path("resume").asString());
    assertThat(again.wire.next("member-joined").path("seq").asInt()).isEqualTo(2);
    assertThat(again.wire.next("member-left").path("seq").asInt()).isEqualTo(3);
    assertThat(again.wire.quiet()).isTrue();
  }

  @Test
  void takesOverFromAConnectionThatIsDeadButNotNoticed() {
    Client a = inRoom("a");
    JsonNode welcome = a.welcome();
    Client again =
        client()
            .say(
                "{'type':'join','room':'a','received':0,'resume':'"
                    + welcome.path("resume").asString()
                    + "'}");
    assertThat(a.wire.nextError()).isEqualTo("replaced");
    assertThat(again.welcome().path("self").path("id").asString())
        .isEqualTo(welcome.path("self").path("id").asString());
    a.gone();
    assertThat(directory.occupancy().members()).isEqualTo(1);
  }

  @Test
  void whatIsNoLongerRememberedCannotBeResumed() {
    Client a = inRoom("a");
    JsonNode welcome = a.welcome();
    a.lost();
    for (int i = 0; i < 40; i++) {
      inRoom("a").gone();
    }
    Client again =
        client()
            .say(
                "{'type':'join','room':'a','received':0,'resume':'"
                    + welcome.path("resume").asString()
                    + "'}");
    assertThat(again.welcome().path("resumed").asBoolean()).isFalse();
    assertThat(directory.occupancy().members()).isEqualTo(1);
  }

  @Test
  void aStrangersResumeTokenIsWorthNothingInAnotherRoom() {
    JsonNode welcome = inRoom("a").welcome();
    Client other =
        client()
            .say(
                "{'type':'join','room':'b','received':0,'resume':'"
                    + welcome.path("resume").asString()
                    + "'}");
    assertThat(other.welcome().path("resumed").asBoolean()).isFalse();
    assertThat(directory.occupancy().members()).isEqualTo(2);
  }

  @Test
  void aSlowReaderIsRemoved() {
    Client a = inRoom("a");
    Client b = inRoom("a");
    b.welcome();
    a.wire.slow = true;
    inRoom("a");
    assertThat(a.wire.closeCode).isEqualTo(1008);
    assertThat(b.wire.next("member-left").path("reason").asString()).isEqualTo("slow");
    assertThat(b.wire.next("member-joined").path("seq").asInt()).isEqualTo(2);
  }

  @Test
  void aTransferHasTwoSeats() {
    JsonNode welcome = sender("0123456789abcdef").welcome();
    String id = welcome.path("transfer").asString();
    assertThat(id).matches("[0-9]{4}");
    assertThat(welcome.path("role").asString()).isEqualTo("send");
    Client receiver = receiver(id);
    assertThat(receiver.welcome().path("members").path(0).path("role").asString())
        .isEqualTo("send");
    assertThat(receiver(id).wire.nextError()).isEqualTo("transfer-busy");
    receiver.lost();
    receiver(id).welcome();
  }

  @Test
  void onlyTheKeyOpensTheSendersSeatAgain() {
    Client first = sender("0123456789abcdef");
    String id = first.welcome().path("transfer").asString();
    Client thief =
        client()
            .say("{'type':'join','role':'send','key':'fedcba9876543210','transfer':'" + id + "'}");
    assertThat(thief.wire.nextError()).isEqualTo("transfer-taken");
    Client again =
        client()
            .say("{'type':'join','role':'send','key':'0123456789abcdef','transfer':'" + id + "'}");
    assertThat(first.wire.nextError()).isEqualTo("replaced");
    assertThat(again.welcome().path("transfer").asString()).isEqualTo(id);
  }

  @Test
  void aTransferOutlivesItsSenderForAWhile() {
    Client sender = sender("0123456789abcdef");
    String id = sender.welcome().path("transfer").asString();
    sender.gone();
    Client receiver = receiver(id);
    assertThat(receiver.welcome().path("members")).isEmpty();
    passes(3_601);
    assertThat(receiver.wire.nextError()).isEqualTo("no-such-transfer");
    assertThat(directory.occupancy().transfers()).isZero();
  }

  @Test
  void nobodyWalksThroughAllIds() {
    for (int i = 0; i < 20; i++) {
      assertThat(receiver("x" + i).wire.nextError()).isEqualTo("no-such-transfer");
    }
    assertThat(receiver("y").wire.nextError()).isEqualTo("too-many");
    passes(4);
    assertThat(receiver("y").wire.nextError()).isEqualTo("no-such-transfer");
  }

  @Test
  void sendsAwayWhoeverIsAloneForADay() {
    Client a = inRoom("a");
    a.welcome();
    passes(86_401);
    assertThat(a.wire.nextError()).isEqualTo("idle");
    assertThat(directory.occupancy().rooms()).isZero();
  }

  @Test
  void everythingIsGivenBackWhenAllAreGone() {
    var random = new Random(42);
    var clients = new ArrayList<Client>();
    for (int i = 0; i < 3_000; i++) {
      now += SECOND / 4;
      if (clients.isEmpty() || random.nextInt(3) > 0) {
        Client client = new Client("198.51.100." + random.nextInt(200));
        client.say(
            random.nextBoolean()
                ? "{'type':'join','room':'r" + random.nextInt(20) + "'}"
                : "{'type':'join','role':'send','key':'0123456789abcdef'}");
        clients.add(client);
      } else {
        Client client = clients.remove(random.nextInt(clients.size()));
        directory.closed(now, client.connection, random.nextBoolean());
      }
    }
    clients.forEach(Client::lost);
    passes(21);
    passes(3_700);
    passes(3_700);
    assertThat(directory.occupancy()).isEqualTo(new Directory.Occupancy(0, 0, 0, 0, 0, 0));
  }

  @Test
  void drainTellsEverybodyToComeBack() {
    Client a = inRoom("a");
    a.welcome();
    directory.drain();
    assertThat(a.wire.nextError()).isEqualTo("draining");
    assertThat(a.wire.closeCode).isEqualTo(1012);
    FakeWire late = new FakeWire("192.0.2.9");
    assertThat(directory.open(now, late)).isNull();
    assertThat(late.closeCode).isEqualTo(1012);
  }
}
