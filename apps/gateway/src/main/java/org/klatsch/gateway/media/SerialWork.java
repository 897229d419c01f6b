package org.klatsch.gateway.media;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Decoding and encoding of one direction: tasks that run one after the other on the threads that
/// all calls share, as many as there are processors. Thread-safe.
final class SerialWork {
  /// A second of frames: what waits longer is of no use.
  private static final int LIMIT = 50;

  private static final class Threads {
    static final ExecutorService POOL =
        Executors.newFixedThreadPool(
            Runtime.getRuntime().availableProcessors(),
            Thread.ofPlatform().daemon().name("klatsch-transcoder-", 1).factory());
  }

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private boolean running;
  private long dropped;

  void execute(Runnable task) {
    synchronized (tasks) {
      if (tasks.size() >= LIMIT) {
        tasks.remove();
        dropped++;
      }
      tasks.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    Threads.POOL.execute(this::run);
  }

  /// One task a turn, so that the calls take turns.
  private void run() {
    Runnable next;
    synchronized (tasks) {
      next = tasks.poll();
      if (next == null) {
        running = false;
        return;
      }
    }
    try {
      next.run();
    } catch (RuntimeException e) {
      System.getLogger(SerialWork.class.getName()).log(Level.ERROR, "transcoding failed", e);
    }
    Threads.POOL.execute(this::run);
  }

  /// Tasks left out because the processors were too slow.
  long dropped() {
    synchronized (tasks) {
      return dropped;
    }
  }
}
