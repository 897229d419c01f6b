package org.klatsch.server.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.NatBehavior;
import org.klatsch.stun.NatBehaviorDiscovery;
import org.klatsch.stun.StunCredential;
import org.klatsch.webrtc.RTCConfiguration;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCIceGatheringState;
import org.klatsch.webrtc.RTCIceServer;
import org.klatsch.webrtc.RTCIceTransportPolicy;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionIceErrorEvent;
import org.klatsch.webrtc.RTCSessionDescription;

/// The relay on real sockets, with our own connections as its clients.
@Timeout(60)
class RelayTest {
  /// Where connections of this machine reach a server: they gather no loopback addresses if there
  /// are others.
  private static TransportAddress machine() throws IOException {
    for (LocalAddress each : LocalInterfaces.list(InterfaceFilter.DEFAULT)) {
      if (each.address().isIpv4()) {
        return each.address();
      }
    }
    return TransportAddress.parse("127.0.0.1", 0);
  }

  private static RTCPeerConnection connection(Relay relay, StunCredential.LongTerm credential) {
    return new RTCPeerConnection(
        new RTCConfiguration()
            .withIceServers(
                new RTCIceServer(
                    "turn:" + relay.locals().getFirst(),
                    credential.username(),
                    credential.password()))
            .withIceTransportPolicy(RTCIceTransportPolicy.RELAY));
  }

  /// The local description once all candidates are in it.
  private static RTCSessionDescription complete(RTCPeerConnection connection) throws Exception {
    CompletableFuture<Object> gathered = new CompletableFuture<>();
    connection.onIceGatheringStateChange(event -> {
      if (connection.iceGatheringState() == RTCIceGatheringState.COMPLETE) {
        gathered.complete(event);
      }
    });
    connection.setLocalDescription().get(10, TimeUnit.SECONDS);
    gathered.get(20, TimeUnit.SECONDS);
    RTCSessionDescription description = connection.localDescription();
    assertThat(description).isNotNull();
    return description;
  }

  @Test
  void connectionsWithTemporaryNamesMeetThroughIt() throws Exception {
    try (Relay relay =
        Relay.start(machine().host(), 0, RelaySettings.DEFAULT.withSecret("between us"))) {
      StunCredential.LongTerm credential = relay.credential("alice", Duration.ofMinutes(5));
      RTCPeerConnection a = connection(relay, credential);
      RTCPeerConnection b = connection(relay, credential);
      try {
        CompletableFuture<Object> heard = new CompletableFuture<>();
        b.onDataChannel(event -> event.channel().onMessage(m -> heard.complete(m.data())));
        RTCDataChannel channel = a.createDataChannel("chat");
        channel.onOpen(_ -> channel.send("over the relay"));
        b.setRemoteDescription(complete(a)).get(10, TimeUnit.SECONDS);
        a.setRemoteDescription(complete(b)).get(10, TimeUnit.SECONDS);
        assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo("over the relay");
        assertThat(relay.counters().allocations()).isGreaterThanOrEqualTo(2);
        assertThat(relay.counters().bytesToPeers()).isPositive();
      } finally {
        a.close();
        b.close();
      }
    }
  }

  /// The machine's own addresses are closed to relays, but for the ports of this process.
  @Test
  void aRelayReachesConnectionsOfItsOwnProcess() throws Exception {
    try (Relay relay =
        Relay.start(machine().host(), 0, RelaySettings.DEFAULT.withUser("me", "secret"))) {
      RTCPeerConnection a = connection(relay, new StunCredential.LongTerm("me", "secret"));
      RTCPeerConnection b = new RTCPeerConnection();
      try {
        CompletableFuture<Object> heard = new CompletableFuture<>();
        b.onDataChannel(event -> event.channel().onMessage(m -> heard.complete(m.data())));
        RTCDataChannel channel = a.createDataChannel("chat");
        channel.onOpen(_ -> channel.send("to a bot"));
        b.setRemoteDescription(complete(a)).get(10, TimeUnit.SECONDS);
        a.setRemoteDescription(complete(b)).get(10, TimeUnit.SECONDS);
        assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo("to a bot");
      } finally {
        a.close();
        b.close();
      }
    }
  }

