package org.klatsch.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunCredential;
import org.klatsch.turn.server.PeerPolicy;
import org.klatsch.turn.server.RelayPorts;
import org.klatsch.turn.server.TcpRelayPorts;
import org.klatsch.turn.server.TurnServer;
import org.klatsch.turn.server.TurnServerOptions;
import org.klatsch.turn.server.TurnUsers;

/// The client's side of RFC 6062, with our server.
class TurnTcpClientTest {
  private static final TransportAddress SERVER = TransportAddress.parse("198.51.100.1", 3478);
  private static final TransportAddress CLIENT = TransportAddress.parse("192.0.2.1", 5000);
  private static final TransportAddress DATA = CLIENT.withPort(5001);
  private static final TransportAddress PEER = TransportAddress.parse("203.0.113.5", 80);
  private static final StunCredential.LongTerm ME = new StunCredential.LongTerm("me", "secret");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final List<Integer> connecting = new ArrayList<>();
  private final Map<Integer, TransportAddress> joined = new HashMap<>();
  private final List<TurnClientEvent> events = new ArrayList<>();
  private final TransmitBuffer out = new TransmitBuffer(16, 1500);
  private final TurnServer server;

  TurnTcpClientTest() {
    server =
        new TurnServer(
            TurnServerOptions.DEFAULT,
            new TurnUsers("klatsch", Map.of("me", "secret"), null),
            new PeerPolicy(List.of(AddressPrefix.parse("203.0.113.0/24")), address -> false),
            new RelayPorts() {
              @Override
              public boolean open(TransportAddress address) {
                return true;
              }

              @Override
              public void close(TransportAddress address) {}
            },
            RANDOM);
    server.wallClock(0, Instant.ofEpochSecond(1_800_000_000));
    server.tcp(
        new TcpRelayPorts() {
          @Override
          public boolean listen(TransportAddress relayed) {
            return true;
          }

          @Override
          public void unlisten(TransportAddress relayed) {}

          @Override
          public void connect(int connection, TransportAddress relayed, TransportAddress peer) {
            connecting.add(connection);
          }

          @Override
          public void join(int connection, TransportAddress to, TransportAddress client) {
            joined.put(connection, client);
          }

          @Override
          public void disconnect(int connection) {}
        });
  }

  /// Carries what client and server have for each other until both are quiet.
  private <E> void exchange(
      ProtocolCore<E> client,
      TransportAddress local,
      Consumer<byte[]> input,
      Consumer<? super E> told) {
    boolean progress = true;
    while (progress) {
      out.clear();
      Pump.run(client, 0, out, told);
      progress = out.packetCount() > 0;
      for (int i = 0; i < out.packetCount(); i++) {
        server.handleStream(
            0, SERVER, local, out.array(), out.packetOffset(i), out.packetLength(i));
      }
      out.clear();
      while (server.pollStream(out)) {
        progress = true;
      }
      List<byte[]> answers = new ArrayList<>();
      for (int i = 0; i < out.packetCount(); i++) {
        byte[] answer = new byte[out.packetLength(i)];
        System.arraycopy(out.array(), out.packetOffset(i), answer, 0, answer.length);
        answers.add(answer);
      }
      answers.forEach(input);
    }
  }

  private TurnClient allocated() {
    TurnClient client =
        new TurnClient(
            CLIENT, SERVER, ME, TurnClientOptions.DEFAULT.withRelayTcp(), new SecureRandom());
    client.allocate(0);
    exchange(client);
    assertThat(client.isAllocated()).isTrue();
    return client;
  }

  private void exchange(TurnClient client) {
    exchange(
        client,
        CLIENT,
        answer -> client.handlePacket(0, SERVER, answer, 0, answer.length),
        events::add);
  }

  private TurnDataConnection.Outcome bind(int connection) {
    TurnDataConnection data =
        new TurnDataConnection(DATA, SERVER, ME, connection, 0, new SecureRandom());
    List<TurnDataConnection.Outcome> outcomes = new ArrayList<>();
    exchange(
        data,
        DATA,
        answer -> data.handlePacket(0, DATA, SERVER, 0, answer, 0, answer.length),
        outcomes::add);
    assertThat(outcomes).hasSize(1);
    return outcomes.getFirst();
  }

  @Test
  void aConnectionToAPeerIsMadeAndItsDataConnectionBound() {
    TurnClient client = allocated();
    client.connect(0, PEER);
    exchange(client);
    server.peerConnected(0, connecting.getFirst());
    exchange(client);
    assertThat(events)
        .last()
        .isEqualTo(new TurnClientEvent.PeerConnected(PEER, connecting.getFirst()));
    assertThat(bind(connecting.getFirst())).isEqualTo(TurnDataConnection.Outcome.BOUND);
    assertThat(joined).containsEntry(connecting.getFirst(), DATA);
    assertThat(bind(99)).isEqualTo(TurnDataConnection.Outcome.FAILED);
  }

  @Test
  void aPeerThatCannotBeReachedOrComesByItselfIsTold() {
    TurnClient client = allocated();
    client.connect(0, PEER);
    exchange(client);
    server.peerClosed(connecting.getFirst());
    exchange(client);
    assertThat(events)
        .last()
        .isEqualTo(
            new TurnClientEvent.PeerNotConnected(PEER, 447, "Connection Timeout or Failure"));
    client.permit(0, PEER);
    exchange(client);
    Integer connection = server.peerAccepted(0, client.relayed().getFirst(), PEER);
    assertThat(connection).isNotNull();
    exchange(client);
    assertThat(events).last().isEqualTo(new TurnClientEvent.ConnectionAttempted(PEER, connection));
  }

  @Test
  void packetsNeedAnotherAllocation() {
    TurnClient client =
        new TurnClient(
            CLIENT, SERVER, ME, TurnClientOptions.DEFAULT.withReliable(true), new SecureRandom());
    assertThatThrownBy(() -> client.connect(0, PEER)).isInstanceOf(IllegalStateException.class);
  }
}
