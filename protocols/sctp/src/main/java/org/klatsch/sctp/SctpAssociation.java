package org.klatsch.sctp;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;

/// One SCTP association, RFC 9260.
public final class SctpAssociation implements ProtocolCore<SctpEvent> {
  /// The states of RFC 9260 §4.
  public enum State {
    CLOSED,
    COOKIE_WAIT,
    COOKIE_ECHOED,
    ESTABLISHED,
    SHUTDOWN_PENDING,
    SHUTDOWN_SENT,
    SHUTDOWN_RECEIVED,
    SHUTDOWN_ACK_SENT
  }

  private final SctpOptions options;

  /// @param random for keys and tags
  public SctpAssociation(SctpOptions options, SecureRandom random) {
    this.options = options;
  }

  public SctpOptions options() {
    return options;
  }

  public State state() {
    return State.CLOSED;
  }

  /// Sends INIT; both sides may, RFC 9260 §5.2.1.
  public void connect(long now) {}

  /// The value of our INIT chunk, for the peer to take by signalling instead of the handshake.
  public byte[] localInit() {
    return new byte[0];
  }

  /// Establishes the association with the peer's INIT chunk from signalling.
  public void acceptRemoteInit(long now, byte[] init) {}

  /// Takes a packet, borrowed.
  public void handlePacket(long now, byte[] packet, int offset, int length) {}

  /// Queues a message without copying: `data` belongs to the association from now on unless false
  /// is returned.
  ///
  /// @return false when the send buffer is full
  public boolean send(
      long now, int streamId, int ppid, byte[] data, int offset, int length, SendOptions how) {
    return send(now, streamId, ppid, data, offset, length, length, how);
  }

  /// As above.
  ///
  /// @param counted by how much the stream's buffered amount grows
  public boolean send(
      long now,
      int streamId,
      int ppid,
      byte[] data,
      int offset,
      int length,
      int counted,
      SendOptions how) {
    return false;
  }

  /// Bytes queued on a stream and not yet handed to the network.
  public long bufferedAmount(int streamId) {
    return 0;
  }

  /// Bytes queued on all streams.
  public long bufferedAmount() {
    return 0;
  }

  /// Sets the amount for [SctpEvent.BufferedAmountLow].
  public void bufferedAmountLowThreshold(int streamId, long bytes) {}

  /// Sets the weight of a stream among those with data.
  public void priority(int streamId, int weight) {}

  /// Gives back receive window held by a delivered message.
  public void consumed(long now, int bytes) {}

  /// Resets streams once their queued data is sent, RFC 6525 §5.1.2.
  public void resetOutgoingStreams(long now, int... streamIds) {}

  /// Asks the peer for more streams, RFC 6525 §5.1.5 and §5.1.6.
  public void addStreams(long now, int outgoing, int incoming) {}

  /// Ends in good order once everything is delivered, RFC 9260 §9.2.
  public void shutdown(long now) {}

  /// Ends at once, RFC 9260 §9.1.
  public void abort(long now, String reason) {}

  /// Sets the largest packet size that path MTU discovery tries.
  public void maxPacketSize(long now, int bytes) {}

  /// The packets take another path from now on.
  public void handlePathChanged(long now) {}

  @Override
  public void handleTimeout(long now) {}

  @Override
  public long nextTimeout() {
    return NEVER;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    return false;
  }

  @Override
  public @Nullable SctpEvent pollEvent() {
    return null;
  }
}
