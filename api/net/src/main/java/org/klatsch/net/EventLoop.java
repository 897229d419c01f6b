package org.klatsch.net;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.IoBackend;
import org.klatsch.net.io.SocketCounters;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// One thread that drives many cores: it waits for sockets, timers and tasks, and pumps each core
/// that something happened to. A core stays on its loop for life, so it needs no locks.
///
/// A turn: wait; read sockets; take packets of other loops; run tasks; fire timers; then pump each
/// core that was touched, once, with a budget of packets. A core that has more to send has its next
/// go in the next turn, behind the others.
///
/// Any thread may call [#execute], [#call], [#attach], [#now], [#isCurrent], [#counters]; the rest
/// belongs to the loop's thread.
public final class EventLoop implements Executor {
  private static final System.Logger LOGGER = System.getLogger(EventLoop.class.getName());

  /// How often counters go to the flight recorder, when it is on.
  private static final long REPORT_NANOS = 1_000_000_000;

  private final String name;
  private final int index;
  private final LoopOptions options;
  private final IoBackend backend;
  private final LoopClock clock;
  private final WorkPool workPool;
  private final TimerQueue timers = new TimerQueue();
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final HandoffQueue handoffs;
  private final HandoffQueue.Taker handoffTaker;
  private final ArrayDeque<CoreDriver<?>> ready = new ArrayDeque<>();
  private final ArrayList<CoreDriver<?>> drivers = new ArrayList<>();
  private final ArrayList<UdpPort> ports = new ArrayList<>();
  private final TransmitBuffer transmit;
  private final SocketCounters closedSockets = new SocketCounters();
  private final AtomicBoolean asleep = new AtomicBoolean();

  private volatile @Nullable Thread thread;
  private volatile boolean stopping;
  private volatile boolean stopped;
  private long spinUntil;
  private long nextReport;

  private long turns;
  private long stalls;
  private long suspensions;
  private long unrouted;
  private long offRoute;
  private long pendingDropped;
  private long handedOff;
  private long handoffDropped;
  private long brokenCores;

  EventLoop(int index, LoopOptions options, IoBackend backend, LoopClock clock, WorkPool workPool) {
    this.index = index;
    this.name = "klatsch-loop-" + index;
    this.options = options;
    this.backend = backend;
    this.clock = clock;
    this.workPool = workPool;
    this.transmit = new TransmitBuffer(options.packetsPerTurn(), options.packetRoom());
    this.handoffs = new HandoffQueue(options.handoffPackets());
    this.handoffTaker =
        (driver, local, remote, ecn, buffer, length) ->
            driver.received(local, remote, ecn, buffer, 0, length);
  }

  /// `klatsch-loop-N`, also the name of its thread.
  public String name() {
    return name;
  }

  /// Which of its driver's loops it is, from 0.
  public int index() {
    return index;
  }

  /// Which backend its sockets use: `nio` or `ffm`.
  public String backendName() {
    return backend.name();
  }

  /// The time of this loop's cores: nanoseconds since the loop was made, monotonic, without the
  /// time the machine was suspended.
  public long now() {
    return isCurrent() ? clock.read() : clock.now();
  }

  /// Whether the caller runs on this loop.
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /// Runs a task on the loop, in the order given; from the loop itself too it runs later.
  @Override
  public void execute(Runnable task) {
    if (stopped) {
      throw new RejectedExecutionException(name + " is closed");
    }
    tasks.add(task);
    if (stopped && tasks.remove(task)) {
      throw new RejectedExecutionException(name + " is closed");
    }
    wakeUp();
  }

