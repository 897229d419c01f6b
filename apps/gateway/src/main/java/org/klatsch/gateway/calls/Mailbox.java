package org.klatsch.gateway.calls;

import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.gateway.transport.SipTransports;
import org.klatsch.sip.Flow;
import org.klatsch.sip.Outgoing;
import org.klatsch.sip.SipMessage;
import org.klatsch.sip.Tokens;
import org.klatsch.sip.transaction.TransactionEvent;
import org.klatsch.sip.transaction.TransactionLayer;
import org.klatsch.sip.transaction.TransactionOptions;

/// One virtual thread with its transactions and alarms: all that belongs to it happens there, one
/// thing after the other. Other threads only put tasks into it.
public abstract class Mailbox {
  private static final System.Logger LOGGER = System.getLogger(Mailbox.class.getName());
  private static final long START = System.nanoTime();

  /// More than a peer sends that waits for answers.
  private static final int MAX_TASKS = 1_000;

  /// How long transactions may linger after the end.
  private static final long LINGER = Duration.ofSeconds(40).toNanos();

  /// Something to be done later.
  static final class Alarm {
    final long time;
    final Runnable task;
    boolean cancelled;

    Alarm(long time, Runnable task) {
      this.time = time;
      this.task = task;
    }

    void cancel() {
      cancelled = true;
    }
  }

  final SipTransports transports;
  final Tokens tokens = new Tokens(new SecureRandom());
  final TransactionLayer transactions;
  private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>(MAX_TASKS);
  private final PriorityQueue<Alarm> alarms =
      new PriorityQueue<>(Comparator.comparingLong((Alarm alarm) -> alarm.time));
  private final Thread thread;
  private boolean over;
  private long overSince;

  Mailbox(String name, SipTransports transports, TransactionOptions options) {
    this.transports = transports;
    this.transactions = new TransactionLayer(options, tokens);
    this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
  }

  final void begin() {
    thread.start();
  }

  /// Nanoseconds since the program began.
  static long now() {
    return System.nanoTime() - START;
  }

  /// Has a task done here; any thread.
  public final void execute(Runnable task) {
    if (!tasks.offer(task)) {
      LOGGER.log(Level.WARNING, "{0} is overloaded, a message is dropped", thread.getName());
    }
  }

  /// A message for this owner; any thread.
  public final void message(Flow flow, SipMessage message) {
    execute(() -> transactions.handleMessage(now(), flow, message));
  }

  /// A message of this owner was not sent; any thread.
  public final void sendFailed(Outgoing message) {
    execute(() -> transactions.handleSendFailure(message));
  }

  /// A connection is gone; any thread.
  public final void flowClosed(Flow flow) {
    execute(() -> {
      transactions.handleFlowFailed(flow);
      lost(flow);
    });
  }

  final Alarm after(Duration delay, Runnable task) {
    Alarm alarm = new Alarm(now() + delay.toNanos(), task);
    alarms.add(alarm);
    return alarm;
  }

  /// Nothing more will begin here: the thread ends with the last transaction.
  final void finish() {
    if (!over) {
      over = true;
      overSince = now();
    }
  }

  private void run() {
    try {
      while (!over || transactions.size() > 0 && now() - overSince < LINGER) {
        Runnable task = next();
        if (task != null) {
          guarded(task);
        }
        guarded(this::turn);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      ended();
    }
  }

  private @Nullable Runnable next() throws InterruptedException {
    long due = transactions.nextTimeout();
    Alarm first = alarms.peek();
    if (first != null) {
      due = Math.min(due, first.time);
    }
    if (over) {
      due = Math.min(due, overSince + LINGER);
    }
    return due == Long.MAX_VALUE
        ? tasks.take()
        : tasks.poll(Math.max(0, due - now()), TimeUnit.NANOSECONDS);
  }

  private void turn() {
    long now = now();
    transactions.handleTimeout(now);
    for (Alarm alarm = alarms.peek(); alarm != null && alarm.time <= now; alarm = alarms.peek()) {
      alarms.remove();
      if (!alarm.cancelled) {
        alarm.task.run();
      }
    }
    boolean busy = true;
    while (busy) {
      busy = false;
      for (Outgoing out = transactions.pollMessage();
          out != null;
          out = transactions.pollMessage()) {
        transports.send(out);
        busy = true;
      }
      TransactionEvent event = transactions.pollEvent();
      if (event != null) {
        handle(event);
        busy = true;
      }
    }
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, thread.getName() + ": internal error", e);
      broken();
    }
  }

  abstract void handle(TransactionEvent event);

  /// A connection is gone.
  abstract void lost(Flow flow);

  /// A task threw.
  abstract void broken();

  /// The thread ends.
  abstract void ended();
}
