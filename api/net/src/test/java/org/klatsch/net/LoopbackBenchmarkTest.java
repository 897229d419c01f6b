package org.klatsch.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// Datagrams of 1,200 bytes from one loop to another over loopback, as fast as they go: packets a
/// second, and CPU time a packet of both sides together.
@Tag("long")
class LoopbackBenchmarkTest {
  private static final int SIZE = 1200;
  private static final long SECONDS = Long.getLong("klatsch.bench.seconds", 4);

  /// Sends whenever it may; a window that the other side opens keeps it from overrunning.
  private static final class Source implements PacketCore<Object> {
    final AtomicLong acknowledged = new AtomicLong();
    TransportAddress local = Endpoint.LOOPBACK;
    TransportAddress remote = Endpoint.LOOPBACK;
    long sent;
    boolean started;

    @Override
    public void handlePacket(
        long now, TransportAddress l, TransportAddress r, int ecn, byte[] b, int o, int n) {
      acknowledged.incrementAndGet();
    }

    @Override
    public void handleTimeout(long now) {}

    @Override
    public long nextTimeout() {
      return NEVER;
    }

    @Override
    public boolean pollTransmit(long now, TransmitBuffer out) {
      if (!started || sent - acknowledged.get() * 64 > 1024) {
        return false;
      }
      out.route(local, remote);
      out.commit(SIZE);
      sent++;
      return true;
    }

    @Override
    public @Nullable Object pollEvent() {
      return null;
    }
  }

  /// Answers every 64th packet.
  private static final class Sink implements PacketCore<Object> {
    long received;
    long owed;
    TransportAddress from = Endpoint.LOOPBACK;

    @Override
    public void handlePacket(
        long now, TransportAddress l, TransportAddress r, int ecn, byte[] b, int o, int n) {
      from = r;
      if (++received % 64 == 0) {
        owed++;
      }
    }

    @Override
    public void handleTimeout(long now) {}

    @Override
    public long nextTimeout() {
      return NEVER;
    }

    @Override
    public boolean pollTransmit(long now, TransmitBuffer out) {
      if (owed == 0) {
        return false;
      }
      owed--;
      out.route(null, from);
      out.commit(1);
      return true;
    }

    @Override
    public @Nullable Object pollEvent() {
      return null;
    }
  }

  @ParameterizedTest
  @CsvSource({"nio,false", "ffm,false", "ffm,true"})
  void sendsAsFastAsItGoes(String backend, boolean offload) throws Exception {
    try (NetworkDriver network =
        new NetworkDriver(
            LoopOptions.DEFAULT.with().loops(2).backend(backend).offload(offload).build())) {
      EventLoop from = network.loops().get(0);
      EventLoop to = network.loops().get(1);
      Source source = new Source();
      Sink sink = new Sink();
      CoreDriver<Object> sender = from.attach(source, event -> {});
      CoreDriver<Object> receiver = to.attach(sink, event -> {});
      source.remote = to.call(() -> receiver.open(Endpoint.LOOPBACK, PortRange.EPHEMERAL).local());
      source.local = from.call(() -> sender.open(Endpoint.LOOPBACK, PortRange.EPHEMERAL).local());
      sender.execute(() -> source.started = true);
      pass(from, SECONDS / 2.0);
      long packets = to.call(() -> sink.received);
      long cpu = cpu(network);
      long allocated = allocated(network);
      long start = System.nanoTime();
      pass(from, SECONDS);
      packets = to.call(() -> sink.received) - packets;
      cpu = cpu(network) - cpu;
      allocated = allocated(network) - allocated;
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          Locale.ROOT,
          "%s%s: %,.0f packets/s, %.0f Mbit/s, %.0f ns CPU and %.2f B allocated a packet%n",
          backend,
          offload ? " with offload" : "",
          packets / seconds,
          packets * SIZE * 8 / seconds / 1e6,
          (double) cpu / packets,
          (double) allocated / packets);
      assertThat(packets).isGreaterThan(1000);
    }
  }

  private static void pass(EventLoop loop, double seconds) throws Exception {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    loop.execute(
        () -> loop.timer(() -> over.complete(true)).set(loop.now() + (long) (seconds * 1e9)));
    over.get();
  }

  private static long cpu(NetworkDriver network) {
    return network.loops().stream()
        .mapToLong(
            loop -> loop.call(() -> ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()))
        .sum();
  }

  private static long allocated(NetworkDriver network) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    return network.loops().stream()
        .mapToLong(loop -> loop.call(threads::getCurrentThreadAllocatedBytes))
        .sum();
  }
}
