package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.klatsch.sansio.ProtocolCore;

/// What a loop promises, whichever backend it has; real sockets on loopback.
@ParameterizedClass(name = "{0}")
@MethodSource("backends")
class BackendContractTest {
  @Parameter String backend = "";
  private NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT);

  static Stream<String> backends() {
    return Backends.available().stream();
  }

  @BeforeEach
  void start() {
    network.close();
    network = new NetworkDriver(LoopOptions.DEFAULT.with().loops(2).backend(backend).build());
  }

  @AfterEach
  void stop() {
    network.close();
  }

  private EventLoop loop(int index) {
    return network.loops().get(index);
  }

  @Test
  void usesTheBackendAskedFor() {
    assertThat(loop(0).backendName()).isEqualTo(backend);
  }

  @Test
  void carriesPacketsBothWaysBetweenTwoLoops() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint server = Endpoint.open(loop(1), true, Endpoint.LOOPBACK);
    client.send(server.local, "hello".getBytes());
    EchoCore.Received echoed = client.take();
    assertThat(echoed.bytes()).isEqualTo("hello".getBytes());
    assertThat(echoed.local()).isEqualTo(client.local);
    assertThat(echoed.remote()).isEqualTo(server.local);
    assertThat(server.take().remote()).isEqualTo(client.local);
    assertThat(client.local.port()).isNotZero();
  }

  @Test
  void carriesPacketsOverIpv6() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK6);
    Endpoint server = Endpoint.open(loop(1), true, Endpoint.LOOPBACK6);
    client.send(server.local, "hello".getBytes());
    assertThat(client.take().remote()).isEqualTo(server.local);
  }

  @Test
  void carriesEmptyAndLargePackets() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint server = Endpoint.open(loop(1), true, Endpoint.LOOPBACK);
    byte[] large = new byte[40_000];
    new Random(1).nextBytes(large);
    client.send(server.local, new byte[0], large);
    assertThat(client.take().bytes()).isEmpty();
    assertThat(client.take().bytes()).isEqualTo(large);
  }

  @Test
  void keepsOrderAndSizesOfABurst() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint server = Endpoint.open(loop(1), false, Endpoint.LOOPBACK);
    // Runs of equal sizes with short last segments, single odd ones, and more than one turn's.
    Random random = new Random(7);
    byte[][] packets = new byte[500][];
    int size = 1200;
    for (int i = 0; i < packets.length; i++) {
      if (random.nextInt(10) == 0) {
        size = 1 + random.nextInt(1200);
      }
      packets[i] = new byte[random.nextInt(17) == 0 ? 1 + random.nextInt(size) : size];
      random.nextBytes(packets[i]);
    }
    client.send(server.local, packets);
    for (byte[] packet : packets) {
      assertThat(server.take().bytes()).isEqualTo(packet);
    }
  }

  @Test
  void sendsOneBurstToSeveralDestinations() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint first = Endpoint.open(loop(1), false, Endpoint.LOOPBACK);
    Endpoint second = Endpoint.open(loop(1), false, Endpoint.LOOPBACK);
    client.driver.execute(() -> {
      for (int i = 0; i < 60; i++) {
        Endpoint to = i % 20 < 13 ? first : second;
        client.core.send(client.local, to.local, new byte[] {(byte) i, 1, 2});
      }
    });
    for (int i = 0; i < 60; i++) {
      assertThat((i % 20 < 13 ? first : second).take().bytes()[0]).isEqualTo((byte) i);
    }
  }

  @Test
  void leavesTheChoiceOfTheLocalAddressToTheFamily() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint server = Endpoint.open(loop(1), false, Endpoint.LOOPBACK);
    client.driver.execute(() -> client.core.send(null, server.local, new byte[] {1}));
    assertThat(server.take().remote()).isEqualTo(client.local);
  }

  @Test
  void countsWhatTheSystemRefusesAndGoesOn() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint server = Endpoint.open(loop(1), false, Endpoint.LOOPBACK);
    // From 127.0.0.1 the world cannot be reached; port 0 and the other family are impossible.
    client.send(server.local.withPort(0), new byte[] {1});
    client.send(Endpoint.LOOPBACK6.withPort(9), new byte[] {1});
    client.driver.execute(
        () -> client.core.send(server.local, server.local, new byte[] {1})); // Not its own port.
    client.send(server.local, new byte[] {2});
    assertThat(server.take().bytes()).containsExactly(2);
    LoopCounters counters = loop(0).counters();
    assertThat(counters.sendsRefused()).isEqualTo(2);
    assertThat(counters.unrouted()).isEqualTo(1);
    assertThat(counters.packetsSent()).isEqualTo(1);
    assertThat(loop(1).counters().packetsReceived()).isEqualTo(1);
  }

  @Test
  void survivesAPortThatNobodyListensOn() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint gone = Endpoint.open(loop(1), true, Endpoint.LOOPBACK);
    Endpoint server = Endpoint.open(loop(1), true, Endpoint.LOOPBACK);
    loop(1)
        .call(() -> {
          gone.driver.detach();
          return true;
        });
    for (int i = 0; i < 5; i++) {
      client.send(gone.local, new byte[] {1});
      client.send(server.local, new byte[] {2});
      assertThat(client.take().bytes()).containsExactly(2);
    }
  }

  @Test
  void firesTimersAtTheirTime() throws Exception {
    Endpoint endpoint = new Endpoint(loop(0), false);
    for (long delay : new long[] {1_000_000, 5_300_000, 20_000_000}) {
      CompletableFuture<Long> late = new CompletableFuture<>();
      endpoint.driver.execute(() -> {
        long due = loop(0).now() + delay;
        endpoint.core.deadline = due;
        LoopTimer timer = loop(0).timer(() -> late.complete(loop(0).now() - due));
        timer.set(due);
      });
      assertThat(late.get(10, TimeUnit.SECONDS)).isBetween(0L, 200_000_000L);
    }
    long firedAt = loop(0).call(() -> endpoint.core.firedAt);
    assertThat(firedAt).isPositive();
    assertThat(endpoint.core.deadline).isEqualTo(ProtocolCore.NEVER);
  }

  @Test
  void movesAndCancelsTimers() throws Exception {
    CompletableFuture<String> order = new CompletableFuture<>();
    StringBuilder fired = new StringBuilder();
    loop(0)
        .execute(() -> {
          long now = loop(0).now();
          LoopTimer a = loop(0).timer(() -> fired.append('a'));
          LoopTimer b = loop(0).timer(() -> fired.append('b'));
          LoopTimer c = loop(0).timer(() -> fired.append('c'));
          LoopTimer end = loop(0).timer(() -> order.complete(fired.toString()));
          a.set(now + 1_000_000);
          b.set(now + 2_000_000);
          c.set(now + 3_000_000);
          end.set(now + 30_000_000);
          a.set(now + 9_000_000);
          b.cancel();
        });
    assertThat(order.get(10, TimeUnit.SECONDS)).isEqualTo("ca");
  }

  @Test
  void runsTasksInOrderAndCallsInline() {
    StringBuilder order = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      int number = i;
      loop(0).execute(() -> order.append(number).append(' '));
    }
    String expected =
        String.join(
                " ", java.util.stream.IntStream.range(0, 1000).mapToObj(Integer::toString).toList())
            + " ";
    assertThat(loop(0).call(order::toString)).isEqualTo(expected);
    assertThat(loop(0).call(() -> loop(0).call(() -> 42))).isEqualTo(42);
    assertThat(loop(0).call(Thread::currentThread).getName()).isEqualTo("klatsch-loop-0");
    assertThat(loop(0).call(Thread::currentThread).isDaemon()).isTrue();
    assertThatThrownBy(() ->
            loop(0)
                .call(() -> {
                  throw new IllegalArgumentException("wrong");
                }))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("wrong");
  }

  @Test
  void survivesATaskThatThrows() {
    loop(0)
        .execute(() -> {
          throw new IllegalStateException("thrown by the test");
        });
    assertThat(loop(0).call(() -> "alive")).isEqualTo("alive");
  }

  @Test
  void detachesACoreThatThrowsAndKeepsTheOthers() throws Exception {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint broken = Endpoint.open(loop(1), true, Endpoint.LOOPBACK);
    Endpoint whole = Endpoint.open(loop(1), true, Endpoint.LOOPBACK);
    client.send(broken.local, "break".getBytes());
    assertThat(broken.failures.poll(10, TimeUnit.SECONDS)).hasMessage("broken by the test");
    client.send(whole.local, "hello".getBytes());
    assertThat(client.take().remote()).isEqualTo(whole.local);
    LoopCounters counters = loop(1).counters();
    assertThat(counters.brokenCores()).isEqualTo(1);
    assertThat(counters.cores()).isEqualTo(1);
    assertThat(counters.ports()).isEqualTo(1);
  }

  @Test
  void sendsTheLastWordsOfACoreThatIsClosed() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint server = Endpoint.open(loop(1), false, Endpoint.LOOPBACK);
    loop(0)
        .call(() -> {
          client.core.send(client.local, server.local, "bye".getBytes());
          client.driver.detach();
          return true;
        });
    assertThat(server.take().bytes()).isEqualTo("bye".getBytes());
    assertThat(client.driver.isDetached()).isTrue();
  }

  @Test
  void givesABulkCoreAndACallTheirTurns() {
    Endpoint bulk = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint call = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint sink = Endpoint.open(loop(1), false, Endpoint.LOOPBACK);
    loop(0)
        .call(() -> {
          for (int i = 0; i < 1000; i++) {
            bulk.core.send(bulk.local, sink.local, new byte[] {1, (byte) i});
          }
          call.core.send(call.local, sink.local, new byte[] {2});
          bulk.driver.requestTurn();
          call.driver.requestTurn();
          return true;
        });
    int before = 0;
    while (sink.take().bytes()[0] == 1) {
      before++;
    }
    assertThat(before).isLessThanOrEqualTo(LoopOptions.DEFAULT.packetsPerTurn());
  }

  @Test
  void runsWorkElsewhereAndItsResultOnTheLoop() throws Exception {
    Endpoint endpoint = new Endpoint(loop(0), false);
    CompletableFuture<String> where = new CompletableFuture<>();
    StringBuilder trace = new StringBuilder();
    endpoint.driver.execute(() ->
        endpoint.driver.perform(
            () -> trace.append(Thread.currentThread().getName()),
            () -> where.complete(trace + " then " + Thread.currentThread().getName())));
    assertThat(where.get(10, TimeUnit.SECONDS)).matches("klatsch-work-\\d+ then klatsch-loop-0");
  }

  @Test
  void takesAPortOfTheRangeAndSaysWhenNoneIsFree() {
    Endpoint first = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    int taken = first.local.port();
    Endpoint second = new Endpoint(loop(0), false);
    assertThatThrownBy(
            () -> loop(0).call(() -> second.driver.open(Endpoint.LOOPBACK, PortRange.of(taken))))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(BindException.class)
        .hasMessageContaining("no port of " + taken + "-" + taken + " is free");
    assertThatThrownBy(() ->
            loop(0)
                .call(() ->
                    second.driver.open(
                        Endpoint.LOOPBACK.withPort(0).withPort(0), new PortRange(5, 4))))
        .hasStackTraceContaining("ports 5-4");
    assertThatThrownBy(() ->
            loop(0)
                .call(() ->
                    second.driver.open(
                        org.klatsch.sansio.TransportAddress.parse("0.0.0.0", 0),
                        PortRange.EPHEMERAL)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void setsTheDifferentiatedServicesCodePoint() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint client6 = Endpoint.open(loop(0), false, Endpoint.LOOPBACK6);
    loop(0)
        .call(() -> {
          client.port.dscp(46);
          client6.port.dscp(34);
          return true;
        });
    assertThatThrownBy(() ->
            loop(0)
                .call(() -> {
                  client.port.dscp(64);
                  return true;
                }))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void leavesNoDescriptorsBehind() throws Exception {
    Endpoint warm = Endpoint.open(loop(0), true, Endpoint.LOOPBACK);
    network.close();
    long before = descriptors();
    for (int round = 0; round < 5; round++) {
      NetworkDriver other =
          new NetworkDriver(LoopOptions.DEFAULT.with().loops(2).backend(backend).build());
      for (int i = 0; i < 50; i++) {
        Endpoint endpoint = Endpoint.open(other.nextLoop(), false, Endpoint.LOOPBACK);
        if (i % 2 == 0) {
          endpoint.driver.close();
        }
      }
      SharedPort shared =
          other.openSharedPort(
              List.of(Endpoint.LOOPBACK, Endpoint.LOOPBACK6), 0, SharedPortOptions.DEFAULT);
      if (round % 2 == 0) {
        shared.close();
      }
      other.close();
    }
    assertThat(descriptors()).isLessThanOrEqualTo(before + 2);
    assertThat(warm.driver.isDetached()).isTrue();
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @Test
  void refusesTasksOnceClosedAndEndsThoseThatWait() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    loop(0)
        .execute(() -> {
          busy.countDown();
          try {
            free.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    busy.await();
    Thread closer = Thread.ofPlatform().start(network::close);
    free.countDown();
    closer.join();
    assertThatThrownBy(() -> loop(0).execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class);
    assertThatThrownBy(() -> loop(0).call(() -> 1)).isInstanceOf(RejectedExecutionException.class);
    assertThat(loop(0).counters().ports()).isZero();
  }

  @Test
  void drivesACoreOnTheCallersThread() {
    Endpoint server = Endpoint.open(loop(0), true, Endpoint.LOOPBACK);
    EchoCore core = new EchoCore(false);
    byte[][] seen = new byte[1][];
    try (BlockingDriver<EchoCore.Received> blocking =
        new BlockingDriver<>(
            core,
            event -> seen[0] = event.bytes(),
            LoopOptions.DEFAULT.with().backend(backend).build())) {
      UdpPort port;
      try {
        port = blocking.driver().open(Endpoint.LOOPBACK, PortRange.EPHEMERAL);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      core.send(port.local(), server.local, "hi".getBytes());
      blocking.driver().requestTurn();
      assertThat(blocking.runUntil(() -> seen[0] != null, Duration.ofSeconds(10))).isTrue();
      assertThat(seen[0]).isEqualTo("hi".getBytes());
      assertThat(blocking.runUntil(() -> false, Duration.ofMillis(5))).isFalse();
    }
  }

  @Test
  void movesABigTransferWithoutLosingPackets() {
    Endpoint client = Endpoint.open(loop(0), false, Endpoint.LOOPBACK);
    Endpoint server = Endpoint.open(loop(1), true, Endpoint.LOOPBACK);
    byte[] packet = new byte[1200];
    Arrays.fill(packet, (byte) 7);
    int inFlight = 64;
    for (int i = 0; i < 100; i++) {
      byte[][] burst = new byte[inFlight][];
      Arrays.fill(burst, packet);
      client.send(server.local, burst);
      for (int j = 0; j < inFlight; j++) {
        assertThat(client.take().bytes()).isEqualTo(packet);
      }
    }
    assertThat(loop(0).counters().packetsSent()).isEqualTo(6400);
    assertThat(loop(0).counters().packetsReceived()).isEqualTo(6400);
  }
}
