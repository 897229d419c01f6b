package org.klatsch.dtls;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketWriter;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;

/// Sends flights and sends them again until the answer is there: the timer and the states
/// PREPARING, SENDING, WAITING and FINISHED of RFC 6347 §4.2.4 and RFC 9147 §5.8.1. Messages are
/// cut to the MTU and several records go into a datagram, §4.2.3. What the peer has acknowledged
/// under version 1.3 is not sent again.
final class FlightTransmitter {
  /// Retransmissions without an answer after which smaller packets are tried, RFC 6347 §4.1.1.1.
  private static final int TIMEOUTS_BEFORE_SMALLER = 3;

  /// What IPv4 must carry unfragmented: 576 bytes less the headers of IP and UDP.
  private static final int SMALL_MTU = 548;

  /// A fragment is not begun at the end of a datagram for fewer bytes than this.
  private static final int SMALLEST_FRAGMENT = 32;

  /// Records of the present flight whose acknowledgement is understood: twelve sendings of a flight
  /// at the usual MTU.
  private static final int MAX_SENT = 64;

  /// What a record carried.
  private record Sent(int epoch, long sequence, int item, int from, int to) {}

  private final RecordLayer records;
  private final DtlsStatistics statistics;
  private final ArrayDeque<Sent> sent = new ArrayDeque<>(4);

  /// For each item the bytes that the peer has; an empty body counts as one byte.
  private BitSet[] acknowledged = {};

  private final long initialInterval;
  private final long maxInterval;
  private int mtu;
  private @Nullable Flight flight;
  private int flightNumber;
  private boolean awaitsAnswer;
  private boolean sending;
  private int item;
  private int bodyOffset;
  private long interval;
  private int timeouts;
  private long deadline = ProtocolCore.NEVER;
  private long lastSent;

  FlightTransmitter(DtlsOptions options, RecordLayer records, DtlsStatistics statistics) {
    this.records = records;
    this.statistics = statistics;
    this.mtu = options.mtu();
    this.initialInterval = options.initialRetransmission().toNanos();
    this.maxInterval = options.maxRetransmission().toNanos();
    this.interval = initialInterval;
  }

  /// Replaces the flight by the next one.
  ///
  /// @param awaitsAnswer false for the last flight of a handshake, which is only sent again when
  ///   the peer repeats its own
  void send(Flight next, boolean awaitsAnswer) {
    this.flight = next;
    flightNumber++;
    this.awaitsAnswer = awaitsAnswer;
    sent.clear();
    acknowledged = new BitSet[next.items().size()];
    for (int i = 0; i < acknowledged.length; i++) {
      acknowledged[i] = new BitSet();
    }
    interval = initialInterval;
    timeouts = 0;
    restart();
  }

  private void restart() {
    sending = true;
    item = 0;
    bodyOffset = 0;
    deadline = ProtocolCore.NEVER;
  }

  /// The answer came: no retransmission until the next flight. The flight stays for a peer that
  /// repeats its own.
  void answered() {
    deadline = ProtocolCore.NEVER;
    awaitsAnswer = false;
  }

  /// A number that grows with every flight, for whoever carries flights; 0 while there is none.
  int flightNumber() {
    return flight == null ? 0 : flightNumber;
  }

  /// The flight was sent as a whole in some other way than by [#pollTransmit].
  void sent(long now) {
    if (flight != null && sending) {
      finishSending(now);
    }
  }

  private void finishSending(long now) {
    sending = false;
    lastSent = now;
    deadline = awaitsAnswer ? now + interval : ProtocolCore.NEVER;
  }

  /// Whether a flight is kept that may be sent again.
  boolean hasFlight() {
    return flight != null;
  }

  /// The peer has a record, RFC 9147 §7.2.
  ///
  /// @return whether that is news
  boolean acknowledge(Ack.RecordNumber number) {
    boolean news = false;
    for (Sent record : sent) {
      if (record.epoch == number.epoch() && record.sequence == number.sequence()) {
        BitSet bytes = acknowledged[record.item];
        news |= bytes.nextClearBit(record.from) < record.to;
        bytes.set(record.from, record.to);
      }
    }
    return news;
  }

  /// Whether the peer has all of the flight.
  boolean isAcknowledged() {
    if (flight == null) {
      return false;
    }
    for (int i = 0; i < acknowledged.length; i++) {
      if (acknowledged[i].nextClearBit(0) < Math.max(1, flight.items().get(i).body().length)) {
        return false;
      }
    }
    return true;
  }

