package org.klatsch.dtls;

import java.util.ArrayDeque;
import java.util.List;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;

/// Which of the peer's handshake records are to be acknowledged and when, RFC 9147 §7.1: a flight
/// that stays incomplete for a moment, what no flight of ours answers at once. A flight of ours
/// acknowledges all before it. Version 1.3 only: before [#enable] nothing is sent.
final class AckSchedule {
  /// Record numbers kept; the newest count. A flight at the smallest MTU has about as many.
  private static final int MAX_NUMBERS = 32;

  private final ArrayDeque<Ack.RecordNumber> numbers = new ArrayDeque<>(4);
  private final long delay;
  private boolean enabled;
  private boolean handshakeOver;
  private boolean due;
  private long deadline = ProtocolCore.NEVER;

  /// RFC 9147 §7.1 suggests a quarter of the retransmission timer to wait for the rest of a flight.
  AckSchedule(DtlsOptions options) {
    this.delay = options.initialRetransmission().toNanos() / 4;
  }

  void enable() {
    enabled = true;
  }

  boolean isEnabled() {
    return enabled;
  }

  /// Notes a record whose fragments were all kept or had been before.
  void received(long now, int epoch, long sequence) {
    Ack.RecordNumber number = new Ack.RecordNumber(epoch, sequence);
    if (numbers.contains(number)) {
      return;
    }
    if (numbers.size() == MAX_NUMBERS) {
      numbers.removeFirst();
    }
    numbers.add(number);
    if (enabled && deadline == ProtocolCore.NEVER) {
      deadline = now + delay;
    }
  }

  /// Nothing of ours will answer what came.
  void sendNow() {
    due = enabled && !numbers.isEmpty();
  }

  /// From now on every message is acknowledged for itself.
  void endHandshake() {
    handshakeOver = true;
  }

  /// A flight of ours acknowledges all that came, or there is nobody to tell any more.
  void clear() {
    numbers.clear();
    due = false;
    deadline = ProtocolCore.NEVER;
  }

  void handleTimeout(long now) {
    if (deadline <= now) {
      deadline = ProtocolCore.NEVER;
      sendNow();
    }
  }

  long nextTimeout() {
    return deadline;
  }

  boolean pollTransmit(RecordLayer records, TransmitBuffer out) {
    if (!due) {
      return false;
    }
    byte[] content = new Ack(List.copyOf(numbers)).encode();
    due = false;
    deadline = ProtocolCore.NEVER;
    if (handshakeOver) {
      numbers.clear();
    }
    if (out.remaining() < content.length + records.overhead()) {
      return false;
    }
    out.commit(
        records.seal(ContentType.ACK, content, 0, content.length, out.array(), out.position()));
    return true;
  }
}
