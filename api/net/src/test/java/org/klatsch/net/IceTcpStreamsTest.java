package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.TransportAddress.Protocol;

/// Packets of cores over TCP connections, through the system's loopback.
class IceTcpStreamsTest {
  private final NetworkDriver network =
      new NetworkDriver(LoopOptions.DEFAULT.with().loops(2).build());

  @AfterEach
  void stop() {
    network.close();
  }

  private static TransportAddress listen(Endpoint endpoint) {
    return endpoint
        .driver
        .loop()
        .call(() -> {
          endpoint.local = endpoint.driver.listen(Endpoint.LOOPBACK, PortRange.EPHEMERAL);
          return endpoint.local;
        });
  }

  private static void openStreams(Endpoint endpoint) {
    endpoint
        .driver
        .loop()
        .call(() -> {
          endpoint.local = endpoint.driver.openStreams(Endpoint.LOOPBACK, StreamDialer.DIRECT);
          return true;
        });
  }

  @Test
  void packetsGoBothWaysOverAConnectionThatTheFirstOneOpened() {
    Endpoint passive = new Endpoint(network.loops().get(0), true);
    Endpoint active = new Endpoint(network.loops().get(1), false);
    TransportAddress server = listen(passive);
    openStreams(active);
    assertThat(active.local.port()).isEqualTo(9);
    byte[] check = SharedPortTest.check("abcd:efgh");
    byte[] data = new byte[1200];
    active.send(server, check, data);
    EchoCore.Received first = passive.take();
    assertThat(first.bytes()).isEqualTo(check);
    assertThat(first.local()).isEqualTo(server);
    assertThat(first.remote().isTcp()).isTrue();
    assertThat(passive.take().bytes()).isEqualTo(data);
    EchoCore.Received echo = active.take();
    assertThat(echo.bytes()).isEqualTo(check);
    assertThat(echo.local()).isEqualTo(active.local);
    assertThat(echo.remote()).isEqualTo(server);
    assertThat(active.take().bytes()).isEqualTo(data);
  }

  @Test
  void aRefusedConnectionIsToldToTheCore() throws Exception {
    int closed;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = probe.getLocalPort();
    }
    Endpoint active = new Endpoint(network.loops().get(0), false);
    openStreams(active);
    TransportAddress nobody = Endpoint.LOOPBACK.withPort(closed).withProtocol(Protocol.TCP);
    active.send(nobody, SharedPortTest.check("a:b"));
    assertThat(active.core.closedStreams.poll(10, TimeUnit.SECONDS)).isEqualTo(nobody);
  }

  @Test
  void aClosedConnectionIsToldToTheOtherSide() throws Exception {
    Endpoint passive = new Endpoint(network.loops().get(0), false);
    Endpoint active = new Endpoint(network.loops().get(1), false);
    TransportAddress server = listen(passive);
    openStreams(active);
    active.send(server, SharedPortTest.check("a:b"));
    TransportAddress client = passive.take().remote();
    active.driver.execute(() -> active.driver.closeStreams(active.local));
    assertThat(passive.core.closedStreams.poll(10, TimeUnit.SECONDS)).isEqualTo(client);
  }

  @Test
  void strangersWhoSendNoCheckAreClosedWithoutAnAnswer() throws Exception {
    Endpoint passive = new Endpoint(network.loops().get(0), true);
    TransportAddress server = listen(passive);
    for (String start :
        List.of("GET / HTTP/1.1\r\n\r\n", "\0\4DATA\0\4MORE", "\26\3\1\0\0\0\0\0\0")) {
      try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
        stranger.setSoTimeout(10_000);
        stranger
            .getOutputStream()
            .write(start.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        assertThat(readOrEnd(stranger)).isEqualTo(-1);
      }
    }
    assertThat(passive.received).isEmpty();
  }

  /// What comes first; a reset counts as the end, silence does not.
  private static int readOrEnd(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read();
    } catch (SocketException e) {
      return -1;
    }
  }

  @Test
  void aConnectionThatIsMadeAfterTheLoopHasEndedIsClosed() throws Exception {
    Endpoint active = new Endpoint(network.loops().get(0), false);
    CompletableFuture<Void> ended = new CompletableFuture<>();
    StreamDialer late =
        (from, to, patience) -> {
          Socket made = StreamDialer.DIRECT.dial(from, to, patience);
          ended.join();
          return made;
        };
    active
        .driver
        .loop()
        .call(() -> {
          active.local = active.driver.openStreams(Endpoint.LOOPBACK, late);
          return true;
        });
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(10_000);
      active.send(
          Endpoint.LOOPBACK.withPort(server.getLocalPort()).withProtocol(Protocol.TCP),
          SharedPortTest.check("a:b"));
      try (Socket accepted = server.accept()) {
        accepted.setSoTimeout(10_000);
        network.close();
        ended.complete(null);
        assertThat(readOrEnd(accepted)).isEqualTo(-1);
      }
    }
  }

  @Test
  void aSharedPortGivesConnectionsToWhoAnnouncedTheFragment() throws Exception {
    SharedPort shared =
        network.openSharedPort(List.of(Endpoint.LOOPBACK), 0, SharedPortOptions.DEFAULT);
    shared.listen(0);
    TransportAddress server = shared.streamLocals().getFirst();
    Endpoint one = Endpoint.join(shared.loops().getFirst(), false, shared, "one");
    Endpoint two = Endpoint.join(shared.loops().getFirst(), true, shared, "two");
    Endpoint active = new Endpoint(network.loops().get(1), false);
    openStreams(active);
    byte[] check = SharedPortTest.check("two:x");
    active.send(server, check);
    assertThat(two.take().bytes()).isEqualTo(check);
    assertThat(active.take().bytes()).isEqualTo(check);
    assertThat(one.received).isEmpty();
    try (Socket stranger = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      stranger.setSoTimeout(10_000);
      byte[] unknown = SharedPortTest.check("three:x");
      stranger.getOutputStream().write(new byte[] {0, (byte) unknown.length});
      stranger.getOutputStream().write(unknown);
      assertThat(readOrEnd(stranger)).isEqualTo(-1);
    }
    shared.close();
  }

  @Test
  void bulkIsNeitherLostNorReordered() throws Exception {
    Endpoint passive = new Endpoint(network.loops().get(0), false);
    Endpoint active = new Endpoint(network.loops().get(1), false);
    TransportAddress server = listen(passive);
    openStreams(active);
    active.send(server, SharedPortTest.check("a:b"));
    passive.take();
    int count = 20_000;
    active.driver.execute(() -> {
      for (int i = 0; i < count; i++) {
        byte[] packet = new byte[1200];
        packet[0] = (byte) (i >>> 16);
        packet[1] = (byte) (i >>> 8);
        packet[2] = (byte) i;
        active.core.send(active.local, server, packet);
      }
    });
    for (int i = 0; i < count; i++) {
      byte[] packet = passive.take().bytes();
      assertThat((packet[0] & 0xff) << 16 | (packet[1] & 0xff) << 8 | packet[2] & 0xff)
          .isEqualTo(i);
    }
  }
}
