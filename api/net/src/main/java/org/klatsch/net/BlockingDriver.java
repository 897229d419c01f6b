package org.klatsch.net;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.klatsch.sansio.PacketCore;

/// A loop without a thread of its own: the caller's thread runs it, and the core's work inline. For
/// tools, tests and the shortest way from socket to application. It belongs to the thread that made
/// it.
///
/// @param <E> the core's event type
public final class BlockingDriver<E> implements AutoCloseable {
  private final EventLoop loop;
  private final CoreDriver<E> driver;
  private boolean closed;

  /// @param options of which loop and thread counts do not matter here
  public BlockingDriver(PacketCore<E> core, CoreListener<? super E> listener, LoopOptions options) {
    this.loop = NetworkDriver.Backends.loop(0, options, new WorkPool());
    loop.bindThread();
    this.driver = loop.attach(core, listener);
  }

  /// Ports and commands of the core.
  public CoreDriver<E> driver() {
    return driver;
  }

  /// The loop, for its clock, timers and counters.
  public EventLoop loop() {
    return loop;
  }

  /// Does all that is due, without waiting.
  public void poll() {
    loop.turn(0);
  }

  /// Drives the core until `done`, or until time is over.
  ///
  /// @return whether it is done
  public boolean runUntil(BooleanSupplier done, Duration timeout) {
    long deadline = loop.now() + timeout.toNanos();
    while (!done.getAsBoolean()) {
      long left = deadline - loop.now();
      if (left <= 0) {
        return false;
      }
      loop.turn(left);
    }
    return true;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      loop.shutDown();
    }
  }
}
