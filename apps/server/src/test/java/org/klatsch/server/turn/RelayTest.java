package org.klatsch.server.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.net.InterfaceFilter;
import org.klatsch.net.LocalAddress;
import org.klatsch.net.LocalInterfaces;
import org.klatsch.sansio.TransportAddress;
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
  void aTakenPortIsAnError() throws Exception {
    try (Relay relay = Relay.start("127.0.0.1", 0, RelaySettings.DEFAULT)) {
      assertThatThrownBy(
              () -> Relay.start("127.0.0.1", relay.port(), RelaySettings.DEFAULT).close())
          .isInstanceOf(BindException.class);
    }
  }
}
