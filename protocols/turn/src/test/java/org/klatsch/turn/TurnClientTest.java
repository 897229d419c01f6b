package org.klatsch.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunCredential;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;
import org.klatsch.turn.TurnClientOptions.Families;
import org.klatsch.turn.server.PeerPolicy;
import org.klatsch.turn.server.TurnServerOptions;
import org.klatsch.turn.server.TurnUsers;

/// The client against our server, in virtual time.
class TurnClientTest {
  private static final TransportAddress SERVER =
      TransportAddress.parse("198.51.100.1", SimulatedServer.PORT);
  private static final TransportAddress PEER = TransportAddress.parse("203.0.113.5", 7000);
  private static final LinkOptions LINK = LinkOptions.PERFECT.delayMillis(10);

  private Simulation simulation = new Simulation(1);
  private Host serverHost = host("198.51.100.1");
  private final List<String> heardByPeer = new ArrayList<>();

  private Host host(String address) {
    return simulation.network().internet().host(address, LINK);
  }

  /// Echoes what comes, back to where it came from.
  private void echoingPeer(Host host) {
    simulation.add(
        host,
        new SilentCore(),
        (now, local, remote, ecn, array, offset, length) -> {
          heardByPeer.add(remote + " " + new String(array, offset, length, StandardCharsets.UTF_8));
          host.send(now, local, remote, 0, array, offset, length);
        },
        event -> {});
  }

  private SimulatedClient client(StunCredential.LongTerm credential, TurnClientOptions options) {
    return new SimulatedClient(simulation, host("192.0.2.10"), SERVER, credential, options);
  }

  private SimulatedClient allocated(TurnClientOptions options) {
    SimulatedClient client = client(SimulatedServer.ME, options);
    client.allocate();
    assertThat(
            simulation.runUntil(
                () -> client.event(TurnClientEvent.Allocated.class) != null,
                Duration.ofSeconds(30)))
        .as("allocated; events %s", client.events)
        .isTrue();
    return client;
  }

