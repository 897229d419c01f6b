package org.klatsch.webrtc;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// What happened at one connection: its events and its descriptions, of each the latest. It holds
/// texts that exist anyway, and nothing is computed before somebody looks. Thread-safe.
final class ConnectionLog {
  private static final AtomicLong NUMBERS = new AtomicLong();

  /// A connection with ten candidates, set up and ended, has some 30.
  private static final int MAX_EVENTS = 100;

  /// The last four negotiations.
  private static final int MAX_DESCRIPTIONS = 8;

  private final long number = NUMBERS.incrementAndGet();
  private final String name;
  private final long createdAt = System.currentTimeMillis();
  private final Deque<InspectedConnection.Entry> events = new ArrayDeque<>();
  private final Deque<InspectedConnection.Description> descriptions = new ArrayDeque<>();
  private long dropped;
  private boolean closed;

  ConnectionLog(String name) {
    this.name = name;
  }

  long number() {
    return number;
  }

  String name() {
    return name;
  }

  long createdAt() {
    return createdAt;
  }

  synchronized void event(String what, String detail) {
    if (events.size() == MAX_EVENTS) {
      events.removeFirst();
      dropped++;
    }
    // A description that was refused may be quoted.
    String clean = InspectedConnection.Description.withoutSecrets(detail);
    events.addLast(new InspectedConnection.Entry(System.currentTimeMillis(), what, clean));
  }

  synchronized void description(boolean local, String type, String sdp) {
    if (descriptions.size() == MAX_DESCRIPTIONS) {
      descriptions.removeFirst();
    }
    descriptions.addLast(
        new InspectedConnection.Description(System.currentTimeMillis(), local, type, sdp));
  }

  synchronized void closed() {
    if (!closed) {
      event("close", "");
      closed = true;
    }
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /// How many earlier events are not kept.
  synchronized long dropped() {
    return dropped;
  }

  synchronized List<InspectedConnection.Entry> events() {
    return List.copyOf(events);
  }

  /// With secrets blotted out.
  synchronized List<InspectedConnection.Description> descriptions() {
    List<InspectedConnection.Description> clean = new ArrayList<>();
    for (InspectedConnection.Description each : descriptions) {
      clean.add(each.withoutSecrets());
    }
    return List.copyOf(clean);
  }
}
