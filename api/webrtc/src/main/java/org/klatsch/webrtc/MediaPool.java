package org.klatsch.webrtc;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The threads that encode and decode: as many as there are processors, shared by all connections
/// of the process.
final class MediaPool {
  /// The usual length of an audio packet, RFC 3551 §4.2: every codec here has it.
  static final int TICK_MILLIS = 20;

  private static final System.Logger LOGGER = System.getLogger(MediaPool.class.getName());
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private static final class Threads {
    static final ScheduledThreadPoolExecutor POOL = make();

    private static ScheduledThreadPoolExecutor make() {
      ScheduledThreadPoolExecutor pool =
          (ScheduledThreadPoolExecutor)
              Executors.newScheduledThreadPool(
                  Runtime.getRuntime().availableProcessors(),
                  task ->
                      Thread.ofPlatform()
                          .daemon()
                          .name("klatsch-media-" + NUMBERS.incrementAndGet())
                          .unstarted(task));
      pool.setRemoveOnCancelPolicy(true);
      return pool;
    }
  }

  /// Ticks fall on multiples of this, so that those of many tracks wake a thread once; few enough
  /// fall together for none to wait long.
  private static final long ALIGNMENT_NANOS = 5_000_000;

  private MediaPool() {}

  /// The first time after `now` for a tick.
  static long aligned(long now) {
    return Math.floorDiv(now, ALIGNMENT_NANOS) * ALIGNMENT_NANOS + ALIGNMENT_NANOS;
  }

  /// Runs a task soon.
  static void execute(Runnable task) {
    Threads.POOL.execute(() -> run(task));
  }

  /// Runs a task after a delay.
  static void schedule(Runnable task, long delayNanos) {
    var _ = Threads.POOL.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
  }

  static void run(Runnable task) {
    try {
      task.run();
    } catch (Throwable e) {
      LOGGER.log(Level.ERROR, "media work failed", e);
    }
  }

  /// Runs `tick` every 20 ms, never twice at once, until closed.
  static Ticker ticker(Runnable tick) {
    Ticker ticker = new Ticker(tick, Duration.ofMillis(TICK_MILLIS));
    ticker.schedule();
    return ticker;
  }

  /// The same with another period.
  static Ticker ticker(Runnable tick, Duration period) {
    Ticker ticker = new Ticker(tick, period);
    ticker.schedule();
    return ticker;
  }

  /// A clock for one source. It keeps the long-term rate, but after a pause of the process it does
  /// not make up for what nobody heard.
  static final class Ticker implements Runnable, AutoCloseable {
    /// Later than this, ticks are left out: a pause longer than jitter buffers hold is heard
    /// anyway.
    private static final long MAX_LATE_NANOS = 200_000_000;

    private final Runnable tick;
    private final long periodNanos;
    private long due = aligned(System.nanoTime());
    private volatile boolean closed;

    private Ticker(Runnable tick, Duration period) {
      this.tick = tick;
      this.periodNanos = period.toNanos();
    }

    private void schedule() {
      long delay = due - System.nanoTime();
      if (delay < -MAX_LATE_NANOS) {
        due = System.nanoTime();
        delay = 0;
      }
      var _ = Threads.POOL.schedule(this, Math.max(0, delay), TimeUnit.NANOSECONDS);
    }

    @Override
    public void run() {
      if (!closed) {
        MediaPool.run(tick);
        due += periodNanos;
        schedule();
      }
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
