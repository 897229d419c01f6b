package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.klatsch.net.io.IoBackend;
import org.klatsch.net.io.NioBackend;
import org.klatsch.net.io.SocketCounters;
import org.klatsch.net.io.SocketOptions;
import org.klatsch.net.io.UdpSocket;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// A socket without room, as a slow link makes it; loopback never is one, so its limit is set here.
class BackPressureTest {
  private static final LoopOptions OPTIONS =
      LoopOptions.DEFAULT.with().packetsPerTurn(8).pendingPackets(10).build();

  /// java.nio, but its sockets take only as many packets as were granted.
  private static final class LimitedBackend implements IoBackend {
    final NioBackend nio = new NioBackend();
    int room;
    boolean awaited;
    Readiness readiness;

    LimitedBackend() throws IOException {}

    @Override
    public String name() {
      return "limited";
    }

    @Override
    public UdpSocket open(TransportAddress local, SocketOptions options, Readiness ready)
        throws IOException {
      UdpSocket socket = nio.open(local, options, ready);
      readiness = ready;
      return new UdpSocket() {
        @Override
        public TransportAddress local() {
          return socket.local();
        }

        @Override
        public int receive(int maxPackets, Receiver receiver) {
          return socket.receive(maxPackets, receiver);
        }

        @Override
        public int send(TransmitBuffer out, int from, int to) {
          int granted = Math.min(to, from + room);
          room -= granted - from;
          return socket.send(out, from, granted);
        }

        @Override
        public void awaitWritable(boolean wanted) {
          awaited = wanted;
        }

        @Override
        public void dscp(int codePoint) throws IOException {
          socket.dscp(codePoint);
        }

        @Override
        public void multicastFrom(int interfaceIndex) throws IOException {
          socket.multicastFrom(interfaceIndex);
        }

        @Override
        public SocketCounters counters() {
          return socket.counters();
        }

        @Override
        public void close() {
          socket.close();
        }
      };
    }

    @Override
    public TransportAddress probe(TransportAddress local) throws IOException {
      return nio.probe(local);
    }

    @Override
    public boolean canReusePort() {
      return false;
    }

    @Override
    public void await(long nanos) throws IOException {
      nio.await(0);
    }

    @Override
    public void wakeUp() {}

    @Override
    public void close() {
      nio.close();
    }
  }

  private LimitedBackend backend;
  private EventLoop loop;
  private NetworkDriver sinkNetwork;
  private Endpoint sink;

  @BeforeEach
  void start() throws IOException {
    backend = new LimitedBackend();
    LoopClock clock = new LoopClock(System::nanoTime, () -> 0, Long.MAX_VALUE / 4);
    loop = new EventLoop(0, OPTIONS, backend, clock, new WorkPool());
    loop.bindThread();
    sinkNetwork = new NetworkDriver(LoopOptions.DEFAULT.with().loops(1).build());
    sink = Endpoint.open(sinkNetwork.nextLoop(), false, Endpoint.LOOPBACK);
  }

  @AfterEach
  void stop() {
    loop.shutDown();
    sinkNetwork.close();
  }

  private Endpoint sender() {
    Endpoint sender = Endpoint.open(loop, false, Endpoint.LOOPBACK);
    sender.core.polls = 0;
    return sender;
  }

  @Test
  void keepsWhatFoundNoRoomAndAsksTheCoreForNoMore() {
    Endpoint sender = sender();
    for (int i = 0; i < 30; i++) {
      sender.core.send(sender.local, sink.local, new byte[] {(byte) i});
    }
    sender.driver.requestTurn();
    backend.room = 3;
    loop.turn(0);
    loop.turn(0);
    loop.turn(0);
    assertThat(backend.awaited).isTrue();
    // Eight were asked for: three went out, five wait, the rest stays in the core.
    assertThat(sender.core.queue).hasSize(22);
    backend.room = 4;
    backend.readiness.writable();
    loop.turn(0);
    assertThat(sender.core.queue).hasSize(22);
    backend.room = 1000;
    backend.readiness.writable();
    assertThat(backend.awaited).isFalse();
    for (int i = 0; i < 5; i++) {
      loop.turn(0);
    }
    assertThat(sender.core.queue).isEmpty();
    for (int i = 0; i < 30; i++) {
      assertThat(sink.take().bytes()).containsExactly(i);
    }
    assertThat(loop.counters().pendingDropped()).isZero();
  }

  @Test
  void firesTimersWhileThereIsNoRoom() {
    Endpoint sender = sender();
    for (int i = 0; i < 9; i++) {
      sender.core.send(sender.local, sink.local, new byte[] {1});
    }
    sender.core.deadline = loop.now() + 1;
    sender.driver.requestTurn();
    backend.room = 0;
    loop.turn(0);
    long due = loop.now();
    sender.core.deadline = due + 1000;
    sender.driver.requestTurn();
    loop.turn(0);
    while (sender.core.firedAt < due && loop.now() < due + 5_000_000_000L) {
      loop.turn(0);
    }
    assertThat(sender.core.firedAt).isGreaterThan(due);
    assertThat(sender.core.queue).hasSize(1);
  }

  @Test
  void dropsAndCountsWhatExceedsTheLimit() throws IOException {
    Endpoint first = sender();
    IoBackend.Readiness firstReady = backend.readiness;
    Endpoint second = new Endpoint(loop, false);
    second.local = first.local;
    // A packet of a second core for the same port goes through a shared port in reality.
    SharedPort shared =
        SharedPort.open(
            java.util.List.of(loop),
            java.util.List.of(Endpoint.LOOPBACK),
            0,
            SharedPortOptions.DEFAULT);
    Endpoint a = Endpoint.join(loop, false, shared, "a");
    Endpoint b = Endpoint.join(loop, false, shared, "b");
    assertThat(firstReady).isNotSameAs(backend.readiness);
    backend.room = 0;
    for (Endpoint endpoint : new Endpoint[] {a, b}) {
      TransportAddress remote = endpoint == a ? sink.local : sink.local.withPort(9);
      for (int i = 0; i < 8; i++) {
        endpoint.core.send(endpoint.local, remote, new byte[] {(byte) i});
      }
      endpoint.driver.requestTurn();
    }
    loop.turn(0);
    assertThat(loop.counters().pendingDropped()).isEqualTo(6);
    backend.room = 1000;
    backend.readiness.writable();
    for (int i = 0; i < 8; i++) {
      assertThat(sink.take().bytes()).containsExactly(i);
    }
  }

  @Test
  void letsGoOfACoreThatIsDetachedWithoutRoom() {
    Endpoint sender = sender();
    backend.room = 0;
    for (int i = 0; i < 9; i++) {
      sender.core.send(sender.local, sink.local, new byte[] {1});
    }
    sender.driver.requestTurn();
    loop.turn(0);
    sender.driver.detach();
    backend.room = 10;
    backend.readiness.writable();
    loop.turn(0);
    assertThat(loop.counters().ports()).isZero();
    assertThat(loop.counters().cores()).isZero();
  }
}
