package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.TransportAddress;

@ParameterizedClass(name = "{0}")
@MethodSource("backends")
class SharedPortTest {
  private static final byte[] DTLS = {22, 1, 2, 3};

  @Parameter String backend = "";
  private NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT);
  private NetworkDriver clients = network;

  static Stream<String> backends() {
    return Backends.available().stream();
  }

  @BeforeEach
  void start() {
    network.close();
    LoopOptions options = LoopOptions.DEFAULT.with().loops(3).backend(backend).build();
    network = new NetworkDriver(options);
    clients = new NetworkDriver(options);
  }

  @AfterEach
  void stop() {
    network.close();
    clients.close();
  }

  static byte[] check(String username) {
    byte[] name = username.getBytes(StandardCharsets.US_ASCII);
    int padded = name.length + 3 & ~3;
    PacketWriter writer = new PacketWriter(20 + 4 + padded + 8);
    writer.u16(1).u16(4 + padded + 8).u32(0x2112A442).zeros(12);
    writer.u16(0x8028).u16(4).u32(0x12345678); // Some other attribute first.
    writer.u16(6).u16(name.length).bytes(name).zeros(padded - name.length);
    return writer.toByteArray();
  }

  private SharedPort open(SharedPortOptions options) {
    try {
      return network.openSharedPort(List.of(Endpoint.LOOPBACK), 0, options);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void routesChecksByFragmentAndThenAllByPairAcrossLoops() {
    SharedPort shared = open(SharedPortOptions.DEFAULT);
    List<Endpoint> sessions = new ArrayList<>();
    List<Endpoint> peers = new ArrayList<>();
    Set<EventLoop> loops = new HashSet<>();
    for (int i = 0; i < 60; i++) {
      EventLoop loop = shared.nextLoop();
      loops.add(loop);
      sessions.add(Endpoint.join(loop, true, shared, "ufrag" + i));
      peers.add(Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK));
    }
    assertThat(loops).hasSize(3);
    for (int i = 0; i < 60; i++) {
      Endpoint peer = peers.get(i);
      peer.send(sessions.get(i).local, check("ufrag" + i + ":other"));
      assertThat(peer.take().remote()).isEqualTo(shared.locals().get(0));
      assertThat(sessions.get(i).take().remote()).isEqualTo(peer.local);
      peer.send(sessions.get(i).local, DTLS);
      assertThat(peer.take().bytes()).isEqualTo(DTLS);
      assertThat(sessions.get(i).take().bytes()).isEqualTo(DTLS);
    }
    SharedPortCounters counters = shared.counters();
    assertThat(counters.routedByUfrag()).isEqualTo(60);
    assertThat(counters.routedByPair()).isEqualTo(60);
    assertThat(counters.pairs()).isEqualTo(60);
    assertThat(counters.ufrags()).isEqualTo(60);
    // The system spreads peers over sockets without knowing the sessions: some must be handed on.
    long handedOff = network.loops().stream().mapToLong(loop -> loop.counters().handedOff()).sum();
    assertThat(handedOff).isBetween(1L, 119L);
  }

  @Test
  void forgetsPairsAndFragmentsOfADetachedCore() {
    SharedPort shared = open(SharedPortOptions.DEFAULT);
    Endpoint session = Endpoint.join(shared.nextLoop(), true, shared, "gone");
    Endpoint peer = Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK);
    peer.send(session.local, check("gone:x"));
    peer.take();
    session
        .driver
        .loop()
        .call(() -> {
          session.driver.detach();
          return true;
        });
    assertThat(shared.counters().pairs()).isZero();
    assertThat(shared.counters().ufrags()).isZero();
    Endpoint next = Endpoint.join(shared.nextLoop(), true, shared, "gone");
    peer.send(next.local, check("gone:x"));
    assertThat(next.take().remote()).isEqualTo(peer.local);
    assertThat(session.received).hasSize(1);
  }

  @Test
  void refusesAPairThatBelongsToAnotherLiveCore() throws Exception {
    SharedPort shared = open(SharedPortOptions.DEFAULT);
    Endpoint first = Endpoint.join(shared.nextLoop(), true, shared, "first");
    Endpoint second = Endpoint.join(shared.nextLoop(), true, shared, "second");
    Endpoint peer = Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK);
    peer.send(first.local, check("first:x"));
    peer.take();
    // Outwards: the second core may not send over the pair of the first.
    second.send(peer.local, DTLS);
    assertThat(second.refused.poll(10, TimeUnit.SECONDS)).isEqualTo(peer.local);
    // Inwards: a check for the second over this pair goes to nobody, and the second is told.
    peer.send(first.local, check("second:x"));
    assertThat(second.refused.poll(10, TimeUnit.SECONDS)).isEqualTo(peer.local);
    assertThat(shared.counters().conflicts()).isEqualTo(1);
    assertThat(shared.counters().refusedPairs()).isEqualTo(1);
    assertThat(second.received).isEmpty();
    // A port of its own works at once.
    second
        .driver
        .loop()
        .call(() -> {
          second.local = second.driver.open(Endpoint.LOOPBACK, PortRange.EPHEMERAL).local();
          return true;
        });
    second.send(peer.local, DTLS);
    assertThat(peer.take().remote()).isEqualTo(second.local);
  }

  @Test
  void limitsThePairsOfACore() throws Exception {
    SharedPort shared = open(new SharedPortOptions(false, 1, 100, 2, 2, true));
    Endpoint session = Endpoint.join(shared.nextLoop(), false, shared, "a");
    session.send(Endpoint.LOOPBACK.withPort(9), DTLS);
    session.send(Endpoint.LOOPBACK.withPort(10), DTLS);
    session.send(Endpoint.LOOPBACK.withPort(11), DTLS);
    assertThat(session.refused.poll(10, TimeUnit.SECONDS))
        .isEqualTo(Endpoint.LOOPBACK.withPort(11));
    Endpoint.join(shared.nextLoop(), false, shared, "b");
    assertThatThrownBy(() -> Endpoint.join(shared.nextLoop(), false, shared, "c"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("maxUfrags 2 reached");
  }

  @Test
  void refusesAFragmentTakenTwice() {
    SharedPort shared = open(SharedPortOptions.DEFAULT);
    Endpoint.join(shared.nextLoop(), false, shared, "same");
    assertThatThrownBy(() -> Endpoint.join(shared.nextLoop(), false, shared, "same"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"same\" is already taken");
  }

  @Test
  void dropsAndCountsWhatNobodyWants() {
    SharedPort shared = open(SharedPortOptions.DEFAULT);
    Endpoint session = Endpoint.join(shared.nextLoop(), true, shared, "mine");
    Endpoint peer = Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK);
    byte[] plain = new PacketWriter(20).u16(1).u16(0).u32(0x2112A442).zeros(12).toByteArray();
    peer.send(
        session.local,
        new byte[0],
        DTLS,
        plain,
        check("unknown:x"),
        check("nocolon"),
        new byte[] {0, 1, 0, 0},
        check("mine:x"));
    assertThat(session.take().bytes()).isEqualTo(check("mine:x"));
    assertThat(shared.counters().unroutable()).isEqualTo(6);
    assertThat(shared.counters().answered()).isZero();
  }

  @Test
  void answersPlainBindingRequestsUpToTheRateWhenAsked() {
    SharedPort shared = open(new SharedPortOptions(true, 2, 100, 2, 2, true));
    Endpoint peer = Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK);
    byte[] id = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    byte[] plain = new PacketWriter(20).u16(1).u16(0).u32(0x2112A442).bytes(id).toByteArray();
    peer.send(shared.locals().get(0), plain, plain, plain);
    byte[] expected =
        new PacketWriter(32)
            .u16(0x0101)
            .u16(12)
            .u32(0x2112A442)
            .bytes(id)
            .u16(0x0020)
            .u16(8)
            .u16(1)
            .u16(peer.local.port() ^ 0x2112)
            .u32(0x7f000001 ^ 0x2112A442)
            .toByteArray();
    assertThat(peer.take().bytes()).isEqualTo(expected);
    assertThat(peer.take().bytes()).isEqualTo(expected);
    // Answers leave before they are counted; between two calls a loop has read its sockets.
    for (int i = 0; i < 2; i++) {
      network.loops().forEach(loop -> loop.call(() -> true));
    }
    assertThat(shared.counters().answered()).isEqualTo(2);
    assertThat(shared.counters().answersLimited()).isEqualTo(1);
  }

  @Test
  void givesPacketsOfAKindToTheCoreSetForIt() {
    SharedPort shared = open(SharedPortOptions.DEFAULT);
    Endpoint relay = Endpoint.join(shared.nextLoop(), true, shared, "relay");
    shared.route(PacketKind.STUN, relay.driver);
    shared.route(PacketKind.TURN_CHANNEL, relay.driver);
    Endpoint peer = Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK);
    byte[] allocate = new PacketWriter(20).u16(3).u16(0).u32(0x2112A442).zeros(12).toByteArray();
    peer.send(shared.locals().get(0), allocate);
    assertThat(peer.take().bytes()).isEqualTo(allocate);
    peer.send(shared.locals().get(0), new byte[] {0x40, 0, 0, 0});
    assertThat(peer.take().bytes()).hasSize(4);
    relay
        .driver
        .loop()
        .call(() -> {
          relay.driver.detach();
          return true;
        });
    peer.send(shared.locals().get(0), allocate);
    Endpoint probe = Endpoint.join(shared.nextLoop(), true, shared, "probe");
    peer.send(probe.local, check("probe:x"));
    peer.take();
    assertThat(relay.received).hasSize(2);
  }

  @Test
  void servesStunAndTurnToAPeerWhosePairBelongsToASession() {
    SharedPort shared = open(SharedPortOptions.DEFAULT);
    Endpoint relay = Endpoint.join(shared.nextLoop(), true, shared, "relay");
    shared.route(PacketKind.STUN, relay.driver);
    shared.route(PacketKind.TURN_CHANNEL, relay.driver);
    Endpoint session = Endpoint.join(shared.nextLoop(), true, shared, "session");
    Endpoint peer = Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK);
    byte[] plain = new PacketWriter(20).u16(1).u16(0).u32(0x2112A442).zeros(12).toByteArray();
    byte[] refresh = new PacketWriter(20).u16(4).u16(0).u32(0x2112A442).zeros(12).toByteArray();
    byte[] response =
        new PacketWriter(20).u16(0x101).u16(0).u32(0x2112A442).zeros(12).toByteArray();
    byte[] channel = {0x40, 0, 0, 0};
    for (byte[] packet :
        List.of(plain, check("session:x"), DTLS, plain, refresh, channel, response)) {
      peer.send(shared.locals().get(0), packet);
      assertThat(peer.take().bytes()).isEqualTo(packet);
    }
    assertThat(relay.received).hasSize(4);
    assertThat(session.received).hasSize(3);
    assertThat(shared.counters().pairs()).isOne();
  }

  @Test
  void routesAKindAtTheAddressesNamedOnly() throws Exception {
    SharedPort shared =
        network.openSharedPort(
            List.of(Endpoint.LOOPBACK, TransportAddress.of(new byte[] {127, 0, 0, 2}, 0)),
            0,
            SharedPortOptions.DEFAULT);
    Endpoint relay = Endpoint.join(shared.nextLoop(), true, shared, "relay");
    shared.route(PacketKind.TURN_CHANNEL, relay.driver, List.of(shared.locals().get(1)));
    Endpoint peer = Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK);
    peer.send(shared.locals().get(0), new byte[] {0x40, 0, 0, 0});
    peer.send(shared.locals().get(1), new byte[] {0x41, 0, 0, 0});
    assertThat(peer.take().bytes()[0]).isEqualTo((byte) 0x41);
    assertThat(shared.counters().unroutable()).isOne();
  }

  @Test
  void worksWithOneLoopOnlyWhenPortsCannotBeReused() {
    SharedPort shared = open(SharedPortOptions.DEFAULT.withReusePort(false));
    assertThat(shared.loops()).hasSize(1);
    Endpoint session = Endpoint.join(shared.nextLoop(), true, shared, "one");
    Endpoint peer = Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK);
    peer.send(session.local, check("one:x"));
    peer.take();
    EventLoop other = network.loops().get(1);
    assertThatThrownBy(() -> Endpoint.join(other, false, shared, "two"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use nextLoop()");
  }

  @Test
  void saysThatAPortIsTakenEvenByASharedOne() {
    SharedPort shared = open(SharedPortOptions.DEFAULT);
    assertThatThrownBy(() ->
            network.openSharedPort(
                List.of(Endpoint.LOOPBACK), shared.port(), SharedPortOptions.DEFAULT))
        .isInstanceOf(BindException.class);
    shared.close();
  }

  @Test
  void hasOneNumberOnAllAddresses() throws Exception {
    SharedPort shared =
        network.openSharedPort(
            List.of(Endpoint.LOOPBACK, Endpoint.LOOPBACK6), 0, SharedPortOptions.DEFAULT);
    assertThat(shared.locals()).hasSize(2).allMatch(local -> local.port() == shared.port());
    Endpoint session = Endpoint.join(shared.nextLoop(), true, shared, "both");
    Endpoint peer = Endpoint.open(clients.nextLoop(), false, Endpoint.LOOPBACK6);
    peer.send(Endpoint.LOOPBACK6.withPort(shared.port()), check("both:x"));
    assertThat(peer.take().remote()).isEqualTo(Endpoint.LOOPBACK6.withPort(shared.port()));
    assertThat(session.take().local()).isEqualTo(Endpoint.LOOPBACK6.withPort(shared.port()));
  }

  @Test
  void keepsCoresAttachedWhenThePortIsClosed() {
    SharedPort shared = open(SharedPortOptions.DEFAULT);
    Endpoint session = Endpoint.join(shared.nextLoop(), true, shared, "left");
    shared.close();
    session.send(Endpoint.LOOPBACK.withPort(9), DTLS);
    session.driver.loop().call(() -> true);
    assertThat(session.driver.isDetached()).isFalse();
    assertThat(session.failures).isEmpty();
  }
}
