package org.klatsch.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunCredential;
import org.klatsch.turn.TurnClient;
import org.klatsch.turn.TurnClientEvent;
import org.klatsch.turn.TurnClientOptions;
import org.klatsch.turn.TurnDataConnection;
import org.klatsch.turn.TurnStreamDecoder;

/// Connections of TCP through the relay, RFC 6062, on real sockets.
@Timeout(60)
class RelayTcpTest {
  private static final StunCredential.LongTerm ME = new StunCredential.LongTerm("me", "secret");
  private static final RelaySettings SETTINGS =
      RelaySettings.DEFAULT
          .withUser("me", "secret")
          .withAllowedPeers(List.of(AddressPrefix.parse("127.0.0.0/8")));

  /// A connection to the relay with what is to be sent and has come in messages.
  private static final class Line implements AutoCloseable {
    final Socket socket = new Socket();
    final TransportAddress local;
    private final TurnStreamDecoder decoder = new TurnStreamDecoder(2_048);
    private final byte[] buffer = new byte[2_048];

    Line(TransportAddress server) throws IOException {
      socket.connect(new InetSocketAddress(server.host(), server.port()), 10_000);
      socket.setSoTimeout(50);
      local = TransportAddress.parse("127.0.0.1", socket.getLocalPort());
    }

    /// The next message, or null when none has come for a moment.
    byte @Nullable [] poll() throws Exception {
      while (!decoder.next()) {
        try {
          int length = socket.getInputStream().read(buffer);
          if (length < 0) {
            throw new IOException("the relay has closed the connection");
          }
          decoder.handleBytes(buffer, 0, length);
        } catch (SocketTimeoutException e) {
          return null;
        }
      }
      int offset = decoder.packetOffset();
      return Arrays.copyOfRange(decoder.buffer(), offset, offset + decoder.packetLength());
    }

    void send(TransmitBuffer out) throws IOException {
      for (int i = 0; i < out.packetCount(); i++) {
        socket.getOutputStream().write(out.array(), out.packetOffset(i), out.packetLength(i));
      }
      out.clear();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private final TransmitBuffer out = new TransmitBuffer(16, 1500);
  private final List<TurnClientEvent> events = new ArrayList<>();

  private TurnClientEvent await(TurnClient client, Line line) throws Exception {
    while (true) {
      Pump.run(client, System.nanoTime(), out, events::add);
      line.send(out);
      if (!events.isEmpty()) {
        return events.removeFirst();
      }
      byte[] message = line.poll();
      if (message != null) {
        client.handlePacket(System.nanoTime(), client.server(), message, 0, message.length);
      }
    }
  }

  private Line bind(TransportAddress server, int connection) throws Exception {
    Line line = new Line(server);
    TurnDataConnection data =
        new TurnDataConnection(
            line.local, server, ME, connection, System.nanoTime(), new SecureRandom());
    List<TurnDataConnection.Outcome> outcomes = new ArrayList<>();
    while (outcomes.isEmpty()) {
      Pump.run(data, System.nanoTime(), out, outcomes::add);
      line.send(out);
      byte[] message = outcomes.isEmpty() ? line.poll() : null;
      if (message != null) {
        data.handlePacket(System.nanoTime(), line.local, server, 0, message, 0, message.length);
      }
    }
    assertThat(outcomes).containsExactly(TurnDataConnection.Outcome.BOUND);
    line.socket.setSoTimeout(20_000);
    return line;
  }

  /// Sends random bytes one way and compares them on the other side.
  private static void assertCarries(Socket from, Socket to, int seed) throws Exception {
    byte[] bytes = new byte[1_000_000];
    new Random(seed).nextBytes(bytes);
    CompletableFuture<Void> sent =
        CompletableFuture.runAsync(() -> {
          try {
            from.getOutputStream().write(bytes);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
    byte[] received = new byte[bytes.length];
    new DataInputStream(to.getInputStream()).readFully(received);
    assertThat(Arrays.equals(received, bytes)).isTrue();
    sent.get(20, TimeUnit.SECONDS);
  }

  @Test
  void connectionsGoToPeersAndComeFromThem() throws Exception {
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    try (Relay relay = Relay.startWithTcp("127.0.0.1", 0, SETTINGS);
        ServerSocket listening = new ServerSocket(0, 5, loopback);
        Line control = new Line(relay.locals().getFirst())) {
      TransportAddress server = relay.locals().getFirst();
      TurnClient client =
          new TurnClient(
              control.local,
              server,
              ME,
              TurnClientOptions.DEFAULT.withRelayTcp(),
              new SecureRandom());
      client.allocate(System.nanoTime());
      assertThat(await(client, control)).isInstanceOf(TurnClientEvent.Allocated.class);
      TransportAddress relayed = client.relayed().getFirst();
      // Outwards.
      TransportAddress peer = TransportAddress.parse("127.0.0.1", listening.getLocalPort());
      client.connect(System.nanoTime(), peer);
      TurnClientEvent connected = await(client, control);
      assertThat(connected).isInstanceOf(TurnClientEvent.PeerConnected.class);
      try (Socket atPeer = listening.accept();
          Line data = bind(server, ((TurnClientEvent.PeerConnected) connected).connection())) {
        assertThat(atPeer.getPort()).isEqualTo(relayed.port());
        atPeer.setSoTimeout(20_000);
        assertCarries(atPeer, data.socket, 1);
        assertCarries(data.socket, atPeer, 2);
        atPeer.shutdownOutput();
        InputStream in = data.socket.getInputStream();
        assertThat(in.read()).isEqualTo(-1);
      }
      // Inwards, once there is a permission.
      client.permit(System.nanoTime(), peer);
      assertThat(await(client, control)).isInstanceOf(TurnClientEvent.PermissionInstalled.class);
      try (Socket atPeer = new Socket(loopback, relayed.port())) {
        TurnClientEvent attempted = await(client, control);
        assertThat(attempted).isInstanceOf(TurnClientEvent.ConnectionAttempted.class);
        TurnClientEvent.ConnectionAttempted attempt =
            (TurnClientEvent.ConnectionAttempted) attempted;
        assertThat(attempt.peer().port()).isEqualTo(atPeer.getLocalPort());
        atPeer.setSoTimeout(20_000);
        try (Line data = bind(server, attempt.connection())) {
          assertCarries(data.socket, atPeer, 3);
          assertCarries(atPeer, data.socket, 4);
          data.socket.shutdownOutput();
          assertThat(atPeer.getInputStream().read()).isEqualTo(-1);
        }
      }
      // Nobody is there.
      TransportAddress nobody;
      try (ServerSocket free = new ServerSocket(0, 5, loopback)) {
        nobody = peer.withPort(free.getLocalPort());
      }
      client.connect(System.nanoTime(), nobody);
      TurnClientEvent failed = await(client, control);
      assertThat(failed).isInstanceOf(TurnClientEvent.PeerNotConnected.class);
      assertThat(((TurnClientEvent.PeerNotConnected) failed).errorCode()).isEqualTo(447);
    }
  }
}
