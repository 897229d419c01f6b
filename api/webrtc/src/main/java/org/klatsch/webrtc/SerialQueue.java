package org.klatsch.webrtc;

import java.util.ArrayDeque;

/// Tasks of one track that run one after the other on the [MediaPool].
final class SerialQueue {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final int limit;
  private boolean running;
  private long dropped;

  /// @param limit tasks that may wait; a new one then drives out the oldest
  SerialQueue(int limit) {
    this.limit = limit;
  }

  void execute(Runnable task) {
    synchronized (tasks) {
      if (tasks.size() >= limit) {
        tasks.remove();
        dropped++;
      }
      tasks.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    MediaPool.execute(this::run);
  }

  /// One task a turn, so that the queues take turns.
  private void run() {
    Runnable next;
    synchronized (tasks) {
      next = tasks.poll();
      if (next == null) {
        running = false;
        return;
      }
    }
    MediaPool.run(next);
    MediaPool.execute(this::run);
  }

  /// Tasks driven out.
  long dropped() {
    synchronized (tasks) {
      return dropped;
    }
  }
}
