package org.klatsch.net;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;

/// The timers of one loop: a binary heap whose entries know their place, so that moving and
/// cancelling cost a logarithm. Not thread-safe.
final class TimerQueue {
  private @Nullable LoopTimer[] heap = new LoopTimer[64];
  private int size;

  LoopTimer timer(Runnable task) {
    return new LoopTimer(this, task);
  }

  /// The earliest deadline, or [ProtocolCore#NEVER].
  long next() {
    return size == 0 ? ProtocolCore.NEVER : at(0).deadline;
  }

  int size() {
    return size;
  }

  /// Takes the earliest timer due at or before `now`; null when none is.
  @Nullable LoopTimer pollExpired(long now) {
    if (size == 0 || at(0).deadline > now) {
      return null;
    }
    LoopTimer expired = at(0);
    set(expired, ProtocolCore.NEVER);
    return expired;
  }

  void set(LoopTimer timer, long deadline) {
    long previous = timer.deadline;
    timer.deadline = deadline;
    if (deadline == ProtocolCore.NEVER) {
      remove(timer);
    } else if (timer.position < 0) {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size * 2);
      }
      siftUp(size++, timer);
    } else if (deadline < previous) {
      siftUp(timer.position, timer);
    } else if (deadline > previous) {
      siftDown(timer.position, timer);
    }
  }

  private void remove(LoopTimer timer) {
    int hole = timer.position;
    if (hole < 0) {
      return;
    }
    timer.position = -1;
    LoopTimer last = at(--size);
    heap[size] = null;
    if (last != timer) {
      siftDown(hole, last);
      if (last.position == hole) {
        siftUp(hole, last);
      }
    }
  }

  private void siftUp(int from, LoopTimer timer) {
    int index = from;
    while (index > 0) {
      int parent = (index - 1) >>> 1;
      LoopTimer above = at(parent);
      if (above.deadline <= timer.deadline) {
        break;
      }
      place(index, above);
      index = parent;
    }
    place(index, timer);
  }

  private void siftDown(int from, LoopTimer timer) {
    int index = from;
    for (int child = 2 * index + 1; child < size; child = 2 * index + 1) {
      if (child + 1 < size && at(child + 1).deadline < at(child).deadline) {
        child++;
      }
      LoopTimer below = at(child);
      if (below.deadline >= timer.deadline) {
        break;
      }
      place(index, below);
      index = child;
    }
    place(index, timer);
  }

  private void place(int index, LoopTimer timer) {
    heap[index] = timer;
    timer.position = index;
  }

  private LoopTimer at(int index) {
    LoopTimer timer = heap[index];
    if (timer == null) {
      throw new IllegalStateException("no timer at " + index + " of " + size);
    }
    return timer;
  }
}