  @Test
  void dataGoesBothWaysFirstByIndicationThenByChannel() {
    new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
    echoingPeer(host("203.0.113.5"));
    SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
    TurnClientEvent.Allocated allocated = client.event(TurnClientEvent.Allocated.class);
    assertThat(allocated.relayed()).hasSize(1);
    TransportAddress relayed = allocated.relayed().getFirst();
    assertThat(relayed.hasSameHost(SERVER)).isTrue();
    assertThat(allocated.mapped()).isEqualTo(TransportAddress.parse("192.0.2.10", 5000));

    client.driver.act(() -> client.core.permit(simulation.now(), PEER));
    client.send(PEER, "first");
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(heardByPeer).containsExactly(relayed + " first");
    assertThat(client.received).containsExactly(PEER + " first");
    assertThat(client.lastLength).isGreaterThan("first".length() + 36);

    client.driver.act(() -> client.core.bind(simulation.now(), PEER));
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.event(TurnClientEvent.ChannelBound.class).number()).isEqualTo(0x4000);
    client.send(PEER, "second");
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.lastLength).isEqualTo("second".length() + 4);
    assertThat(client.received).last().isEqualTo(PEER + " second");
  }

  @Test
  void anAllocationInUseLivesForHoursThroughNewNonces() {
    SimulatedServer server =
        new SimulatedServer(
            simulation,
            serverHost,
            TurnServerOptions.DEFAULT.withLifetimes(
                Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofMinutes(7)));
    echoingPeer(host("203.0.113.5"));
    SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
    client.driver.act(() -> client.core.bind(simulation.now(), PEER));
    for (int minute = 0; minute < 180; minute++) {
      client.send(PEER, "minute " + minute);
      simulation.runFor(Duration.ofMinutes(1));
    }
    assertThat(client.received).hasSize(180);
    assertThat(client.event(TurnClientEvent.Lost.class)).isNull();
    assertThat(server.core.counters().challenges()).isGreaterThan(10);
  }

  @Test
  void whatWasUnusedForLongIsAskedForAgain() {
    new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
    echoingPeer(host("203.0.113.5"));
    SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
    client.driver.act(() -> client.core.bind(simulation.now(), PEER));
    simulation.runFor(Duration.ofMinutes(30));
    client.send(PEER, "lost as the permission is only asked for");
    client.driver.act(() -> client.core.bind(simulation.now(), PEER));
    simulation.runFor(Duration.ofSeconds(1));
    client.send(PEER, "again");
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.received).last().isEqualTo(PEER + " again");
    assertThat(client.lastLength).isEqualTo("again".length() + 4);
  }

  @Test
  void closingGivesThePortBack() {
    SimulatedServer server = new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
    SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
    assertThat(server.open).hasSize(1);
    client.driver.act(() -> client.core.close(simulation.now()));
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.event(TurnClientEvent.Closed.class)).isNotNull();
    assertThat(server.open).isEmpty();
    assertThat(server.core.counters().allocations()).isZero();
  }

  @Test
  void anAbandonedAllocationEndsAfterItsLifetime() {
    SimulatedServer server = new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
    SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
    client.host.blockUdp(true);
    simulation.runFor(Duration.ofMinutes(11));
    assertThat(server.open).isEmpty();
    assertThat(client.event(TurnClientEvent.Lost.class).errorCode())
        .isEqualTo(TurnClient.UNREACHABLE);
  }

  @Test
  void aWrongPasswordIsTold() {
    new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
    SimulatedClient client =
        client(new StunCredential.LongTerm("me", "guess"), TurnClientOptions.DEFAULT);
    client.allocate();
    simulation.runFor(Duration.ofSeconds(5));
    TurnClientEvent.Failed failed = client.event(TurnClientEvent.Failed.class);
    assertThat(failed.errorCode()).isEqualTo(401);
    assertThat(failed.reason()).isEqualTo("Unauthenticated");
  }

  @Test
  void aSilentServerIsTold() {
    SimulatedClient client = client(SimulatedServer.ME, TurnClientOptions.DEFAULT);
    client.allocate();
    simulation.runFor(Duration.ofSeconds(60));
    assertThat(client.event(TurnClientEvent.Failed.class).errorCode())
        .isEqualTo(TurnClient.UNREACHABLE);
    assertThat(client.core.isEnded()).isTrue();
  }

  @Test
  void aPeerThatTheServerDeniesIsToldAndNotSentTo() {
    SimulatedServer server = new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
    SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
    TransportAddress inside = TransportAddress.parse("10.0.0.1", 22);
    client.driver.act(() -> client.core.permit(simulation.now(), inside));
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.event(TurnClientEvent.PeerRefused.class).errorCode()).isEqualTo(403);
    long before = client.driver.packetsSent();
    client.send(inside, "let me in");
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.driver.packetsSent()).isEqualTo(before);
    assertThat(server.core.counters().packetsToPeers()).isZero();
  }

  @Test
  void anAllowedRangeOpensWhatIsDenied() {
    PeerPolicy policy =
        new PeerPolicy(List.of(AddressPrefix.parse("10.0.0.0/8")), address -> false);
    new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT, policy, null);
    SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
    TransportAddress inside = TransportAddress.parse("10.0.0.1", 5060);
    client.driver.act(() -> client.core.permit(simulation.now(), inside));
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.event(TurnClientEvent.PermissionInstalled.class).peer()).isEqualTo(inside);
  }

  @Test
  void bothFamiliesComeInOneAllocation() {
    serverHost.addAddress("2001:db8::1");
    new SimulatedServer(
        simulation,
        serverHost,
        TurnServerOptions.DEFAULT.withRelay(
            List.of(TransportAddress.parse("2001:db8::1", 0)), 50_000, 50_100));
    Host peer = host("203.0.113.5").addAddress("2001:db8::5");
    echoingPeer(peer);
    SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
    TransportAddress peer6 = TransportAddress.parse("2001:db8::5", 7000);
    assertThat(client.event(TurnClientEvent.Allocated.class).relayed()).hasSize(2);
    client.driver.act(() -> client.core.permit(simulation.now(), peer6));
    client.driver.act(() -> client.core.permit(simulation.now(), PEER));
    client.send(peer6, "six");
    client.send(PEER, "four");
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.received).containsExactlyInAnyOrder(peer6 + " six", PEER + " four");
  }

  @Test
  void aServerOfOneFamilyRefusesTheOther() {
    new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
    SimulatedClient client =
        client(SimulatedServer.ME, TurnClientOptions.DEFAULT.withFamilies(Families.IPV6));
    client.allocate();
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(client.event(TurnClientEvent.Failed.class).errorCode()).isEqualTo(440);
  }

  @Test
  void theUserWithTooManyAllocationsIsRefused() {
    new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT.withQuotas(10, 1));
    allocated(TurnClientOptions.DEFAULT);
    SimulatedClient second =
        new SimulatedClient(
            simulation, host("192.0.2.11"), SERVER, SimulatedServer.ME, TurnClientOptions.DEFAULT);
    second.allocate();
    simulation.runFor(Duration.ofSeconds(1));
    TurnClientEvent.Failed failed = second.event(TurnClientEvent.Failed.class);
    assertThat(failed.errorCode()).isEqualTo(486);
    assertThat(failed.reason()).isEqualTo("Allocation Quota Reached");
  }

  @Test
  void aServerThatCannotForbidFragmentsIsUsedWithout() {
    new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
    SimulatedClient client =
        allocated(TurnClientOptions.DEFAULT.withDontFragment(true).withEvenPort(true));
    assertThat(client.event(TurnClientEvent.Allocated.class).relayed().getFirst().port() % 2)
        .isZero();
  }

  @Test
  void aNameThatEndsWorksUntilThenAndKeepsWhatItHas() {
    new SimulatedServer(
        simulation,
        serverHost,
        TurnServerOptions.DEFAULT.withLifetimes(
            Duration.ofMinutes(10), Duration.ofHours(1), Duration.ofMinutes(5)),
        PeerPolicy.strict(),
        SimulatedServer.SECRET);
    Instant start = Instant.ofEpochSecond(1_800_000_000);
    StunCredential.LongTerm credential =
        TurnUsers.temporary(SimulatedServer.SECRET, "alice", start, Duration.ofMinutes(30));
    SimulatedClient client = client(credential, TurnClientOptions.DEFAULT);
    client.allocate();
    simulation.runFor(Duration.ofHours(2));
    assertThat(client.event(TurnClientEvent.Allocated.class)).isNotNull();
    assertThat(client.event(TurnClientEvent.Lost.class)).isNull();
    SimulatedClient late =
        new SimulatedClient(
            simulation, host("192.0.2.12"), SERVER, credential, TurnClientOptions.DEFAULT);
    late.allocate();
    simulation.runFor(Duration.ofSeconds(5));
    assertThat(late.event(TurnClientEvent.Failed.class).errorCode()).isEqualTo(401);
  }

  @Test
  void theAlternateServerIsFollowed() {
    TransportAddress other = TransportAddress.parse("198.51.100.2", SimulatedServer.PORT);
    Host second = host("198.51.100.2");
    new SimulatedServer(simulation, second, TurnServerOptions.DEFAULT);
    simulation.add(
        serverHost,
        new SilentCore(),
        (now, local, remote, ecn, array, offset, length) -> {
          try {
            byte[] answer =
                new StunMessageWriter()
                    .startResponse(
                        new byte[200],
                        0,
                        200,
                        StunClass.ERROR_RESPONSE,
                        StunMessage.parse(array, offset, length))
                    .error(300)
                    .address(StunAttributeType.ALTERNATE_SERVER, other)
                    .toByteArray();
            serverHost.send(now, local, remote, 0, answer, 0, answer.length);
          } catch (org.klatsch.stun.MalformedStunException e) {
            throw new AssertionError(e);
          }
        },
        event -> {});
    SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
    assertThat(client.core.server()).isEqualTo(other);
  }

  @Test
  void twoClientsOfOneServerReachEachOther() {
    new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
    SimulatedClient a = allocated(TurnClientOptions.DEFAULT);
    SimulatedClient b =
        new SimulatedClient(
            simulation, host("192.0.2.11"), SERVER, SimulatedServer.ME, TurnClientOptions.DEFAULT);
    b.allocate();
    simulation.runFor(Duration.ofSeconds(1));
    TransportAddress relayA = a.core.relayed().getFirst();
    TransportAddress relayB = b.core.relayed().getFirst();
    a.driver.act(() -> a.core.permit(simulation.now(), relayB));
    b.driver.act(() -> b.core.permit(simulation.now(), relayA));
    simulation.runFor(Duration.ofSeconds(1));
    a.send(relayB, "hello");
    simulation.runFor(Duration.ofSeconds(1));
    assertThat(b.received).containsExactly(relayA + " hello");
  }

  @Test
  void lossDelaysButDoesNotBreak() {
    Seeds.forEach(seed -> {
      simulation = new Simulation(seed);
      LinkOptions bad = LINK.loss(0.1).reorder(0.1, Duration.ofMillis(30)).duplicate(0.1);
      serverHost = simulation.network().internet().host("198.51.100.1", bad);
      SimulatedServer server =
          new SimulatedServer(simulation, serverHost, TurnServerOptions.DEFAULT);
      SimulatedClient client = allocated(TurnClientOptions.DEFAULT);
      client.driver.act(() -> client.core.bind(simulation.now(), PEER));
      simulation.runFor(Duration.ofHours(1));
      assertThat(client.event(TurnClientEvent.Lost.class)).isNull();
      assertThat(server.core.counters().allocations()).isEqualTo(1);
    });
  }
}
