package org.klatsch.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.klatsch.net.io.IoBackend;
import org.klatsch.net.io.NioBackend;
import org.klatsch.net.linux.LinuxBackend;
import org.klatsch.sansio.TransportAddress;

/// The world beneath sessions: event loops with their sockets, and the threads for costly work.
/// Programs usually have one. All its threads are daemons.
///
/// ```java
/// try (NetworkDriver network = new NetworkDriver(LoopOptions.DEFAULT)) {
///   CoreDriver<SessionEvent> driver = network.nextLoop().attach(session, this::onEvent);
///   driver.execute(() -> driver.open(address, PortRange.EPHEMERAL));
/// }
/// ```
///
/// Thread-safe.
public final class NetworkDriver implements AutoCloseable {
  private final LoopOptions options;
  private final WorkPool workPool;
  private final List<EventLoop> loops;
  private final List<Thread> threads;
  private final AtomicInteger next = new AtomicInteger();

  /// Starts the loops.
  public NetworkDriver(LoopOptions options) {
    this.options = options;
    this.workPool = new WorkPool(options.workThreads(), options.workQueue());
    ArrayList<EventLoop> started = new ArrayList<>();
    ArrayList<Thread> running = new ArrayList<>();
    for (int i = 0; i < options.loops(); i++) {
      EventLoop loop;
      try {
        loop = Backends.loop(i, options, workPool);
      } catch (RuntimeException e) {
        started.forEach(EventLoop::shutDown);
        throw e;
      }
      Thread thread = Thread.ofPlatform().daemon().name(loop.name()).unstarted(loop::run);
      started.add(loop);
      running.add(thread);
    }
    this.loops = List.copyOf(started);
    this.threads = List.copyOf(running);
    threads.forEach(Thread::start);
  }

  public LoopOptions options() {
    return options;
  }

  /// All loops.
  public List<EventLoop> loops() {
    return loops;
  }

  /// The loop for the next session: each in turn.
  public EventLoop nextLoop() {
    return loops.get(Math.floorMod(next.getAndIncrement(), loops.size()));
  }

  /// The threads for costly work.
  public WorkPool workPool() {
    return workPool;
  }

  /// Opens one port number on several local addresses, for many sessions.
  ///
  /// @param locals addresses of this machine, no wildcard; their ports are ignored
  /// @param port 0 takes one that is free on all of them
  /// @throws java.net.BindException when the port is taken
  public SharedPort openSharedPort(
      List<TransportAddress> locals, int port, SharedPortOptions sharedOptions) throws IOException {
    return SharedPort.open(loops, locals, port, sharedOptions);
  }

  /// Ends the loops: cores say their last words and are detached, sockets are closed. Waits for the
  /// loops' threads unless called on one of them.
  @Override
  public void close() {
    loops.forEach(EventLoop::stop);
    boolean onLoop = threads.contains(Thread.currentThread());
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (!onLoop && thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    workPool.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Chooses and makes the backends of loops.
  static final class Backends {
    private Backends() {}

    static EventLoop loop(int index, LoopOptions options, WorkPool workPool) {
      LoopClock clock =
          new LoopClock(
              System::nanoTime, System::currentTimeMillis, options.suspensionThreshold().toNanos());
      return new EventLoop(index, options, backend(options), clock, workPool);
    }

    /// The backend asked for, or the best that runs here.
    static IoBackend backend(LoopOptions options) {
      String wanted = options.backend();
      try {
        if ("ffm".equals(wanted)) {
          if (!LinuxBackend.isSupported()) {
            throw new IllegalStateException(
                "backend ffm needs 64-bit Linux and --enable-native-access for this module");
          }
          return new LinuxBackend();
        }
        if (wanted == null && LinuxBackend.isSupported()) {
          IoBackend linux = tryLinux();
          if (linux != null) {
            return linux;
          }
        }
        return new NioBackend();
      } catch (IOException e) {
        throw new UncheckedIOException("an event loop cannot wait for sockets", e);
      }
    }

    private static @Nullable IoBackend tryLinux() {
      try {
        return new LinuxBackend();
      } catch (IOException | LinkageError | RuntimeException e) {
        // A sandbox without these calls, or a C library without these names.
        System.getLogger(NetworkDriver.class.getName())
            .log(System.Logger.Level.DEBUG, "java.nio is used instead of system calls", e);
        return null;
      }
    }
  }
}
