package org.klatsch.net;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.klatsch.net.io.ChangeSignal;
import org.klatsch.net.linux.LinuxBackend;
import org.klatsch.net.linux.NetlinkSignal;

/// Notices when the addresses of this machine change: at once where the system tells (netlink, with
/// native access on Linux), else by looking every few seconds, and when it is told to look (after a
/// suspension). Listeners are called on the monitor's daemon thread `klatsch-network`. Thread-safe.
public final class NetworkMonitor implements AutoCloseable {
  /// Soon enough for a call to go on when somebody walks out of the Wi-Fi, and less than a
  /// millisecond of work.
  public static final Duration DEFAULT_INTERVAL = Duration.ofMillis(500);

  /// Where the system tells of changes, looking is a precaution only.
  private static final int RARELY = 120;

  private final AddressPolicy policy;
  private final long intervalNanos;
  private final ChangeSignal signal;
  private final CopyOnWriteArrayList<Consumer<List<LocalAddress>>> listeners =
      new CopyOnWriteArrayList<>();
  private volatile List<LocalAddress> addresses;
  private volatile boolean closed;

  /// Looks once and starts watching.
  ///
  /// @param interval between looks, where the system does not tell of changes
  public NetworkMonitor(AddressPolicy policy, Duration interval) throws IOException {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("interval " + interval + " must be positive");
    }
    this.policy = policy;
    this.addresses = policy.addresses();
    this.signal = signal();
    this.intervalNanos = interval.multipliedBy(signal.tellsOfChanges() ? RARELY : 1).toNanos();
    Thread.ofPlatform().daemon().name("klatsch-network").start(this::watch);
  }

  private static ChangeSignal signal() {
    if (LinuxBackend.isSupported() && !"nio".equals(LoopOptions.DEFAULT.backend())) {
      try {
        return new NetlinkSignal();
      } catch (IOException | LinkageError e) {
        System.getLogger(NetworkMonitor.class.getName())
            .log(System.Logger.Level.DEBUG, "no netlink, interfaces are polled", e);
      }
    }
    return ChangeSignal.timed();
  }

  /// Whether the system tells of changes.
  public boolean isNotified() {
    return signal.tellsOfChanges();
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
    signal.wakeUp();
  }

  private void watch() {
    try (ChangeSignal waiting = signal) {
      while (!closed) {
        waiting.await(intervalNanos);
        if (!closed) {
          look();
        }
      }
    } catch (InterruptedException e) {
      // The one who interrupts a daemon wants it to end.
    }
  }

  private void look() {
    try {
      List<LocalAddress> seen = policy.addresses();
      if (!seen.equals(addresses)) {
        addresses = seen;
        listeners.forEach(listener -> tell(listener, seen));
      }
    } catch (IOException e) {
      System.getLogger(NetworkMonitor.class.getName())
          .log(System.Logger.Level.DEBUG, "interfaces cannot be listed", e);
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

  /// Ends the thread; does not wait for a listener that is being called.
  @Override
  public void close() {
    closed = true;
    signal.wakeUp();
  }
}
