package org.klatsch.dtls;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.Pump;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.Work;

/// One end of a connection in a test: runs work at once (or keeps it), collects packets, events and
/// data.
final class TestEnd {
  final DtlsConnection connection;
  final ArrayDeque<byte[]> sent = new ArrayDeque<>();
  final List<DtlsEvent> events = new ArrayList<>();
  final List<byte[]> received = new ArrayList<>();
  final ArrayDeque<Work> heldWork = new ArrayDeque<>();
  boolean holdsWork;
  long nextTimeout = DtlsConnection.NEVER;
  private final TransmitBuffer out = new TransmitBuffer(8, 17_000);

  TestEnd(DtlsOptions options, long seed) {
    connection = new DtlsConnection(options, new TestRandom(seed));
  }

  void start(long now) {
    connection.start(now);
    pump(now);
  }

  void pump(long now) {
    nextTimeout = Pump.run(connection, now, out, event -> handle(now, event));
    collect();
  }

  private void collect() {
    for (int i = 0; i < out.packetCount(); i++) {
      int offset = out.packetOffset(i);
      sent.add(Arrays.copyOfRange(out.array(), offset, offset + out.packetLength(i)));
    }
    out.clear();
  }

  private void handle(long now, DtlsEvent event) {
    events.add(event);
    switch (event) {
      case DtlsEvent.WorkRequested(Work work) -> {
        if (holdsWork) {
          heldWork.add(work);
        } else {
          work.run();
          connection.handleWorkDone(now, work);
        }
      }
      case DtlsEvent.HandshakeCompleted completed ->
          connection.deliverEarlyData(now, this::handleData);
      default -> {}
    }
  }

  void finishWork(long now) {
    Work work = heldWork.remove();
    work.run();
    connection.handleWorkDone(now, work);
    pump(now);
  }

  void receive(long now, byte[] packet) {
    connection.handlePacket(now, packet, 0, packet.length, this::handleData);
    pump(now);
  }

  private void handleData(long now, byte[] data, int offset, int length) {
    received.add(Arrays.copyOfRange(data, offset, offset + length));
  }

  /// Seals application data into a packet of [#sent].
  boolean send(byte[] data) {
    boolean done = connection.protect(data, 0, data.length, out);
    collect();
    return done;
  }

  List<byte[]> takeSent() {
    List<byte[]> packets = new ArrayList<>(sent);
    sent.clear();
    return packets;
  }

  <T extends DtlsEvent> @Nullable T event(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).findFirst().orElse(null);
  }

  NegotiatedParameters negotiated() {
    NegotiatedParameters parameters = connection.negotiated();
    if (parameters == null) {
      throw new AssertionError("not connected: " + events);
    }
    return parameters;
  }

  CloseCause closeCause() {
    DtlsEvent.Closed closed = event(DtlsEvent.Closed.class);
    if (closed == null) {
      throw new AssertionError("not closed: " + events);
    }
    return closed.cause();
  }

  /// Passes packets both ways at one instant until both are quiet.
  static void exchange(long now, TestEnd a, TestEnd b) {
    exchange(now, a, b, packet -> packet, packet -> packet);
  }

  /// The same with a change to every packet; null loses it.
  static void exchange(
      long now,
      TestEnd a,
      TestEnd b,
      UnaryOperator<byte @Nullable []> fromA,
      UnaryOperator<byte @Nullable []> fromB) {
    while (!a.sent.isEmpty() || !b.sent.isEmpty()) {
      for (byte[] packet : a.takeSent()) {
        byte[] changed = fromA.apply(packet);
        if (changed != null) {
          b.receive(now, changed);
        }
      }
      for (byte[] packet : b.takeSent()) {
        byte[] changed = fromB.apply(packet);
        if (changed != null) {
          a.receive(now, changed);
        }
      }
    }
  }
}
