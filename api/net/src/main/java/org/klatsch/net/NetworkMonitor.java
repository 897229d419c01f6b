package org.klatsch.net;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Notices when the addresses of this machine change: looks every few seconds, and at once when it
/// is told to (after a suspension) or when the system says so. Listeners are called on the
/// monitor's daemon thread `klatsch-network`. Thread-safe.
public final class NetworkMonitor implements AutoCloseable {
  /// Soon enough for a user who walked out of the Wi-Fi, and 0.1 ms of work.
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(2);

  private final InterfaceFilter filter;
  private final long intervalNanos;
  private final CopyOnWriteArrayList<Consumer<List<LocalAddress>>> listeners =
      new CopyOnWriteArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition nudge = lock.newCondition();
  private boolean nudged;
  private boolean closed;
  private volatile List<LocalAddress> addresses;

  /// Looks once and starts watching.
  public NetworkMonitor(InterfaceFilter filter, Duration interval) throws IOException {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval " + interval + " must be positive");
    }
    this.filter = filter;
    this.intervalNanos = interval.toNanos();
    this.addresses = LocalInterfaces.list(filter);
    Thread.ofPlatform().daemon().name("klatsch-network").start(this::watch);
  }

  /// The addresses as last seen.
  public List<LocalAddress> addresses() {
    return addresses;
  }

  /// Calls the listener with all addresses after each change.
  ///
  /// @return ends it
  public Runnable onChange(Consumer<List<LocalAddress>> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /// Looks soon instead of at the next interval.
  public void refresh() {
    lock.lock();
    try {
      nudged = true;
      nudge.signal();
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    while (awaitNext()) {
      try {
        List<LocalAddress> seen = LocalInterfaces.list(filter);
        if (!seen.equals(addresses)) {
          addresses = seen;
          listeners.forEach(listener -> tell(listener, seen));
        }
      } catch (IOException e) {
        System.getLogger(NetworkMonitor.class.getName())
            .log(System.Logger.Level.DEBUG, "interfaces cannot be listed", e);
      }
    }
  }

  private static void tell(Consumer<List<LocalAddress>> listener, List<LocalAddress> seen) {
    try {
      listener.accept(seen);
    } catch (RuntimeException e) {
      System.getLogger(NetworkMonitor.class.getName())
          .log(System.Logger.Level.ERROR, "a listener of network changes failed", e);
    }
  }

  private boolean awaitNext() {
    lock.lock();
    try {
      long left = intervalNanos;
      while (!nudged && !closed && left > 0) {
        left = nudge.awaitNanos(left);
      }
      nudged = false;
      return !closed;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /// Ends the thread; does not wait for a listener that is being called.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      nudge.signal();
    } finally {
      lock.unlock();
    }
  }
}
