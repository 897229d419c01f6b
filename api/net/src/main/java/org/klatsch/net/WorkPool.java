package org.klatsch.net;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.Work;

/// Runs the cores' [Work] on a bounded pool of platform daemon threads `klatsch-work-N`, so that a
/// storm of connects never delays live audio on the loops. Threads end after a while without work.
/// Thread-safe.
public final class WorkPool implements AutoCloseable {
  private final @Nullable ThreadPoolExecutor executor;
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong runByCaller = new AtomicLong();

  /// Runs all work at once on the caller's thread, for a driver of one thread.
  WorkPool() {
    this.executor = null;
  }

  WorkPool(int threads, int queue) {
    AtomicInteger number = new AtomicInteger();
    this.executor =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queue),
            task ->
                Thread.ofPlatform()
                    .daemon()
                    .name("klatsch-work-" + number.getAndIncrement())
                    .unstarted(task),
            (task, full) -> {
              // A full queue, or a closed pool: the caller slows down instead of losing work.
              runByCaller.incrementAndGet();
              task.run();
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /// Runs `work`, then `whenDone`, on a thread of the pool; on the caller's when the queue is full.
  public void perform(Work work, Runnable whenDone) {
    Runnable task =
        () -> {
          try {
            work.run();
          } catch (RuntimeException | Error e) {
            System.getLogger(WorkPool.class.getName())
                .log(System.Logger.Level.ERROR, "work must report failure as its result", e);
          }
          done.incrementAndGet();
          whenDone.run();
        };
    if (executor == null) {
      task.run();
    } else {
      executor.execute(task);
    }
  }

  /// Pieces of work that were run.
  public long done() {
    return done.get();
  }

  /// Pieces of work that the queue had no room for.
  public long runByCaller() {
    return runByCaller.get();
  }

  @Override
  public void close() {
    if (executor != null) {
      executor.shutdownNow();
    }
  }
}
