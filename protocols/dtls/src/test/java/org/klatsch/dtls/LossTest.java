package org.klatsch.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.klatsch.sansio.Work;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;

/// Handshakes over bad networks in virtual time.
@Tag("simulation")
class LossTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  /// A connection on a host of a simulation.
  private static final class SimulatedEnd {
    final DtlsConnection connection;
    final List<byte[]> received = new ArrayList<>();
    Simulation.Peer<DtlsEvent> peer;
    int largestPacket;

    SimulatedEnd(Simulation simulation, Host host, DtlsOptions options, long seed) {
      connection = new DtlsConnection(options, new TestRandom(seed));
      peer =
          simulation.add(
              host,
              connection,
              (now, local, remote, ecn, array, offset, length) ->
                  connection.handlePacket(now, array, offset, length, this::receive),
              event -> handle(simulation, event));
      peer.tap(packet -> largestPacket = Math.max(largestPacket, packet.length));
    }

    private void receive(long now, byte[] data, int offset, int length) {
      received.add(java.util.Arrays.copyOfRange(data, offset, offset + length));
    }

    private void handle(Simulation simulation, DtlsEvent event) {
      switch (event) {
        case DtlsEvent.WorkRequested(Work work) -> {
          work.run();
          // As on a pool: the result comes back later.
          simulation.after(
              Duration.ofMillis(1), () -> connection.handleWorkDone(simulation.now(), work));
        }
        case DtlsEvent.HandshakeCompleted completed ->
            connection.deliverEarlyData(simulation.now(), this::receive);
        default -> {}
      }
    }
  }

  private static void connectOver(ProtocolVersion version, long seed, LinkOptions link, int mtu) {
    Simulation simulation = new Simulation(seed);
    Host left = simulation.network().internet().host("192.0.2.1", link);
    Host right = simulation.network().internet().host("192.0.2.2", link);
    DtlsOptions clientOptions =
        TestPair.clientOptions(KeyType.ECDSA_P256, version)
            .mtu(mtu)
            .handshakeTimeout(Duration.ofSeconds(120))
            .build();
    DtlsOptions serverOptions =
        TestPair.serverOptions(KeyType.ECDSA_P256, version)
            .mtu(mtu)
            .handshakeTimeout(Duration.ofSeconds(120))
            .build();
    SimulatedEnd client = new SimulatedEnd(simulation, left, clientOptions, seed);
    SimulatedEnd server = new SimulatedEnd(simulation, right, serverOptions, seed + 1);
    client.peer.route(left.address(1000), right.address(2000));
    server.peer.route(right.address(2000), left.address(1000));
    client.connection.remoteFingerprints(0, TestPair.fingerprints(serverOptions));
    server.connection.remoteFingerprints(0, TestPair.fingerprints(clientOptions));
    client.peer.act(() -> client.connection.start(simulation.now()));
    server.peer.act(() -> server.connection.start(simulation.now()));
    boolean connected =
        simulation.runUntil(
            () -> client.connection.isConnected() && server.connection.isConnected(),
            Duration.ofSeconds(100));
    assertThat(connected).isTrue();
    assertThat(client.connection.exportKeyingMaterial("EXPERIMENTAL", 32))
        .isEqualTo(server.connection.exportKeyingMaterial("EXPERIMENTAL", 32));
    assertThat(client.largestPacket).isLessThanOrEqualTo(mtu);
    assertThat(server.largestPacket).isLessThanOrEqualTo(mtu);
    // Quiet afterwards: nothing is retransmitted for ever. The loss of ACKs may take its time.
    simulation.runFor(Duration.ofSeconds(60));
    long sent = client.peer.packetsSent() + server.peer.packetsSent();
    simulation.runFor(Duration.ofMinutes(5));
    assertThat(client.peer.packetsSent() + server.peer.packetsSent()).isEqualTo(sent);
  }

  @ParameterizedTest
  @EnumSource(names = {"DTLS_1_2", "DTLS_1_3"})
  void connectsUnderLossReorderingAndDuplication(ProtocolVersion version) {
    LinkOptions link =
        LinkOptions.PERFECT
            .delayMillis(20)
            .loss(0.3)
            .reorder(0.2, Duration.ofMillis(30))
            .duplicate(0.2);
    Seeds.forEach(seed -> connectOver(version, seed, link, 1200));
    Seeds.forEach(20, seed -> connectOver(version, seed, link, 548));
  }

  @ParameterizedTest
  @EnumSource(names = {"DTLS_1_2", "DTLS_1_3"})
  void connectsInSmallPacketsWhereLargeOnesVanish(ProtocolVersion version) {
    LinkOptions link = LinkOptions.PERFECT.delayMillis(5).mtu(600);
    // Larger than the path carries: backs off after some retransmissions.
    Seeds.forEach(3, seed -> connectOver(version, seed, link, 1200));
    LinkOptions lossy = link.loss(0.1).reorder(0.3, Duration.ofMillis(10));
    Seeds.forEach(
        20, seed -> connectOver(version, seed, lossy, 256 + new Random(seed).nextInt(300)));
  }

  @Test
  void dropsEveryRecordWithAFlippedBit() {
    Seeds.forEach(seed -> {
      TestPair pair = new TestPair().connect();
      Random random = new Random(seed);
      for (int i = 0; i < 50; i++) {
        pair.client.send(HELLO);
        byte[] packet = pair.client.takeSent().getFirst();
        packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
        pair.server.receive(0, packet);
      }
      assertThat(pair.server.received).isEmpty();
      assertThat(pair.server.connection.isConnected()).isTrue();
      // A shorter length field leaves a rest that is dropped for itself.
      assertThat(pair.server.connection.statistics().droppedInAll()).isBetween(50L, 100L);
    });
  }

  @Test
  void retransmitsWithDoublingIntervals() {
    TestEnd client = new TestEnd(TestPair.clientOptions().build(), 1);
    client.start(0);
    List<Long> at = new ArrayList<>();
    byte[] first = client.takeSent().getFirst();
    while (client.nextTimeout < 10_000_000_000L) {
      long now = client.nextTimeout;
      client.pump(now);
      at.add(now / 1_000_000);
      for (byte[] packet : client.takeSent()) {
        assertThat(RecordHeader.sequence(packet, 0)).isGreaterThan(RecordHeader.sequence(first, 0));
      }
    }
    assertThat(at).containsExactly(100L, 300L, 700L, 1500L, 3100L, 6100L, 9100L);
  }

  @Test
  void givesUpAfterTheHandshakeTimeout() {
    TestEnd client = new TestEnd(TestPair.clientOptions().build(), 1);
    client.start(5);
    while (!client.connection.isClosed()) {
      client.pump(client.nextTimeout);
    }
    assertThat(client.closeCause().kind()).isEqualTo(CloseCause.Kind.TIMED_OUT);
    assertThat(client.nextTimeout).isEqualTo(DtlsConnection.NEVER);
  }

  @Test
  void answersARepeatedFlightAtOnce() {
    TestPair pair = new TestPair();
    pair.server.start(0);
    pair.client.start(0);
    pair.server.receive(0, pair.client.takeSent().getFirst());
    pair.server.takeSent();
    pair.client.pump(pair.client.nextTimeout);
    pair.server.receive(60_000_000, pair.client.takeSent().getFirst());
    assertThat(pair.server.sent).isNotEmpty();
    assertThat(pair.server.connection.statistics().flightsRetransmitted()).isEqualTo(1);
  }

  @Test
  void sendsTheLastFlightAgainWhenTheClientRepeatsItsOwn() {
    TestPair pair = new TestPair();
    pair.server.start(0);
    pair.client.start(0);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    pair.server.takeSent().forEach(p -> pair.client.receive(0, p));
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    assertThat(pair.server.connection.isConnected()).isTrue();
    pair.server.takeSent();
    assertThat(pair.client.connection.isConnected()).isFalse();
    long now = pair.client.nextTimeout;
    pair.client.pump(now);
    TestEnd.exchange(now, pair.client, pair.server);
    assertThat(pair.client.connection.isConnected()).isTrue();
  }

  /// How long both ends take over a path of 50 ms each way without loss, in milliseconds.
  private static long[] connectTimes(ProtocolVersion version) {
    Simulation simulation = new Simulation(1);
    LinkOptions link = LinkOptions.PERFECT.delayMillis(25);
    Host left = simulation.network().internet().host("192.0.2.1", link);
    Host right = simulation.network().internet().host("192.0.2.2", link);
    DtlsOptions clientOptions = TestPair.clientOptions(KeyType.ECDSA_P256, version).build();
    DtlsOptions serverOptions = TestPair.serverOptions(KeyType.ECDSA_P256, version).build();
    SimulatedEnd client = new SimulatedEnd(simulation, left, clientOptions, 1);
    SimulatedEnd server = new SimulatedEnd(simulation, right, serverOptions, 2);
    client.peer.route(left.address(1000), right.address(2000));
    server.peer.route(right.address(2000), left.address(1000));
    client.connection.remoteFingerprints(0, TestPair.fingerprints(serverOptions));
    server.connection.remoteFingerprints(0, TestPair.fingerprints(clientOptions));
    long start = simulation.now();
    server.peer.act(() -> server.connection.start(simulation.now()));
    client.peer.act(() -> client.connection.start(simulation.now()));
    Duration limit = Duration.ofSeconds(5);
    assertThat(simulation.runUntil(client.connection::isConnected, limit)).isTrue();
    long clientTime = (simulation.now() - start) / 1_000_000;
    assertThat(
            simulation.runUntil(
                () -> client.connection.isConnected() && server.connection.isConnected(), limit))
        .isTrue();
    return new long[] {clientTime, (simulation.now() - start) / 1_000_000};
  }

  @Test
  void theNewVersionTakesOneRoundTripLess() {
    // Each computation takes 1 ms here, a round trip 100.
    long[] older = connectTimes(ProtocolVersion.DTLS_1_2);
    long[] newer = connectTimes(ProtocolVersion.DTLS_1_3);
    assertThat(older[0]).isBetween(200L, 220L);
    assertThat(newer[0]).isBetween(100L, 120L);
    assertThat(newer[1]).isBetween(150L, 170L);
  }

  @Test
  void sendsAgainOnlyWhatWasNotAcknowledged() {
    TestPair pair =
        new TestPair(TestPair.newClient(), TestPair.newServer().mtu(256).groups(NamedGroup.X25519));
    pair.server.start(0);
    pair.client.start(0);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    List<byte[]> flight = pair.server.takeSent();
    assertThat(flight).hasSizeGreaterThan(2);
    int lost = flight.size() - 2;
    for (int i = 0; i < flight.size(); i++) {
      if (i != lost) {
        pair.client.receive(0, flight.get(i));
      }
    }
    long now = pair.client.nextTimeout;
    assertThat(now).isEqualTo(25_000_000);
    pair.client.pump(now);
    List<byte[]> acks = pair.client.takeSent();
    assertThat(acks).hasSize(1);
    pair.server.receive(now, acks.getFirst());
    assertThat(pair.server.sent).hasSizeBetween(1, 2);
    TestEnd.exchange(now, pair.client, pair.server);
    assertThat(pair.client.connection.isConnected()).isTrue();
    assertThat(pair.server.connection.isConnected()).isTrue();
  }

  @Test
  void acknowledgesTheLastFlightAgainWhenTheAckGetsLost() {
    TestPair pair = new TestPair(TestPair.newClient(), TestPair.newServer());
    pair.server.start(0);
    pair.client.start(0);
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    pair.server.takeSent().forEach(p -> pair.client.receive(0, p));
    pair.client.takeSent().forEach(p -> pair.server.receive(0, p));
    assertThat(pair.server.takeSent()).hasSize(1);
    long now = pair.client.nextTimeout;
    pair.client.pump(now);
    assertThat(pair.client.sent).isNotEmpty();
    TestEnd.exchange(now, pair.client, pair.server);
    pair.client.pump(now + 10_000_000_000L);
    assertThat(pair.client.sent).isEmpty();
    assertThat(pair.client.connection.statistics().flightsRetransmitted()).isEqualTo(1);
  }
}
