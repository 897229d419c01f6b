package org.klatsch.webrtc;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The threads that encode and decode: as many as there are processors, shared by all connections
/// of the process, and one that only tells them the time.
///
/// ```text
///   clock ──► beat: every 20 ms, for all tracks whose ticks fall together ─┐
///                                          work that is due now ──────────┴─► queue ──► threads
/// ```
final class MediaPool {
  /// The usual length of an audio packet, RFC 3551 §4.2: every codec here has it.
  static final int TICK_MILLIS = 20;

  private static final System.Logger LOGGER = System.getLogger(MediaPool.class.getName());
  private static final int SIZE = Runtime.getRuntime().availableProcessors();

  private static final class Threads {
    static final ThreadPoolExecutor POOL =
        new ThreadPoolExecutor(
            SIZE, SIZE, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named("klatsch-media-"));
    static final ScheduledThreadPoolExecutor CLOCK = clock();

    private static ScheduledThreadPoolExecutor clock() {
      ScheduledThreadPoolExecutor clock =
          new ScheduledThreadPoolExecutor(1, named("klatsch-media-clock-"));
      clock.setRemoveOnCancelPolicy(true);
      return clock;
    }

    private static ThreadFactory named(String prefix) {
      return Thread.ofPlatform().daemon().name(prefix, 1).factory();
    }
  }

  /// Ticks fall on multiples of this, so that those of many tracks wake a thread once; few enough
  /// fall together for none to wait long.
  private static final long ALIGNMENT_NANOS = 5_000_000;

  private static final long TICK_NANOS = TICK_MILLIS * 1_000_000L;

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
    var _ = Threads.CLOCK.schedule(() -> execute(task), delayNanos, TimeUnit.NANOSECONDS);
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
    return ticker(tick, Duration.ofMillis(TICK_MILLIS));
  }

  /// The same with another period.
  static Ticker ticker(Runnable tick, Duration period) {
    Ticker ticker = new Ticker(tick, period.toNanos());
    if (ticker.periodNanos == TICK_NANOS) {
      Beat beat = Beat.ALL[(int) (Math.floorMod(ticker.due, TICK_NANOS) / ALIGNMENT_NANOS)];
      ticker.beat = beat;
      beat.add(ticker);
    } else {
      ticker.schedule();
    }
    return ticker;
  }

  /// A clock for one source. It keeps the long-term rate, but after a pause of the process it does
  /// not make up for what nobody heard.
  static final class Ticker implements AutoCloseable {
    /// Later than this, ticks are left out: a pause longer than jitter buffers hold is heard
    /// anyway.
    private static final long MAX_LATE_NANOS = 200_000_000;

    private final Runnable tick;
    private final long periodNanos;
    private final AtomicInteger running = new AtomicInteger();
    private @Nullable Beat beat;

    /// Belongs to who set [#running].
    private long due = aligned(System.nanoTime());

    private volatile boolean closed;

    private Ticker(Runnable tick, long periodNanos) {
      this.tick = tick;
      this.periodNanos = periodNanos;
    }

    private void schedule() {
      long delay = Math.max(0, due - System.nanoTime());
      var _ = Threads.CLOCK.schedule(() -> execute(this::runOnce), delay, TimeUnit.NANOSECONDS);
    }

    private void runOnce() {
      turn();
      if (!closed) {
        schedule();
      }
    }

    /// Runs the ticks that are due, unless another thread still does.
    private void turn() {
      if (!running.compareAndSet(0, 1)) {
        return;
      }
      try {
        long now = System.nanoTime();
        if (now - due > MAX_LATE_NANOS) {
          due += (now - due) / periodNanos * periodNanos;
        }
        while (!closed && due - now <= 0) {
          due += periodNanos;
          MediaPool.run(tick);
        }
      } finally {
        running.set(0);
      }
    }

    @Override
    public void close() {
      closed = true;
      Beat current = beat;
      if (current != null) {
        current.remove(this);
      }
    }
  }

  /// The tickers whose ticks fall together: one turn of the clock serves them all, however many
  /// there are.
  private static final class Beat {
    static final Beat[] ALL = new Beat[(int) (TICK_NANOS / ALIGNMENT_NANOS)];
    private static final Ticker[] NONE = {};

    /// Fewer are not worth waking another thread for.
    private static final int SHARE = 8;

    static {
      Arrays.setAll(ALL, index -> new Beat(index * ALIGNMENT_NANOS));
    }

    private final long phaseNanos;
    private volatile Ticker[] tickers = NONE;
    private boolean beating;

    private Beat(long phaseNanos) {
      this.phaseNanos = phaseNanos;
    }

    synchronized void add(Ticker ticker) {
      Ticker[] more = Arrays.copyOf(tickers, tickers.length + 1);
      more[tickers.length] = ticker;
      tickers = more;
      if (!beating) {
        beating = true;
        schedule();
      }
    }

    synchronized void remove(Ticker ticker) {
      tickers = Arrays.stream(tickers).filter(each -> each != ticker).toArray(Ticker[]::new);
    }

    private void schedule() {
      long now = System.nanoTime();
      long next = now - Math.floorMod(now - phaseNanos, TICK_NANOS) + TICK_NANOS;
      var _ = Threads.CLOCK.schedule(this::strike, next - now, TimeUnit.NANOSECONDS);
    }

    private void strike() {
      Ticker[] all;
      synchronized (this) {
        all = tickers;
        if (all.length == 0) {
          beating = false;
          return;
        }
        schedule();
      }
      Round round = new Round(all);
      for (int i = Math.min(SIZE, (all.length + SHARE - 1) / SHARE); i > 0; i--) {
        Threads.POOL.execute(round);
      }
    }
  }

  /// One tick of each of a beat's tickers, by as many threads as take part.
  private static final class Round implements Runnable {
    private final Ticker[] tickers;
    private final AtomicInteger next = new AtomicInteger();

    Round(Ticker[] tickers) {
      this.tickers = tickers;
    }

    @Override
    public void run() {
      for (int i = next.getAndIncrement(); i < tickers.length; i = next.getAndIncrement()) {
        tickers[i].turn();
      }
    }
  }
}
