package org.klatsch.turn.server;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunErrorCode;
import org.klatsch.stun.StunMessage;
import org.klatsch.turn.TurnMethod;

/// Answers what RFC 6062 adds: Connect and ConnectionBind, and tells clients of peers that connect.
final class TcpRequestHandler {
  private final RequestHandler requests;
  private final TcpConnections connections;
  private final PeerAccess access;
  private final TurnServerCounters.Live counters;

  TcpRequestHandler(
      RequestHandler requests,
      TcpConnections connections,
      PeerAccess access,
      TurnServerCounters.Live counters) {
    this.requests = requests;
    this.connections = connections;
    this.access = access;
    this.counters = counters;
  }

  TcpConnections connections() {
    return connections;
  }

  /// RFC 6062 §5.2. The answer comes once the peer is connected.
  void connect(long now, RequestHandler.Request request, Allocation allocation)
      throws MalformedStunException {
    StunMessage message = request.message();
    TransportAddress peer = message.xorAddress(StunAttributeType.XOR_PEER_ADDRESS);
    TransportAddress relayed = peer == null ? null : allocation.relayedTo(peer);
    int code = 0;
    if (!allocation.isTcp || peer == null || peer.port() == 0) {
      code = StunErrorCode.BAD_REQUEST;
    } else if (relayed == null) {
      code = StunErrorCode.PEER_ADDRESS_FAMILY_MISMATCH;
    } else if (access.accessOf(allocation, peer) == PeerAccess.Access.NONE) {
      counters.peersRefused++;
      code = StunErrorCode.FORBIDDEN;
    } else if (connections.isConnected(allocation, peer)) {
      code = StunErrorCode.CONNECTION_ALREADY_EXISTS;
    } else if (!connections.hasRoom(allocation)) {
      code = StunErrorCode.INSUFFICIENT_CAPACITY;
    }
    if (code != 0 || peer == null || relayed == null) {
      requests.refuse(request, code);
      return;
    }
    TcpConnections.Waiting waiting =
        new TcpConnections.Waiting(
            message.transactionId(),
            request.integrity(),
            message.has(StunAttributeType.FINGERPRINT));
    TcpConnections.PeerConnection made = connections.add(now, allocation, peer, waiting);
    connections.ports().connect(made.id, relayed, peer);
  }

  /// The driver has connected to a peer.
  void connected(long now, int id) {
    TcpConnections.PeerConnection connection = connections.find(id);
    TcpConnections.Waiting waiting = connection == null ? null : connection.waiting;
    if (connection == null || waiting == null) {
      connections.ports().disconnect(id);
      return;
    }
    connections.connected(now, connection);
    requests
        .start(StunClass.SUCCESS_RESPONSE, TurnMethod.CONNECT, waiting.transaction())
        .u32(StunAttributeType.CONNECTION_ID, Integer.toUnsignedLong(id));
    requests.finish(connection.allocation, waiting.integrity(), waiting.fingerprint());
  }

  /// The driver could not connect, or a peer's connection has ended.
  void closed(int id) {
    TcpConnections.PeerConnection connection = connections.remove(id);
    if (connection != null) {
      refuse(connection);
    }
  }

  private void refuse(TcpConnections.PeerConnection connection) {
    TcpConnections.Waiting waiting = connection.waiting;
    if (waiting != null) {
      requests
          .start(StunClass.ERROR_RESPONSE, TurnMethod.CONNECT, waiting.transaction())
          .error(StunErrorCode.CONNECTION_FAILED);
      requests.finish(connection.allocation, waiting.integrity(), waiting.fingerprint());
    }
  }

  /// A peer has connected to a relayed address, RFC 6062 §5.3.
  ///
  /// @return what names the connection, or null when it is to be closed
  @Nullable Integer accepted(long now, @Nullable Allocation allocation, TransportAddress peer) {
    Allocation.Permission permission = allocation == null ? null : allocation.permission(now, peer);
    if (allocation == null
        || permission == null
        || permission.ownPortsOnly && !access.isTcpRelay(peer)
        || connections.isConnected(allocation, peer)
        || !connections.hasRoom(allocation)) {
      counters.withoutPermission++;
      return null;
    }
    TcpConnections.PeerConnection made = connections.add(now, allocation, peer, null);
    requests
        .startIndication(TurnMethod.CONNECTION_ATTEMPT)
        .u32(StunAttributeType.CONNECTION_ID, Integer.toUnsignedLong(made.id))
        .xorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer);
    requests.tell(allocation);
    return made.id;
  }

  /// The allocation of the connection that a ConnectionBind names, or null.
  @Nullable Allocation allocationOf(StunMessage message) throws MalformedStunException {
    long id = message.u32(StunAttributeType.CONNECTION_ID);
    TcpConnections.PeerConnection connection = id < 0 ? null : connections.find((int) id);
    return connection == null ? null : connection.allocation;
  }

  /// RFC 6062 §5.4: the connection that the request came on is to carry a peer's data.
  void bind(RequestHandler.Request request, @Nullable Allocation onThatConnection)
      throws MalformedStunException {
    long id = request.message().u32(StunAttributeType.CONNECTION_ID);
    TcpConnections.PeerConnection connection =
        id < 0 || !request.stream() || onThatConnection != null ? null : connections.find((int) id);
    // A connection of somebody else does not exist for this user.
    if (connection == null
        || connection.isJoined()
        || connection.waiting != null
        || !connection.allocation.username.equals(request.username())) {
      requests.refuse(request, StunErrorCode.BAD_REQUEST);
      return;
    }
    requests.start(StunClass.SUCCESS_RESPONSE, request.message());
    requests.finish(request);
    connections.join(connection, request.local(), request.remote());
  }

  void handleTimeout(long now) {
    for (TcpConnections.PeerConnection expired = connections.pollExpired(now);
        expired != null;
        expired = connections.pollExpired(now)) {
      connections.disconnect(expired);
      refuse(expired);
    }
  }
}
