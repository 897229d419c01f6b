package org.klatsch.sctp;

import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sctp.SctpAssociation.State;
import org.klatsch.sctp.packet.Chunk;
import org.klatsch.sctp.packet.ChunkType;
import org.klatsch.sctp.packet.DropReason;
import org.klatsch.sctp.packet.SctpMalformedException;
import org.klatsch.sctp.packet.Wire;
import org.klatsch.sctp.rx.DataReceiver;
import org.klatsch.sctp.tx.DataSender;
import org.klatsch.sctp.tx.RetransmissionTimeout;

/// Ending in good order, RFC 9260 §9.2: SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE.
final class ShutdownSequence {
  private final SctpAssociation association;
  private final ControlQueue control;
  private final DataSender sender;
  private final DataReceiver receiver;
  private final RetransmissionTimeout rto;
  private final SctpOptions options;

  /// T2-shutdown.
  private long deadline = ProtocolCore.NEVER;

  /// T5-shutdown-guard, RFC 9260 §9.2: five times RTO.Max.
  private long guard = ProtocolCore.NEVER;

  ShutdownSequence(
      SctpAssociation association,
      ControlQueue control,
      DataSender sender,
      DataReceiver receiver,
      RetransmissionTimeout rto,
      SctpOptions options) {
    this.association = association;
    this.control = control;
    this.sender = sender;
    this.receiver = receiver;
    this.rto = rto;
    this.options = options;
  }

  long nextTimeout() {
    return Math.min(deadline, guard);
  }

  void stop() {
    deadline = ProtocolCore.NEVER;
    guard = ProtocolCore.NEVER;
  }

  /// Takes the next step once all data is acknowledged.
  void advance(long now) {
    if (association.state() == State.SHUTDOWN_PENDING && sender.isIdle()) {
      association.state(State.SHUTDOWN_SENT);
      guard = now + 5 * options.rtoMax().toNanos();
      sendShutdown(now);
    } else if (association.state() == State.SHUTDOWN_RECEIVED && sender.isIdle()) {
      association.state(State.SHUTDOWN_ACK_SENT);
      sendShutdownAck(now);
    }
  }

  private void sendShutdown(long now) {
    byte[] value = new byte[4];
    Wire.put32(value, 0, receiver.cumulativeTsn());
    control.add(Chunk.encode(ChunkType.SHUTDOWN, 0, value));
    deadline = now + rto.rto();
  }

  private void sendShutdownAck(long now) {
    control.add(Chunk.encode(ChunkType.SHUTDOWN_ACK, 0));
    deadline = now + rto.rto();
  }

  /// Data came: while we are shutting down it is answered by SHUTDOWN and SACK at once.
  void handleData(long now) {
    if (association.state() == State.SHUTDOWN_SENT) {
      receiver.requestSack();
      sendShutdown(now);
    }
  }

  void handleShutdown(long now, byte[] packet, int position, int length)
      throws SctpMalformedException {
    if (length != 8) {
      throw new SctpMalformedException(DropReason.BAD_LENGTH, "SHUTDOWN of " + length);
    }
    switch (association.state()) {
      case ESTABLISHED, SHUTDOWN_PENDING, SHUTDOWN_RECEIVED -> {
        association.handleCumulativeAck(now, Wire.i32(packet, position + 4));
        association.state(State.SHUTDOWN_RECEIVED);
        advance(now);
      }
      case SHUTDOWN_SENT, SHUTDOWN_ACK_SENT -> {
        // Both sides shut down at once.
        association.state(State.SHUTDOWN_ACK_SENT);
        sendShutdownAck(now);
      }
      default -> throw new SctpMalformedException(DropReason.UNEXPECTED_CHUNK, "SHUTDOWN");
    }
  }

  void handleShutdownAck() throws SctpMalformedException {
    if (association.state() != State.SHUTDOWN_SENT
        && association.state() != State.SHUTDOWN_ACK_SENT) {
      throw new SctpMalformedException(DropReason.UNEXPECTED_CHUNK, "SHUTDOWN ACK");
    }
    control.addStandalone(
        association.peerTag(), Chunk.encode(ChunkType.SHUTDOWN_COMPLETE, 0), false);
    complete();
  }

  void handleShutdownComplete() throws SctpMalformedException {
    if (association.state() != State.SHUTDOWN_ACK_SENT) {
      throw new SctpMalformedException(DropReason.UNEXPECTED_CHUNK, "SHUTDOWN COMPLETE");
    }
    complete();
  }

  private void complete() {
    association.close(new SctpCloseCause(SctpCloseCause.Kind.SHUTDOWN, 0, "shut down"));
  }

  void handleTimeout(long now) {
    if (guard <= now) {
      guard = ProtocolCore.NEVER;
      association.abort(now, "shutdown takes too long");
      return;
    }
    if (deadline > now) {
      return;
    }
    deadline = ProtocolCore.NEVER;
    rto.backOff();
    association.countError();
    if (association.state() == State.SHUTDOWN_SENT) {
      sendShutdown(now);
    } else if (association.state() == State.SHUTDOWN_ACK_SENT) {
      sendShutdownAck(now);
    }
  }
}
