package org.klatsch.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.klatsch.net.LoopOptions;
import org.klatsch.net.NetworkDriver;
import org.klatsch.net.SharedPort;
import org.klatsch.webrtc.PeerConnectionFactory;

/// Thousands of connections, behind `docs/soak.md`. `-Dklatsch.soak=N` divides the long runs'
/// numbers by N.
class SoakTest {
  private static final int DIVISOR = Integer.getInteger("klatsch.soak", 1);

  /// The JVM still loads classes and compiles during the first waves.
  private static final int WARM_WAVES = 4;

  private static void report(String format, Object... values) {
    System.out.printf(format + "%n", values);
  }

  private static void await(CompletableFuture<?> future, Duration atMost) throws Exception {
    future.get(atMost.toSeconds(), TimeUnit.SECONDS);
  }

  /// Two ends in this process.
  private static ManyConnections[] ends(PeerConnectionFactory first, PeerConnectionFactory second) {
    AtomicReference<ManyConnections> opposite = new AtomicReference<>();
    ManyConnections a = new ManyConnections(first, line -> opposite.getPlain().handle(line));
    ManyConnections b = new ManyConnections(second, a::handle);
    opposite.setPlain(b);
    return new ManyConnections[] {a, b};
  }

  private static List<Resources> waves(int waves, int pairs) throws Exception {
    List<Resources> after = new ArrayList<>();
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT);
        PeerConnectionFactory factory = new PeerConnectionFactory(Soak.options(), network)) {
      for (int wave = 1; wave <= waves; wave++) {
        long began = System.nanoTime();
        ManyConnections[] ends = ends(factory, factory);
        await(ends[0].open(pairs), Duration.ofMinutes(1));
        assertThat(ends[0].connected()).isEqualTo(pairs);
        ends[0].close();
        ends[1].close();
        Soak.awaitEmpty(network, null);
        double seconds = (System.nanoTime() - began) * 1e-9;
        after.add(Resources.now());
        report("wave %d, %d connections in %.1f s: %s", wave, 2 * pairs, seconds, after.getLast());
      }
      assertThat(factory.counters().live()).isZero();
      assertThat(factory.counters().abandoned()).isZero();
    }
    return after;
  }

  @Test
  void aWaveOfConnectionsLeavesNothingBehind() throws Exception {
    List<Resources> after = waves(2, 10);
    assertThat(after.getLast().descriptors())
        .isLessThanOrEqualTo(after.getFirst().descriptors() + 1);
  }

  @Test
  @Tag("long")
  void tenThousandConnectionsInWavesLeaveNothingBehind() throws Exception {
    List<Resources> after = waves(20, 250 / DIVISOR);
    Resources warm = after.get(WARM_WAVES - 1);
    Resources last = after.getLast();
    assertThat((double) last.heapBytes()).isCloseTo((double) warm.heapBytes(), withinPercentage(5));
    assertThat(last.threads()).isLessThanOrEqualTo(warm.threads() + 1);
    assertThat(last.descriptors()).isEqualTo(warm.descriptors());
  }

  @Test
  void connectionsShareOnePort() throws Exception {
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT);
        SharedPort port = Soak.sharedPort(network);
        PeerConnectionFactory server =
            new PeerConnectionFactory(Soak.options().withSharedPort(port), network);
        NetworkDriver others = new NetworkDriver(LoopOptions.DEFAULT);
        PeerConnectionFactory clients = new PeerConnectionFactory(Soak.options(), others)) {
      ManyConnections[] ends = ends(server, clients);
      await(ends[0].open(20), Duration.ofSeconds(20));
      assertThat(Soak.ports(network, port))
          .isEqualTo("cores=20 sockets=" + port.loops().size() + " pairs=20 fragments=20");
      ends[0].close();
      ends[1].close();
      Soak.awaitEmpty(network, port);
      Soak.awaitEmpty(others, null);
    }
  }

  @Test
  @Tag("long")
  void fiveThousandIdleConnectionsShareOnePort() throws Exception {
    int count = 5_000 / DIVISOR;
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT);
        SharedPort port = Soak.sharedPort(network);
        PeerConnectionFactory server =
            new PeerConnectionFactory(Soak.options().withSharedPort(port), network)) {
      AtomicReference<SoakPeer> clients = new AtomicReference<>();
      ManyConnections connections =
          new ManyConnections(server, line -> clients.getPlain().tell(line));
      try (SoakPeer process = new SoakPeer(false, connections::handle)) {
        clients.setPlain(process);
        // What is made once: classes, compiled code, pools.
        await(connections.open(100), Duration.ofMinutes(1));
        connections.close();
        process.closeConnections();
        Soak.awaitEmpty(network, port);
        Resources before = Resources.now();
        report("before: %s", before);

        long began = System.nanoTime();
        await(connections.open(count), Duration.ofMinutes(5));
        report("%d connected in %.1f s", count, (System.nanoTime() - began) * 1e-9);
        // Longer than consent lasts, so that each has shown that it is alive.
        await(
            CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(40, TimeUnit.SECONDS)),
            Duration.ofMinutes(1));
        assertThat(connections.connected()).isEqualTo(count);
        assertThat(process.state()).contains("connected=" + count + " ");
        Resources idle = Resources.now();
        report("idle: %s %s", Soak.ports(network, port), idle);
        report("counters: %s", port.counters());
        report(
            "a connection: %.1f KiB of heap and direct memory, %.1f KiB resident",
            (idle.heapBytes() + idle.directBytes() - before.heapBytes() - before.directBytes())
                / 1024.0
                / count,
            (double) (idle.residentKb() - before.residentKb()) / count);
        assertThat(idle.descriptors()).isEqualTo(before.descriptors());
        assertThat(idle.threads()).isLessThanOrEqualTo(before.threads() + 1);

        connections.close();
        Soak.awaitEmpty(network, port);
        report("clients: %s", process.closeConnections());
        Resources after = Resources.now();
        report("closed: %s", after);
        assertThat(after.heapBytes()).isLessThan(before.heapBytes() + (before.heapBytes() >> 2));
        assertThat(after.descriptors()).isEqualTo(before.descriptors());
      }
    }
  }

  @Test
  void onePortMeetsOnePort() throws Exception {
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT);
        SharedPort port = Soak.sharedPort(network);
        SharedPort otherPort = Soak.sharedPort(network);
        PeerConnectionFactory one =
            new PeerConnectionFactory(Soak.options().withSharedPort(port), network);
        PeerConnectionFactory other =
            new PeerConnectionFactory(Soak.options().withSharedPort(otherPort), network)) {
      ManyConnections[] ends = ends(one, other);
      await(ends[0].open(20), Duration.ofSeconds(20));
      assertThat(ends[0].connected()).isEqualTo(20);
      ends[0].close();
      ends[1].close();
    }
  }

  @Test
  @Tag("long")
  void oneThousandConnectionsBetweenTwoProcessesOfOnePort() throws Exception {
    int count = 1_000 / DIVISOR;
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT);
        SharedPort port = Soak.sharedPort(network);
        PeerConnectionFactory factory =
            new PeerConnectionFactory(Soak.options().withSharedPort(port), network)) {
      AtomicReference<SoakPeer> opposite = new AtomicReference<>();
      ManyConnections connections =
          new ManyConnections(factory, line -> opposite.getPlain().tell(line));
      try (SoakPeer process = new SoakPeer(true, connections::handle)) {
        opposite.setPlain(process);
        long began = System.nanoTime();
        await(connections.open(count), Duration.ofMinutes(3));
        report("%d connected in %.1f s", count, (System.nanoTime() - began) * 1e-9);
        await(
            CompletableFuture.runAsync(
                () -> {}, CompletableFuture.delayedExecutor(40, TimeUnit.SECONDS)),
            Duration.ofMinutes(1));
        assertThat(connections.connected()).isEqualTo(count);
        report("here: %s %s", Soak.ports(network, port), Resources.now());
        report("counters: %s", port.counters());
        String state = process.state();
        report("there: %s", state);
        assertThat(state).contains("connected=" + count + " ");
        connections.close();
        Soak.awaitEmpty(network, port);
        report("there, closed: %s", process.closeConnections());
      }
    }
  }

  @Test
  @Tag("long")
  void connectionsOfAKilledProcessFailAndAreFreed() throws Exception {
    int count = 200 / DIVISOR;
    try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT);
        PeerConnectionFactory factory = new PeerConnectionFactory(Soak.options(), network)) {
      AtomicReference<SoakPeer> opposite = new AtomicReference<>();
      ManyConnections connections =
          new ManyConnections(factory, line -> opposite.getPlain().tell(line));
      try (SoakPeer process = new SoakPeer(false, connections::handle)) {
        opposite.setPlain(process);
        await(connections.open(count), Duration.ofMinutes(1));
        long began = System.nanoTime();
        process.kill();
        await(connections.failed(), Duration.ofMinutes(1));
        report("%d failed within %.1f s", count, (System.nanoTime() - began) * 1e-9);
        connections.abandon();
        for (int i = 0; i < count; i++) {
          var _ = factory.createPeerConnection();
        }
        Soak.await(
            () -> {
              System.gc();
              return factory.counters().abandoned() == 2L * count && factory.counters().live() == 0;
            },
            () -> "not freed: " + factory.counters());
        Soak.awaitEmpty(network, null);
        report("freed: %s", factory.counters());
      }
    }
  }
}
