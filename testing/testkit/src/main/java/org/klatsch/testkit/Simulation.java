package org.klatsch.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// Virtual time that drives protocol cores over a [Network]. A run depends on the seed and the
/// calls alone, so a printed seed replays it; an hour of protocol time takes as long as its packets
/// need.
///
/// ```java
/// Simulation simulation = new Simulation(seed);
/// Host a = simulation.network().internet().host("192.0.2.1", LinkOptions.PERFECT.delayMillis(20));
/// Simulation.Peer<SctpEvent> peer = simulation.add(a, core, input, events);
/// simulation.runUntil(() -> connected, Duration.ofSeconds(10));
/// ```
public final class Simulation {
  /// How a core takes packets.
  @FunctionalInterface
  public interface PacketInput {
    /// @param array the packet, borrowed
    void handlePacket(
        long now,
        TransportAddress local,
        TransportAddress remote,
        int ecn,
        byte[] array,
        int offset,
        int length);
  }

  private record Task(long at, long order, Runnable body) {}

  private final long seed;
  private final SplittableRandom random;
  private final Network network;
  private final List<Peer<?>> peers = new ArrayList<>();
  private final Map<Host, List<Peer<?>>> byHost = new HashMap<>();
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(Comparator.<Task>comparingLong(Task::at).thenComparingLong(Task::order));
  private long order;
  private long now;

  public Simulation(long seed) {
    this.seed = seed;
    this.random = new SplittableRandom(seed);
    this.network = new Network(random.nextLong());
  }

  public Network network() {
    return network;
  }

  public long seed() {
    return seed;
  }

  /// Virtual time in nanoseconds; starts at 0.
  public long now() {
    return now;
  }

  /// Randomness for the test itself and for cores, derived from the seed.
  public RandomGenerator random() {
    return random;
  }

  /// Runs `body` after `delay` of virtual time.
  public void after(Duration delay, Runnable body) {
    tasks.add(new Task(now + delay.toNanos(), order++, body));
  }

  /// A core on a host. It receives packets for every port of the host unless [Peer#ports] limits
  /// it.
  ///
  /// @param events is given the core's events in order and may call the core's commands
  public <E> Peer<E> add(
      Host host, ProtocolCore<E> core, PacketInput input, Consumer<? super E> events) {
    Peer<E> peer = new Peer<>(this, host, core, input, events);
    peers.add(peer);
    byHost.computeIfAbsent(host, h -> new ArrayList<>()).add(peer);
    return peer;
  }

  /// Runs until the condition holds or `limit` of virtual time has passed.
  ///
  /// @return whether the condition holds
  public boolean runUntil(BooleanSupplier condition, Duration limit) {
    long end = now + limit.toNanos();
    for (Peer<?> peer : peers) {
      peer.drain();
    }
    while (!condition.getAsBoolean()) {
      if (!step(end)) {
        now = end;
        return condition.getAsBoolean();
      }
    }
    return true;
  }

  /// Runs for `duration` of virtual time.
  public void runFor(Duration duration) {
    runUntil(() -> false, duration);
  }

  /// Does the next thing that is due at or before `end`; false when there is none.
  private boolean step(long end) {
    long next = network.nextTimeout();
    Task task = tasks.peek();
    if (task != null) {
      next = Math.min(next, task.at());
    }
    for (Peer<?> peer : peers) {
      next = Math.min(next, peer.wakeUp);
    }
    if (next > end || next == ProtocolCore.NEVER) {
      return false;
    }
    now = Math.max(now, next);
    if (task != null && task.at() <= now) {
      tasks.poll();
      task.body().run();
      for (Peer<?> peer : peers) {
        peer.drain();
      }
      return true;
    }
    for (Peer<?> peer : peers) {
      if (peer.wakeUp <= now) {
        peer.drain();
        return true;
      }
    }
    Network.Delivery delivery = network.poll(now);
    if (delivery != null) {
      for (Peer<?> peer : byHost.getOrDefault(delivery.host(), List.of())) {
        if (peer.takes(delivery.local().port())) {
          peer.receive(delivery);
        }
      }
    }
    return true;
  }

