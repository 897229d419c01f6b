package org.klatsch.peer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.dtls.NegotiatedParameters;
import org.klatsch.dtls.SrtpProfile;
import org.klatsch.ice.IceState;
import org.klatsch.sctp.dcep.ChannelOptions;
import org.klatsch.sctp.dcep.DataChannel;
import org.klatsch.sctp.dcep.DataChannelEvent;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.LinkOptions;
import org.klatsch.testkit.Mutations;
import org.klatsch.testkit.Nat;
import org.klatsch.testkit.Realm;
import org.klatsch.testkit.Seeds;
import org.klatsch.testkit.Simulation;

/// Whole sessions over a simulated network.
@Tag("simulation")
final class SessionTest {
  private static final Duration SIGNALLING = Duration.ofMillis(30);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static SessionPeer[] onOneNetwork(Simulation simulation, LinkOptions link) {
    Realm internet = simulation.network().internet();
    return SessionPeer.pair(
        simulation,
        internet.host("192.0.2.1", link),
        internet.host("198.51.100.7", link),
        SIGNALLING);
  }

  static void connect(Simulation simulation, SessionPeer[] pair) {
    pair[0].offer();
    assertThat(simulation.runUntil(() -> pair[0].connected() && pair[1].connected(), LIMIT))
        .as("connected, seed " + simulation.seed())
        .isTrue();
  }