  /// The peer told which part of the flight it has: the rest is sent at once, RFC 9147 §7.2, unless
  /// that may still be under way.
  void sendRest(long now) {
    if (flight != null && !sending && now - lastSent >= initialInterval / 4) {
      statistics.flightsRetransmitted++;
      restart();
    }
  }

  /// The peer sent its flight again, so it has not got ours: RFC 6347 §4.2.4, WAITING and FINISHED.
  /// A copy that the network made comes within a moment and is no reason.
  void peerRepeated(long now) {
    if (flight != null && !sending && now - lastSent >= initialInterval / 4) {
      statistics.flightsRetransmitted++;
      restart();
    }
  }

  long nextTimeout() {
    return deadline;
  }

  void handleTimeout(long now) {
    if (deadline <= now && flight != null) {
      statistics.flightsRetransmitted++;
      timeouts++;
      interval = Math.min(2 * interval, maxInterval);
      restart();
    }
  }

  /// Forgets the flight.
  void cancel() {
    flight = null;
    sending = false;
    sent.clear();
    deadline = ProtocolCore.NEVER;
  }

  void mtu(int bytes) {
    mtu = bytes;
  }

  private int effectiveMtu() {
    return timeouts >= TIMEOUTS_BEFORE_SMALLER ? Math.min(mtu, SMALL_MTU) : mtu;
  }

  /// Writes the next datagram of the flight.
  boolean pollTransmit(long now, TransmitBuffer out) {
    if (!sending || flight == null) {
      return false;
    }
    int length =
        write(flight, out.array(), out.position(), Math.min(effectiveMtu(), out.remaining()));
    if (length == 0) {
      return false;
    }
    out.commit(length);
    if (item == flight.items().size()) {
      finishSending(now);
    }
    return true;
  }

  /// The whole flight as datagrams of at most `mtu` bytes, for a carrier other than
  /// [#pollTransmit]. Every call takes new record numbers.
  List<byte[]> datagrams(int mtu) {
    List<byte[]> datagrams = new ArrayList<>();
    if (flight != null) {
      int savedItem = item;
      int savedOffset = bodyOffset;
      item = 0;
      bodyOffset = 0;
      byte[] datagram = new byte[mtu];
      while (item < flight.items().size()) {
        datagrams.add(Arrays.copyOf(datagram, write(flight, datagram, 0, mtu)));
      }
      item = savedItem;
      bodyOffset = savedOffset;
    }
    return datagrams;
  }

  /// Writes as many records as fit from [#item] and [#bodyOffset] on.
  private int write(Flight from, byte[] array, int offset, int room) {
    int written = 0;
    byte[] plaintext = new byte[room];
    while (item < from.items().size()) {
      Flight.Item next = from.items().get(item);
      HandshakeMessage message = next.message();
      int left =
          Math.min(
              room - written - records.overhead(message.epoch()),
              records.sendLimit(message.epoch()));
      int length;
      if (next.contentType() == ContentType.CHANGE_CIPHER_SPEC) {
        if (left < 1) {
          return written;
        }
        plaintext[0] = message.body()[0];
        length = 1;
        item++;
      } else {
        bodyOffset = acknowledged[item].nextClearBit(bodyOffset);
        if (bodyOffset >= Math.max(1, message.body().length)) {
          item++;
          bodyOffset = 0;
          continue;
        }
        int known = acknowledged[item].nextSetBit(bodyOffset);
        int remaining = (known < 0 ? message.body().length : known) - bodyOffset;
        int fragment = Math.min(remaining, left - HandshakeHeader.LENGTH);
        if (fragment < Math.min(remaining, SMALLEST_FRAGMENT)) {
          return written;
        }
        PacketWriter writer = new PacketWriter(plaintext, 0, plaintext.length);
        HandshakeHeader.write(
            writer,
            message.type(),
            message.body().length,
            message.sequence(),
            bodyOffset,
            fragment);
        writer.bytes(message.body(), bodyOffset, fragment);
        length = writer.length();
        note(message.epoch(), fragment);
        bodyOffset += fragment;
        if (bodyOffset >= message.body().length) {
          item++;
          bodyOffset = 0;
        }
      }
      written +=
          records.seal(
              next.contentType(), message.epoch(), plaintext, 0, length, array, offset + written);
    }
    return written;
  }

  private void note(int epoch, int fragment) {
    if (sent.size() == MAX_SENT) {
      sent.removeFirst();
    }
    int end = bodyOffset + Math.max(1, fragment);
    sent.add(new Sent(epoch, records.nextSequence(epoch), item, bodyOffset, end));
  }
}