  /// Runs a task on the loop and waits for its result: at once when already there.
  ///
  /// @throws RejectedExecutionException when the loop is closed
  public <T> T call(Callable<T> task) {
    if (isCurrent()) {
      try {
        return task.call();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new CompletionException(e);
      }
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    execute(
        new CloseableTask() {
          @Override
          public void run() {
            try {
              result.complete(task.call());
            } catch (Throwable e) {
              result.completeExceptionally(e);
            }
          }

          @Override
          public void abandon() {
            result.completeExceptionally(new RejectedExecutionException(name + " is closed"));
          }
        });
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException runtime) {
        runtime.addSuppressed(new RuntimeException("called from here"));
        throw runtime;
      }
      throw e;
    }
  }

  /// A task that must hear when its loop closes before it ran.
  private interface CloseableTask extends Runnable {
    void abandon();
  }

  /// Takes on a core for life; from now on only this loop may touch it. The core's first turn comes
  /// when something happens to it: [CoreDriver#execute], a packet, or a timer set before.
  public <E> CoreDriver<E> attach(PacketCore<E> core, CoreListener<? super E> listener) {
    CoreDriver<E> driver = new CoreDriver<>(this, core, listener);
    if (isCurrent()) {
      attached(driver);
    } else {
      execute(() -> attached(driver));
    }
    return driver;
  }

  private void attached(CoreDriver<?> driver) {
    driver.position = drivers.size();
    drivers.add(driver);
    enqueue(driver);
  }

  void detached(CoreDriver<?> driver) {
    int position = driver.position;
    if (position >= 0) {
      CoreDriver<?> last = drivers.removeLast();
      if (last != driver) {
        drivers.set(position, last);
        last.position = position;
      }
      driver.position = -1;
    }
  }

  /// A timer of this loop, not yet running; the loop's thread only.
  public LoopTimer timer(Runnable task) {
    return timers.timer(task);
  }

  /// A snapshot of what the loop counted; exact on the loop, approximate elsewhere.
  public LoopCounters counters() {
    if (isCurrent() || stopped) {
      return snapshot();
    }
    try {
      return call(this::snapshot);
    } catch (RejectedExecutionException closed) {
      return snapshot();
    }
  }

  private LoopCounters snapshot() {
    SocketCounters sum = new SocketCounters();
    sum.add(closedSockets);
    for (UdpPort port : ports) {
      sum.add(port.socket().counters());
    }
    return new LoopCounters(
        sum.packetsReceived,
        sum.bytesReceived,
        sum.packetsSent,
        sum.bytesSent,
        sum.sendsRefused,
        sum.sendCalls,
        sum.receiveCalls,
        sum.segmentsSent,
        sum.segmentsReceived,
        sum.unwritable,
        pendingDropped,
        unrouted,
        offRoute,
        handedOff,
        handoffDropped,
        brokenCores,
        turns,
        stalls,
        suspensions,
        drivers.size(),
        ports.size());
  }

  // What the loop's own parts use.

  LoopOptions options() {
    return options;
  }

  IoBackend backend() {
    return backend;
  }

  WorkPool workPool() {
    return workPool;
  }

  TransmitBuffer transmit() {
    return transmit;
  }

  /// Whether several loops can have sockets on one port.
  boolean canReusePort() {
    return backend.canReusePort();
  }

  /// Finds out, by binding it alone for a moment, whether an address is free.
  ///
  /// @return the address with the port in effect
  TransportAddress probe(TransportAddress local) throws IOException {
    try {
      return call(() -> backend.probe(local));
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException io) {
        throw io;
      }
      throw e;
    }
  }

  void enqueue(CoreDriver<?> driver) {
    if (!driver.queued) {
      driver.queued = true;
      ready.add(driver);
    }
  }

  void opened(UdpPort port) {
    ports.add(port);
  }

  void closed(UdpPort port) {
    closedSockets.add(port.socket().counters());
    ports.remove(port);
  }

  void countPendingDropped(int packets) {
    pendingDropped += packets;
  }

  void countOffRoute() {
    offRoute++;
  }

  void countUnrouted() {
    unrouted++;
  }

  void countBroken() {
    brokenCores++;
  }

  /// Gives a packet to a core of another loop; this loop's thread.
  void handOff(
      CoreDriver<?> driver,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    EventLoop other = driver.loop();
    if (other.handoffs.offer(driver, local, remote, ecn, buffer, offset, length)) {
      handedOff++;
      other.wakeUp();
    } else {
      handoffDropped++;
    }
  }

  private void wakeUp() {
    // Only who finds the loop asleep pays for the system call.
    if (asleep.get() && asleep.compareAndSet(true, false)) {
      backend.wakeUp();
    }
  }

  /// Makes the calling thread the loop's until [#stop].
  void run() {
    bindThread();
    try {
      while (!stopping) {
        turn(Long.MAX_VALUE);
      }
    } finally {
      shutDown();
    }
  }

  /// Makes the calling thread the one the loop is confined to.
  void bindThread() {
    thread = Thread.currentThread();
  }

  /// One turn, which waits for at most `maxWait` nanoseconds when there is nothing to do.
  void turn(long maxWait) {
    try {
      backend.await(0 < maxWait ? sleepTime(maxWait) : 0);
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.ERROR, name + " cannot wait for its sockets", e);
      stopping = true;
    }
    asleep.set(false);
    long now = clock.turn();
    turns++;
    long gap = clock.takeSuspension();
    if (gap > 0) {
      resumed(gap);
    }
    handoffs.drain(options.handoffPackets(), handoffTaker);
    runTasks();
    fireTimers(now);
    for (int i = ready.size(); i > 0; i--) {
      CoreDriver<?> driver = ready.poll();
      if (driver != null) {
        driver.run(clock.read());
      }
    }
    long end = clock.read();
    if (end - now > options.stallThreshold().toNanos()) {
      stalls++;
      LoopEvents.stalled(name, end - now);
    }
    if (end >= nextReport) {
      nextReport = end + REPORT_NANOS;
      LoopEvents.counted(this);
    }
  }

  /// How long to sleep; announces the sleep first, so that a task added meanwhile wakes the loop.
  private long sleepTime(long maxWait) {
    if (!ready.isEmpty() || !tasks.isEmpty() || !handoffs.isEmpty()) {
      spinUntil = 0;
      return 0;
    }
    long now = clock.read();
    long next = timers.next();
    if (next <= now) {
      return 0;
    }
    long spin = options.spin().toNanos();
    if (spin > 0) {
      if (spinUntil == 0) {
        spinUntil = now + spin;
      }
      if (now < spinUntil) {
        Thread.onSpinWait();
        return 0;
      }
    }
    asleep.set(true);
    if (!tasks.isEmpty() || !handoffs.isEmpty() || stopping) {
      return 0;
    }
    long wait = next == ProtocolCore.NEVER ? maxWait : Math.min(maxWait, next - now);
    clock.expectWait(wait);
    return wait;
  }

  private void runTasks() {
    for (int i = 0; i < options.tasksPerTurn(); i++) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      runSafely(task);
    }
  }

  private void fireTimers(long now) {
    for (LoopTimer due = timers.pollExpired(now); due != null; due = timers.pollExpired(now)) {
      runSafely(due.task);
    }
  }

  private void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOGGER.log(System.Logger.Level.ERROR, "a task on " + name + " failed", e);
    }
  }

  private void resumed(long gapNanos) {
    suspensions++;
    LoopEvents.suspended(name, gapNanos);
    LOGGER.log(System.Logger.Level.INFO, "{0} stood still for {1} ms", name, gapNanos / 1_000_000);
    for (CoreDriver<?> driver : List.copyOf(drivers)) {
      driver.suspended(gapNanos);
    }
  }

  /// Asks the loop to end; its cores are detached on its thread.
  void stop() {
    stopping = true;
    asleep.set(false);
    backend.wakeUp();
  }

  /// Detaches every core and frees the sockets; the loop's thread.
  void shutDown() {
    stopped = true;
    for (CoreDriver<?> driver : List.copyOf(drivers)) {
      runSafely(driver::detach);
    }
    for (UdpPort port : List.copyOf(ports)) {
      port.close();
    }
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      if (task instanceof CloseableTask closeable) {
        closeable.abandon();
      }
    }
    backend.close();
  }
}
