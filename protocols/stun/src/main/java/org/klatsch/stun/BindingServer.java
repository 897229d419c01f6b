package org.klatsch.stun;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;

/// A STUN server that answers Binding requests without authentication, RFC 8489 §12 (the basic
/// server behaviour): tells everybody the address it sees. It keeps no state per client, and its
/// responses are about as short as their requests.
public final class BindingServer implements PacketCore<Void> {
  /// Comprehension-required attributes understood, ascending.
  private static final int[] UNDERSTOOD = {
    StunAttributeType.MAPPED_ADDRESS,
    StunAttributeType.USERNAME,
    StunAttributeType.REALM,
    StunAttributeType.NONCE,
    StunAttributeType.PASSWORD_ALGORITHM,
    StunAttributeType.USERHASH,
    StunAttributeType.XOR_MAPPED_ADDRESS,
  };

  private record Response(
      TransactionId id,
      TransportAddress local,
      TransportAddress remote,
      int[] unknown,
      boolean fingerprint) {}

  private final int maxQueued;
  private final Queue<Response> responses = new ArrayDeque<>();
  private final StunMessage message = new StunMessage();
  private final StunMessageWriter writer = new StunMessageWriter();
  private long dropped;

  /// @param maxQueued how many responses may wait for the socket
  public BindingServer(int maxQueued) {
    if (maxQueued < 1) {
      throw new IllegalArgumentException("maxQueued " + maxQueued + " must be at least 1");
    }
    this.maxQueued = maxQueued;
  }

  /// Packets that were no Binding requests, or came while the queue was full.
  public long dropped() {
    return dropped;
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
    try {
      message.reset(buffer, offset, length);
    } catch (MalformedStunException e) {
      dropped++;
      return;
    }
    boolean damaged = message.has(StunAttributeType.FINGERPRINT) && !Fingerprint.matches(message);
    if (damaged
        || !message.is(StunClass.REQUEST, StunMethod.BINDING)
        || responses.size() >= maxQueued) {
      dropped++;
      return;
    }
    responses.add(
        new Response(
            message.transactionId(),
            local,
            remote,
            message.unknownRequired(UNDERSTOOD),
            message.has(StunAttributeType.FINGERPRINT)));
  }

  @Override
  public void handleTimeout(long now) {}

  @Override
  public long nextTimeout() {
    return ProtocolCore.NEVER;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    Response response = responses.poll();
    if (response == null) {
      return false;
    }
    if (response.unknown().length == 0) {
      writer
          .start(out, StunClass.SUCCESS_RESPONSE, StunMethod.BINDING, response.id())
          .xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, response.remote());
    } else {
      writer
          .start(out, StunClass.ERROR_RESPONSE, StunMethod.BINDING, response.id())
          .error(StunErrorCode.UNKNOWN_ATTRIBUTE)
          .unknownAttributes(response.unknown());
    }
    // Without need it would make the answer to a bare request twice as long as that.
    if (response.fingerprint()) {
      writer.fingerprint();
    }
    out.route(response.local(), response.remote());
    out.commit(writer.length());
    return true;
  }

  @Override
  public @Nullable Void pollEvent() {
    return null;
  }
}
