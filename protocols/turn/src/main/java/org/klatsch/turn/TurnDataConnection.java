package org.klatsch.turn;

import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.RetransmissionSchedule;
import org.klatsch.stun.StunAttribute;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClient;
import org.klatsch.stun.StunClientEvent;
import org.klatsch.stun.StunCredential;

/// The beginning of a connection to a TURN server that carries one peer's data, RFC 6062 §4.3: asks
/// for it by ConnectionBind. After [Outcome#BOUND] the bytes of the stream are the peer's, without
/// any frame; the driver cuts answers with [TurnStreamDecoder] up to then. Not thread-safe.
public final class TurnDataConnection implements PacketCore<TurnDataConnection.Outcome> {
  /// What becomes of it.
  public enum Outcome {
    BOUND,

    /// The server refuses, or does not answer; close the connection.
    FAILED
  }

  private final StunClient stun;

  /// @param connection as [TurnClientEvent.PeerConnected] tells it
  public TurnDataConnection(
      TransportAddress local,
      TransportAddress server,
      StunCredential.LongTerm credential,
      int connection,
      long now,
      SecureRandom random) {
    stun =
        new StunClient(local, server, true, RetransmissionSchedule.DEFAULT, credential, 1, random);
    stun.send(
        now,
        TurnMethod.CONNECTION_BIND,
        List.of(
            new StunAttribute.Unsigned32(
                StunAttributeType.CONNECTION_ID, Integer.toUnsignedLong(connection))));
  }

  @Override
  public void handlePacket(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    stun.handlePacket(now, local, remote, ecn, buffer, offset, length);
  }

  @Override
  public void handleTimeout(long now) {
    stun.handleTimeout(now);
  }

  @Override
  public long nextTimeout() {
    return stun.nextTimeout();
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    return stun.pollTransmit(now, out);
  }

  @Override
  public @Nullable Outcome pollEvent() {
    StunClientEvent event = stun.pollEvent();
    return event == null
        ? null
        : event instanceof StunClientEvent.Succeeded ? Outcome.BOUND : Outcome.FAILED;
  }
}
