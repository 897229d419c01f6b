package org.klatsch.sctp;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.klatsch.sansio.TransmitBuffer;

/// An association under a test's hand: packets go where the test takes them.
final class Endpoint {
  final SctpAssociation association;
  final List<SctpEvent> events = new ArrayList<>();
  final Deque<byte[]> wire = new ArrayDeque<>();
  boolean consume = true;
  private final TransmitBuffer out = new TransmitBuffer(64, 9216);

  Endpoint(SctpOptions options, long seed) {
    association = new SctpAssociation(options, new SeededRandom(seed));
  }

  Endpoint(long seed) {
    this(SctpOptions.defaults(), seed);
  }

  /// Moves packets and events out.
  void drain(long now) {
    association.handleTimeout(now);
    while (association.pollTransmit(now, out)) {
      for (int i = 0; i < out.packetCount(); i++) {
        int offset = out.packetOffset(i);
        wire.add(Arrays.copyOfRange(out.array(), offset, offset + out.packetLength(i)));
      }
      out.clear();
    }
    for (SctpEvent e = association.pollEvent(); e != null; e = association.pollEvent()) {
      events.add(e);
      if (consume && e instanceof SctpEvent.Message message) {
        association.consumed(now, message.windowBytes());
      }
    }
  }

  void receive(long now, byte[] packet) {
    association.handlePacket(now, packet, 0, packet.length);
  }

  /// The next packet it sent, as text, given to `peer`.
  String sendOneTo(Endpoint peer, long now) {
    drain(now);
    byte[] packet = wire.poll();
    if (packet == null) {
      return "";
    }
    peer.receive(now, packet);
    peer.drain(now);
    return PacketText.chunks(packet);
  }

  boolean send(long now, int stream, int length) {
    return association.send(now, stream, 53, new byte[length], 0, length, SendOptions.RELIABLE);
  }

  List<SctpEvent.Message> messages() {
    return events.stream()
        .filter(SctpEvent.Message.class::isInstance)
        .map(SctpEvent.Message.class::cast)
        .toList();
  }

  <T extends SctpEvent> List<T> eventsOf(Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /// Exchanges everything without loss or delay until both are quiet.
  static void exchange(Endpoint a, Endpoint b, long now) {
    boolean moved;
    do {
      moved = false;
      a.drain(now);
      b.drain(now);
      while (!a.wire.isEmpty() || !b.wire.isEmpty()) {
        moved = true;
        byte[] fromA = a.wire.poll();
        if (fromA != null) {
          b.receive(now, fromA);
        }
        byte[] fromB = b.wire.poll();
        if (fromB != null) {
          a.receive(now, fromB);
        }
      }
    } while (moved);
  }

  /// Exchanges while `milliseconds` pass, one at a time, so that pacing lets everything through.
  ///
  /// @return the time afterwards
  static long run(Endpoint a, Endpoint b, long start, int milliseconds) {
    long now = start;
    for (int i = 0; i < milliseconds; i++) {
      now += 1_000_000;
      exchange(a, b, now);
    }
    return now;
  }

  /// Two connected associations.
  static Endpoint[] connected(SctpOptions a, SctpOptions b, long now) {
    Endpoint left = new Endpoint(a, 1);
    Endpoint right = new Endpoint(b, 2);
    left.association.connect(now);
    exchange(left, right, now);
    left.events.clear();
    right.events.clear();
    return new Endpoint[] {left, right};
  }
}
