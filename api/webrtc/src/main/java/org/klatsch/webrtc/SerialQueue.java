package org.klatsch.webrtc;

import java.util.ArrayDeque;

/// Tasks of one track that run one after the other on the [MediaPool].
final class SerialQueue {
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final int limit;
  private boolean running;
  private boolean closed;
  private long dropped;

  /// @param limit tasks that may wait; a new one then drives out the oldest
  SerialQueue(int limit) {
    this.limit = limit;
  }

  void execute(Runnable task) {
    synchronized (tasks) {
      if (closed) {
        return;
      }
      if (tasks.size() >= limit) {
        tasks.remove();
        dropped++;
      }
      if (!add(task)) {
        return;
      }
    }
    MediaPool.execute(this::run);
  }

  /// Runs a last task, in place of those that wait; what comes later is not run.
  void close(Runnable last) {
    synchronized (tasks) {
      if (closed) {
        return;
      }
      closed = true;
      tasks.clear();
      if (!add(last)) {
        return;
      }
    }
    MediaPool.execute(this::run);
  }

  /// Adds a task.
  ///
  /// @return whether a turn must be started for it
  private boolean add(Runnable task) {
    tasks.add(task);
    boolean idle = !running;
    running = true;
    return idle;
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