  static void exchange(Simulation simulation, SessionPeer[] pair, int count) {
    DataChannel channel = pair[0].open("data", ChannelOptions.DEFAULT);
    assertThat(simulation.runUntil(() -> pair[1].channels.containsKey(channel.id()), LIMIT))
        .as("announced, seed " + simulation.seed())
        .isTrue();
    DataChannel back = pair[1].channels.get(channel.id());
    List<byte[]> sent = new ArrayList<>();
    List<byte[]> sentBack = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] message = new byte[Mutations.messageSize(simulation.random(), 20_000)];
      for (int j = 0; j < message.length; j++) {
        message[j] = (byte) simulation.random().nextInt();
      }
      sent.add(message);
      pair[0].send(channel, message);
      byte[] reply = new byte[Mutations.messageSize(simulation.random(), 2_000)];
      sentBack.add(reply);
      pair[1].send(back, reply);
    }
    simulation.runUntil(
        () ->
            pair[1].received.getOrDefault(channel.id(), List.of()).size() >= count
                && pair[0].received.getOrDefault(channel.id(), List.of()).size() >= count,
        Duration.ofMinutes(10));
    simulation.runFor(Duration.ofSeconds(2));
    assertThat(pair[1].received.get(channel.id()))
        .as("seed " + simulation.seed())
        .usingElementComparator(java.util.Arrays::compare)
        .containsExactlyElementsOf(sent);
    assertThat(pair[0].received.get(channel.id()))
        .as("seed " + simulation.seed())
        .usingElementComparator(java.util.Arrays::compare)
        .containsExactlyElementsOf(sentBack);
  }

  @Test
  void connectsAndCarriesMessagesBothWays() {
    Simulation simulation = new Simulation(1);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(10));
    connect(simulation, pair);
    exchange(simulation, pair, 50);
  }

  @Test
  void negotiatesSrtpForDataChannelsAlone() {
    Simulation simulation = new Simulation(1);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(10));
    connect(simulation, pair);
    for (SessionPeer peer : pair) {
      NegotiatedParameters negotiated = peer.session.negotiated();
      assertThat(negotiated).isNotNull();
      assertThat(negotiated.srtpProfile()).isEqualTo(SrtpProfile.SRTP_AEAD_AES_128_GCM);
    }
  }

  @Test
  void connectsWithinFewRoundTrips() {
    Simulation simulation = new Simulation(2);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(50));
    connect(simulation, pair);
    // Two ways of signalling; a check, two round trips of DTLS, two of SCTP of 200 ms each.
    assertThat(Duration.ofNanos(simulation.now())).isLessThan(Duration.ofMillis(1300));
  }

  @Test
  void carriesMessagesOverLossyReorderingDuplicatingLinks() {
    LinkOptions bad =
        LinkOptions.PERFECT
            .delayMillis(20)
            .loss(0.1)
            .duplicate(0.05)
            .reorder(0.05, Duration.ofMillis(15));
    Seeds.forEach(
        20,
        seed -> {
          Simulation simulation = new Simulation(seed);
          SessionPeer[] pair = onOneNetwork(simulation, bad);
          connect(simulation, pair);
          exchange(simulation, pair, 30);
        });
  }

  @Test
  void connectsFromBehindANat() {
    for (Nat.Options options :
        List.of(Nat.Options.FULL_CONE, Nat.Options.PORT_RESTRICTED_CONE, Nat.Options.SYMMETRIC)) {
      Simulation simulation = new Simulation(3);
      Realm internet = simulation.network().internet();
      Host inside =
          internet.nat("203.0.113.9", options).inside().host("10.0.0.2", LinkOptions.PERFECT);
      SessionPeer[] pair =
          SessionPeer.pair(
              simulation,
              inside,
              internet.host("192.0.2.1", LinkOptions.PERFECT.delayMillis(5)),
              SIGNALLING);
      connect(simulation, pair);
      exchange(simulation, pair, 5);
    }
  }

  @Test
  void restartsIceWithoutLosingAMessage() {
    Simulation simulation = new Simulation(4);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(10));
    connect(simulation, pair);
    String before = pair[0].jsep.parameters().transports().getFirst().localIce().usernameFragment();
    pair[0].jsep.restartIce();
    pair[0].offer();
    exchange(simulation, pair, 20);
    assertThat(pair[0].jsep.parameters().transports().getFirst().localIce().usernameFragment())
        .isNotEqualTo(before);
    assertThat(pair[0].iceState).isIn(IceState.CONNECTED, IceState.COMPLETED);
  }

  @Test
  void failsWhenThePeerVanishes() {
    Simulation simulation = new Simulation(5);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(10));
    connect(simulation, pair);
    pair[1].host.blockUdp(true);
    assertThat(
            simulation.runUntil(() -> pair[0].iceState == IceState.FAILED, Duration.ofSeconds(60)))
        .isTrue();
    assertThat(Duration.ofNanos(simulation.now())).isGreaterThan(Duration.ofSeconds(20));
  }

  @Test
  void closeTellsThePeer() {
    Simulation simulation = new Simulation(6);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(10));
    connect(simulation, pair);
    DataChannel channel = pair[0].open("data", ChannelOptions.DEFAULT);
    simulation.runUntil(() -> pair[1].channels.containsKey(channel.id()), LIMIT);
    pair[0].driver.act(() -> pair[0].session.close(simulation.now()));
    assertThat(pair[0].events.getLast()).isEqualTo(new SessionEvent.Closed());
    assertThat(
            simulation.runUntil(
                () -> pair[1].session.dtlsState() == DtlsState.CLOSED, Duration.ofSeconds(1)))
        .isTrue();
    assertThat(pair[1].closed).extracting(DataChannel::id).containsExactly(channel.id());
    assertThat(pair[0].session.nextTimeout()).isEqualTo(Session.NEVER);
  }

  @Test
  void closingAChannelClosesItOnBothSides() {
    Simulation simulation = new Simulation(7);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(10));
    connect(simulation, pair);
    DataChannel channel = pair[0].open("data", ChannelOptions.DEFAULT);
    simulation.runUntil(() -> pair[1].channels.containsKey(channel.id()), LIMIT);
    pair[0].send(channel, new byte[100_000]);
    pair[0].driver.act(() -> pair[0].session.closeChannel(simulation.now(), channel));
    assertThat(
            simulation.runUntil(
                () -> !pair[0].closed.isEmpty() && !pair[1].closed.isEmpty(), LIMIT))
        .isTrue();
    assertThat(pair[1].received.get(channel.id())).hasSize(1);
  }

  @Test
  void reportsAllBytesAsSent() {
    Simulation simulation = new Simulation(8);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(10));
    connect(simulation, pair);
    DataChannel channel = pair[0].open("data", ChannelOptions.DEFAULT);
    simulation.runUntil(() -> pair[1].channels.containsKey(channel.id()), LIMIT);
    for (int i = 0; i < 60; i++) {
      // More than the association holds at once.
      pair[0].send(channel, new byte[64 * 1024]);
    }
    assertThat(
            simulation.runUntil(
                () -> pair[1].received.getOrDefault(channel.id(), List.of()).size() == 60, LIMIT))
        .as("received " + pair[1].received.get(channel.id()).size())
        .isTrue();
    long sum =
        pair[0].events.stream()
            .filter(SessionEvent.BytesSent.class::isInstance)
            .mapToLong(e -> ((SessionEvent.BytesSent) e).bytes())
            .sum();
    assertThat(sum).isEqualTo(60L * 64 * 1024);
  }

  @Test
  void undeliveredMessagesHoldTheSender() {
    Simulation simulation = new Simulation(9);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(1));
    connect(simulation, pair);
    DataChannel channel = pair[0].open("data", ChannelOptions.DEFAULT);
    simulation.runUntil(() -> pair[1].channels.containsKey(channel.id()), LIMIT);
    pair[1].consume = false;
    int window = pair[1].session.channels().association().options().receiveWindow();
    int messages = window / (64 * 1024) * 2;
    for (int i = 0; i < messages; i++) {
      pair[0].send(channel, new byte[64 * 1024]);
    }
    simulation.runFor(Duration.ofSeconds(20));
    int delivered = pair[1].received.get(channel.id()).size();
    assertThat((long) delivered * 64 * 1024).isLessThan(window + 1_000_000L);
    pair[1].consume = true;
    pair[1].driver.act(() -> pair[1].session.consumed(simulation.now(), delivered * 64 * 1024));
    assertThat(
            simulation.runUntil(() -> pair[1].received.get(channel.id()).size() == messages, LIMIT))
        .isTrue();
  }

  @Test
  void anyNumberOfInputsMayComeBeforeADrain() {
    Seeds.forEach(
        20,
        seed -> {
          Simulation simulation = new Simulation(seed);
          SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT.delayMillis(10));
          connect(simulation, pair);
          DataChannel channel = pair[0].open("data", ChannelOptions.DEFAULT);
          // Everything at once, without a drain between: still all of it arrives.
          pair[0].driver.act(() -> {
            long now = simulation.now();
            for (int i = 0; i < 200; i++) {
              if (simulation.random().nextInt(4) == 0) {
                pair[0].session.handleTimeout(now);
              }
              if (simulation.random().nextInt(4) == 0) {
                pair[0].session.apply(now, pair[0].jsep.parameters());
              }
              byte[] junk = Mutations.randomBytes(simulation.random(), 200);
              pair[0].session.handlePacket(
                  now,
                  pair[0].host.address(40_000),
                  pair[1].host.address(40_000),
                  0,
                  junk,
                  0,
                  junk.length);
              pair[0].session.send(now, channel, false, new byte[i], 0, i);
            }
          });
          assertThat(
                  simulation.runUntil(
                      () -> pair[1].received.getOrDefault(channel.id(), List.of()).size() == 200,
                      LIMIT))
              .as("seed " + seed)
              .isTrue();
        });
  }

  @Test
  void dropsPacketsOfUnknownProtocols() {
    Simulation simulation = new Simulation(10);
    SessionPeer[] pair = onOneNetwork(simulation, LinkOptions.PERFECT);
    connect(simulation, pair);
    for (int first : new int[] {5, 19, 64, 80, 128, 192, 255}) {
      long before = pair[0].session.counters().unexpectedDropped();
      pair[0].driver.act(() ->
          pair[0].session.handlePacket(
              simulation.now(),
              pair[0].host.address(40_000),
              pair[1].host.address(40_000),
              0,
              new byte[] {(byte) first, 0, 0, 0},
              0,
              4));
      assertThat(pair[0].session.counters().unexpectedDropped()).isEqualTo(before + 1);
    }
    assertThat(pair[0].events)
        .noneMatch(e ->
            e instanceof SessionEvent.Channels c
                && c.event() instanceof DataChannelEvent.Disconnected);
  }
}