  /// A core with its driver's buffer.
  ///
  /// @param <E> the core's events
  public static final class Peer<E> {
    /// Drains of one moment without time passing; more means that a core never gets quiet.
    private static final int MAX_DRAINS = 100_000;

    private final Simulation simulation;
    private final Host host;
    private final ProtocolCore<E> core;
    private final PacketInput input;
    private final Consumer<? super E> events;
    private final TransmitBuffer out = new TransmitBuffer(64, 9_216);
    private @Nullable TransportAddress defaultLocal;
    private @Nullable TransportAddress defaultRemote;
    private int firstPort;
    private int lastPort = 65_535;
    private long wakeUp = ProtocolCore.NEVER;
    private long lastDrain = -1;
    private int drains;
    private long packetsSent;
    private long bytesSent;
    private @Nullable Consumer<byte[]> tap;

    Peer(
        Simulation simulation,
        Host host,
        ProtocolCore<E> core,
        PacketInput input,
        Consumer<? super E> events) {
      this.simulation = simulation;
      this.host = host;
      this.core = core;
      this.input = input;
      this.events = events;
    }

    /// Where packets go that the core gave no route (DTLS and SCTP give none).
    public Peer<E> route(TransportAddress local, TransportAddress remote) {
      this.defaultLocal = local;
      this.defaultRemote = remote;
      return this;
    }

    /// Limits what this core receives to a range of local ports.
    public Peer<E> ports(int first, int last) {
      this.firstPort = first;
      this.lastPort = last;
      return this;
    }

    /// Sees a copy of every packet sent.
    public Peer<E> tap(Consumer<byte[]> consumer) {
      this.tap = consumer;
      return this;
    }

    public long packetsSent() {
      return packetsSent;
    }

    /// UDP payload bytes sent.
    public long bytesSent() {
      return bytesSent;
    }

    /// Runs a command of the core at the present moment and drains it.
    public void act(Runnable command) {
      command.run();
      drain();
    }

    boolean takes(int port) {
      return port >= firstPort && port <= lastPort;
    }

    void receive(Network.Delivery delivery) {
      byte[] packet = delivery.packet();
      input.handlePacket(
          simulation.now,
          delivery.local(),
          delivery.remote(),
          delivery.ecn(),
          packet,
          0,
          packet.length);
      drain();
    }

    void drain() {
      long now = simulation.now;
      if (lastDrain == now) {
        if (++drains > MAX_DRAINS) {
          throw new AssertionError(
              "core does not get quiet at " + now + " ns, seed " + simulation.seed);
        }
      } else {
        lastDrain = now;
        drains = 0;
      }
      long next;
      do {
        next = Pump.run(core, now, out, events);
        flush(now);
      } while (next <= now && drains++ < MAX_DRAINS);
      if (next <= now) {
        throw new AssertionError(
            "core does not get quiet at " + now + " ns, seed " + simulation.seed);
      }
      wakeUp = next;
    }

    private void flush(long now) {
      for (int i = 0; i < out.packetCount(); i++) {
        TransportAddress local = out.packetLocal(i);
        TransportAddress remote = out.packetRemote(i);
        if (local == null) {
          local = defaultLocal != null ? defaultLocal : host.address(0);
        }
        if (remote == null) {
          remote = defaultRemote;
        }
        if (remote == null) {
          throw new IllegalStateException("packet without destination and the peer has no route");
        }
        packetsSent++;
        bytesSent += out.packetLength(i);
        if (tap != null) {
          int offset = out.packetOffset(i);
          tap.accept(Arrays.copyOfRange(out.array(), offset, offset + out.packetLength(i)));
        }
        host.send(
            now,
            local,
            remote,
            out.packetEcn(i),
            out.array(),
            out.packetOffset(i),
            out.packetLength(i));
      }
      out.clear();
    }
  }
}