  @Test
  void aWrongPasswordIsToldAsIceCandidateError() throws Exception {
    try (Relay relay =
        Relay.start(machine().host(), 0, RelaySettings.DEFAULT.withUser("me", "secret"))) {
      RTCPeerConnection a = connection(relay, new StunCredential.LongTerm("me", "guess"));
      try {
        CompletableFuture<RTCPeerConnectionIceErrorEvent> error = new CompletableFuture<>();
        a.onIceCandidateError(error::complete);
        var _ = a.createDataChannel("chat");
        a.setLocalDescription().get(10, TimeUnit.SECONDS);
        RTCPeerConnectionIceErrorEvent told = error.get(20, TimeUnit.SECONDS);
        assertThat(told.errorCode()).isEqualTo(401);
        assertThat(told.url()).isEqualTo("turn:" + relay.locals().getFirst());
        assertThat(told.errorText()).isNotBlank();
      } finally {
        a.close();
      }
    }
  }

  @Test
  void drainingLetsAllocationsGoOnAndMakesNoNewOnes() throws Exception {
    StunCredential.LongTerm me = new StunCredential.LongTerm("me", "secret");
    try (Relay relay =
        Relay.start(machine().host(), 0, RelaySettings.DEFAULT.withUser("me", "secret"))) {
      RTCPeerConnection a = connection(relay, me);
      RTCPeerConnection b = connection(relay, me);
      RTCPeerConnection late = connection(relay, me);
      try {
        CompletableFuture<Object> heard = new CompletableFuture<>();
        CompletableFuture<Object> open = new CompletableFuture<>();
        b.onDataChannel(event -> event.channel().onMessage(m -> heard.complete(m.data())));
        RTCDataChannel channel = a.createDataChannel("chat");
        channel.onOpen(open::complete);
        b.setRemoteDescription(complete(a)).get(10, TimeUnit.SECONDS);
        a.setRemoteDescription(complete(b)).get(10, TimeUnit.SECONDS);
        open.get(30, TimeUnit.SECONDS);
        relay.drain();
        assertThat(relay.awaitIdle(Duration.ZERO)).isFalse();
        CompletableFuture<RTCPeerConnectionIceErrorEvent> error = new CompletableFuture<>();
        late.onIceCandidateError(error::complete);
        late.createDataChannel("chat");
        assertThat(complete(late).sdp()).doesNotContain("a=candidate");
        assertThat(error.get(20, TimeUnit.SECONDS).errorCode()).isEqualTo(508);
        channel.send("still here");
        assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo("still here");
      } finally {
        a.close();
        b.close();
        late.close();
      }
      assertThat(relay.awaitIdle(Duration.ofSeconds(30))).isTrue();
    }
  }

  @Test
  void aTakenPortIsAnError() throws Exception {
    try (Relay relay = Relay.start("127.0.0.1", 0, RelaySettings.DEFAULT)) {
      assertThatThrownBy(
              () -> Relay.start("127.0.0.1", relay.port(), RelaySettings.DEFAULT).close())
          .isInstanceOf(BindException.class);
    }
  }

  /// Linux has all of 127.0.0.0/8 on its loopback interface.
  @Test
  @EnabledOnOs(OS.LINUX)
  void aSecondAddressTellsHowNatsBehave() throws Exception {
    int second;
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.getByName("127.0.0.2"))) {
      second = free.getLocalPort();
    }
    RelaySettings settings =
        RelaySettings.DEFAULT.withAlternate(TransportAddress.parse("127.0.0.2", second));
    try (Relay relay = Relay.start("127.0.0.1", 0, settings);
        DatagramSocket socket = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"))) {
      TransportAddress local = TransportAddress.parse("127.0.0.1", socket.getLocalPort());
      NatBehaviorDiscovery discovery =
          new NatBehaviorDiscovery(local, relay.locals().getFirst(), null, new SecureRandom());
      TransmitBuffer out = new TransmitBuffer(8, 1500);
      List<NatBehavior> found = new ArrayList<>();
      discovery.start(System.nanoTime());
      socket.setSoTimeout(100);
      while (found.isEmpty()) {
        out.clear();
        Pump.run(discovery, System.nanoTime(), out, found::add);
        for (int i = 0; i < out.packetCount(); i++) {
          TransportAddress to = out.packetRemote(i);
          assertThat(to).isNotNull();
          socket.send(
              new DatagramPacket(
                  out.array(),
                  out.packetOffset(i),
                  out.packetLength(i),
                  InetAddress.getByName(to.host()),
                  to.port()));
        }
        DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
        try {
          socket.receive(packet);
          discovery.handlePacket(
              System.nanoTime(),
              local,
              TransportAddress.of(packet.getAddress().getAddress(), packet.getPort()),
              0,
              packet.getData(),
              0,
              packet.getLength());
        } catch (SocketTimeoutException e) {
          // The core has its own patience.
        }
      }
      assertThat(found)
          .containsExactly(
              new NatBehavior(
                  local,
                  NatBehavior.Mapping.NO_TRANSLATION,
                  NatBehavior.Filtering.ENDPOINT_INDEPENDENT));
    }
  }
}
