package org.klatsch.webrtc;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The ordered list of tasks of one connection: state changes, events and settlements of promises
/// (the W3C's "queue a task"). Posted from any thread, run one after the other.
///
/// With an executor of the application the order is exactly that of posting. By default tasks run
/// on a virtual thread that exists only while there are tasks; there a settlement that waits behind
/// a listener which does not return is delivered on a thread of its own, so that a listener may
/// wait for a promise.
final class TaskList {
  /// How long a settlement waits behind one listener that does not return before it is delivered
  /// beside it: longer than a listener that only computes takes, too short to be felt.
  private static final Duration PATIENCE = Duration.ofMillis(2);

  private static final System.Logger LOGGER = System.getLogger(TaskList.class.getName());

  private static class Task {
    final Runnable body;

    Task(Runnable body) {
      this.body = body;
    }

    boolean take() {
      return true;
    }
  }

  /// A task that two threads may reach for.
  private static final class Settlement extends Task {
    private final AtomicBoolean taken = new AtomicBoolean();

    Settlement(Runnable body) {
      super(body);
    }

    @Override
    boolean take() {
      return !taken.getAndSet(true);
    }
  }

  private final @Nullable Executor executor;
  private final String threadName;
  private final Queue<Task> tasks = new ConcurrentLinkedQueue<>();
  private final Queue<Settlement> settlements = new ConcurrentLinkedQueue<>();

  /// Tasks posted and not yet finished; whoever raises it from 0 starts the run.
  private final AtomicInteger unfinished = new AtomicInteger();

  /// Counts finished tasks, so that a waiting settlement sees whether the list moves.
  private final AtomicInteger finished = new AtomicInteger();

  private volatile @Nullable Thread runner;

  /// @param executor the application's, or null for virtual threads
  TaskList(@Nullable Executor executor, String threadName) {
    this.executor = executor;
    this.threadName = threadName;
  }

  /// Whether the caller is a task of this list.
  boolean isCurrent() {
    return runner == Thread.currentThread();
  }

  /// Appends a task that changes state or fires an event.
  void post(Runnable body) {
    append(new Task(body));
  }

  /// Appends a task that settles a promise.
  void settle(Runnable body) {
    if (executor != null) {
      append(new Task(body));
      return;
    }
    Settlement settlement = new Settlement(body);
    settlements.add(settlement);
    if (append(settlement)) {
      Thread.ofVirtual().name(threadName + "-settlement").start(() -> settleBeside(settlement));
    }
  }

  /// @return whether other tasks are before it
  private boolean append(Task task) {
    tasks.add(task);
    if (unfinished.getAndIncrement() != 0) {
      return true;
    }
    if (executor == null) {
      Thread.ofVirtual().name(threadName).start(this::run);
    } else {
      try {
        executor.execute(this::run);
      } catch (RejectedExecutionException e) {
        // The application has shut its executor down: nobody is left to be told.
        LOGGER.log(Level.DEBUG, "the executor takes no more tasks", e);
        int dropped;
        do {
          dropped = unfinished.get();
          tasks.clear();
        } while (!unfinished.compareAndSet(dropped, 0));
      }
    }
    return false;
  }

  private void run() {
    runner = Thread.currentThread();
    int done = 0;
    while (true) {
      Task task = tasks.poll();
      if (task == null) {
        throw new IllegalStateException(unfinished.get() + " tasks are counted, none is there");
      }
      if (task.take()) {
        if (task instanceof Settlement) {
          settlements.remove(task);
        }
        runBody(task);
      }
      done++;
      finished.incrementAndGet();
      if (done == unfinished.get()) {
        runner = null;
        if (unfinished.addAndGet(-done) == 0) {
          return;
        }
        runner = Thread.currentThread();
        done = 0;
      }
    }
  }

  private static void runBody(Task task) {
    try {
      task.body.run();
    } catch (Throwable e) {
      LOGGER.log(Level.ERROR, "a task failed", e);
    }
  }

  private void settleBeside(Settlement last) {
    int seen = finished.get();
    while (!last.taken.get()) {
      LockSupport.parkNanos(PATIENCE.toNanos());
      int current = finished.get();
      if (current != seen || runner == null) {
        seen = current;
        continue;
      }
      // The list stands still: deliver what was settled up to here, in order.
      Settlement next;
      while (!last.taken.get() && (next = settlements.poll()) != null) {
        if (next.take()) {
          runBody(next);
        }
      }
    }
  }
}
