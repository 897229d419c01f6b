package org.klatsch.webrtc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.klatsch.webrtc.Pair.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.klatsch.ice.IceOptions;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LoopOptions;
import org.klatsch.net.NetworkDriver;
import org.klatsch.net.SharedPort;
import org.klatsch.net.SharedPortOptions;
import org.klatsch.sansio.TransportAddress;

/// When connections end and what becomes of their ports.
class LifetimeTest {
  private static void eventually(BooleanSupplier condition) {
    for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
      CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(20, TimeUnit.MILLISECONDS))
          .join();
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  private static SharedPort sharedPort(NetworkDriver network) throws Exception {
    return network.openSharedPort(
        List.of(TransportAddress.parse("127.0.0.1", 0)), 0, SharedPortOptions.DEFAULT);
  }

  private static void connect(RTCPeerConnection a, RTCPeerConnection b) {
    a.onIceCandidate(e -> addTo(b, e));
    b.onIceCandidate(e -> addTo(a, e));
    RTCDataChannel channel = a.createDataChannel("data");
    CompletableFuture<Void> open = new CompletableFuture<>();
    // As applications do, the listener refers to its connection.
    channel.onOpen(_ -> {
      assertThat(a.signalingState()).isNotNull();
      open.complete(null);
    });
    Pair.negotiate(a, b);
    await(open);
  }

  private static void addTo(RTCPeerConnection peer, RTCPeerConnectionIceEvent event) {
    RTCIceCandidate candidate = event.candidate();
    if (candidate != null) {
      var _ = peer.addIceCandidate(candidate);
    }
  }

  /// Connects in a frame of its own, so that no reference is left on the stack.
  private static CompletableFuture<Void> failing(
      PeerConnectionFactory factory, PeerConnectionFactory dying) {
    CompletableFuture<Void> failed = new CompletableFuture<>();
    RTCPeerConnection a = factory.createPeerConnection();
    a.onConnectionStateChange(_ -> {
      if (a.connectionState() == RTCPeerConnectionState.FAILED) {
        failed.complete(null);
      }
    });
    connect(a, dying.createPeerConnection());
    return failed;
  }

  @Test
  void aConnectionWhosePeerIsDeadFailsAndIsFreed() throws Exception {
    // The peer refers to it too, as both are in this process, until it has failed itself.
    IceOptions ice = IceOptions.DEFAULT.withConsent(Duration.ofMillis(200), Duration.ofSeconds(2));
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build());
        NetworkDriver others = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build())) {
      SharedPort port = sharedPort(others);
      PeerConnectionFactory factory =
          new PeerConnectionFactory(Pair.options().withIce(ice), network);
      PeerConnectionFactory dying =
          new PeerConnectionFactory(Pair.options().withIce(ice).withSharedPort(port), others);
      CompletableFuture<Void> failed = failing(factory, dying);
      port.close();
      await(failed);
      eventually(() -> {
        System.gc();
        return factory.counters().abandoned() == 1 && factory.counters().live() == 0;
      });
      eventually(() -> network.loops().getFirst().counters().ports() == 0);
      factory.close();
      dying.close();
    }
  }

  @Test
  void connectionsBetweenTwoSharedPortsOpenPortsOfTheirOwn() throws Exception {
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build());
        SharedPort one = sharedPort(network);
        SharedPort other = sharedPort(network);
        PeerConnectionFactory first =
            new PeerConnectionFactory(Pair.options().withSharedPort(one), network);
        PeerConnectionFactory second =
            new PeerConnectionFactory(Pair.options().withSharedPort(other), network)) {
      List<RTCPeerConnection> all = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        RTCPeerConnection a = first.createPeerConnection();
        RTCPeerConnection b = second.createPeerConnection();
        all.add(a);
        all.add(b);
        connect(a, b);
      }
      assertThat(network.loops().getFirst().counters().ports()).isGreaterThan(2);
      eventually(() ->
          all.stream().allMatch(pc -> pc.iceGatheringState() == RTCIceGatheringState.COMPLETE));
      all.forEach(RTCPeerConnection::close);
      assertThat(network.loops().getFirst().counters().ports()).isEqualTo(2);
      assertThat(one.counters().pairs()).isZero();
    }
  }

  @Test
  void anAddressThatIsDeprecatedKeepsItsPort() {
    try (Pair pair = new Pair()) {
      pair.connect();
      int candidates = pair.a.sctp().transport().iceTransport().getLocalCandidates().size();
      List<LocalAddress> deprecated =
          pair.factory.localAddresses().stream()
              .map(each ->
                  new LocalAddress(
                      each.address(),
                      each.prefixLength(),
                      each.interfaceName(),
                      each.interfaceIndex(),
                      each.kind(),
                      each.mtu(),
                      each.temporary(),
                      true))
              .toList();
      pair.factory.addressesChanged(deprecated);
      await(pair.a.getStats());
      await(pair.a.createOffer());
      assertThat(pair.a.sctp().transport().iceTransport().getLocalCandidates()).hasSize(candidates);
    }
  }
}
