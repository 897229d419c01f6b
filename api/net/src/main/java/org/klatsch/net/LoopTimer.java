package org.klatsch.net;

import org.klatsch.sansio.ProtocolCore;

/// A task at a time on one loop, made by [EventLoop#timer]. It may be moved as often as one likes.
/// Confined to the loop's thread.
public final class LoopTimer {
  private final TimerQueue queue;
  final Runnable task;
  long deadline = ProtocolCore.NEVER;

  /// Index in the queue's heap, or -1 while not running.
  int position = -1;

  LoopTimer(TimerQueue queue, Runnable task) {
    this.queue = queue;
    this.task = task;
  }

  /// Runs the task once at `when`, instead of at an earlier setting.
  ///
  /// @param when on the loop's clock, [EventLoop#now]; [ProtocolCore#NEVER] cancels
  public void set(long when) {
    queue.set(this, when);
  }

  /// Stops the timer; one that is not running stays so.
  public void cancel() {
    queue.set(this, ProtocolCore.NEVER);
  }

  /// When the task will run, [ProtocolCore#NEVER] while not running.
  public long deadline() {
    return deadline;
  }
}
