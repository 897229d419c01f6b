package org.klatsch.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.klatsch.server.http.SignalSockets;
import org.klatsch.server.rooms.Directory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What happens because time passes: limits run out, WebSockets are pinged. One virtual thread.
final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

  /// The precision of all timeouts of rooms; each of them is many seconds.
  private static final Duration TICK = Duration.ofSeconds(1);

  private final Directory directory;
  private final SignalSockets sockets;
  private final Runnable everySecond;
  private final long pingNanos;
  private final Thread thread;

  Housekeeping(
      Directory directory, SignalSockets sockets, Duration pingInterval, Runnable everySecond) {
    this.everySecond = everySecond;
    this.directory = directory;
    this.sockets = sockets;
    pingNanos = pingInterval.toNanos();
    thread = Thread.ofVirtual().name("klatsch-housekeeping").unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  private void run() {
    long nextPing = sockets.now() + pingNanos;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        TimeUnit.NANOSECONDS.sleep(TICK.toNanos());
        long now = sockets.now();
        directory.handleTimeout(now);
        if (now >= nextPing) {
          nextPing = now + pingNanos;
          sockets.ping();
        }
        everySecond.run();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        // One broken room must not keep all others from ever timing out.
        LOG.error("Housekeeping failed and goes on", e);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
