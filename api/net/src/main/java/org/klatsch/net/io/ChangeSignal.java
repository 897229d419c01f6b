package org.klatsch.net.io;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Waits for a hint that the addresses of this machine changed. One thread waits and closes; any
/// thread may wake it.
public interface ChangeSignal extends AutoCloseable {
  /// Waits for at most `nanos`, or until there is a hint, or until [#wakeUp].
  void await(long nanos) throws InterruptedException;

  /// Whether the system gives hints, so that looking now and then is only a precaution.
  boolean tellsOfChanges();

  void wakeUp();

  @Override
  void close();

  /// A signal for systems that give no hints.
  static ChangeSignal timed() {
    ReentrantLock lock = new ReentrantLock();
    Condition woken = lock.newCondition();
    return new ChangeSignal() {
      private boolean pending;

      @Override
      public void await(long nanos) throws InterruptedException {
        lock.lock();
        try {
          long left = Math.min(nanos, TimeUnit.DAYS.toNanos(1));
          while (!pending && left > 0) {
            left = woken.awaitNanos(left);
          }
          pending = false;
        } finally {
          lock.unlock();
        }
      }

      @Override
      public boolean tellsOfChanges() {
        return false;
      }

      @Override
      public void wakeUp() {
        lock.lock();
        try {
          pending = true;
          woken.signal();
        } finally {
          lock.unlock();
        }
      }

      @Override
      public void close() {}
    };
  }
}
