package org.klatsch.turn.server;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MessageIntegrity;
import org.klatsch.stun.TransactionId;

/// The connections between relayed addresses and peers, RFC 6062 §5: being made, waiting for their
/// client's ConnectionBind, or joined.
final class TcpConnections {
  /// RFC 6062 §5.2 and §5.3: how long connecting may take, and the client to ask for it.
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  /// Of one allocation.
  private static final int MAX_CONNECTIONS = 64;

  /// A Connect request that waits for its peer.
  record Waiting(TransactionId transaction, MessageIntegrity integrity, boolean fingerprint) {}

  /// One connection.
  static final class PeerConnection {
    final int id;
    final Allocation allocation;
    final TransportAddress peer;

    /// Null once the peer is connected.
    @Nullable Waiting waiting;

    /// [ProtocolCore#NEVER] once joined.
    long deadline;

    PeerConnection(
        int id,
        Allocation allocation,
        TransportAddress peer,
        @Nullable Waiting waiting,
        long deadline) {
      this.id = id;
      this.allocation = allocation;
      this.peer = peer;
      this.waiting = waiting;
      this.deadline = deadline;
    }

    boolean isJoined() {
      return deadline == ProtocolCore.NEVER;
    }
  }

  private final TcpRelayPorts ports;
  private final SecureRandom random;
  private final Map<Integer, PeerConnection> connections = new HashMap<>();

  /// What may come to its end, in the order of the ends: all wait equally long.
  private final Queue<End> ends = new ArrayDeque<>();

  private record End(long at, PeerConnection connection) {
    /// Whether it was joined, given another time, or has gone.
    boolean isPast() {
      return connection.deadline != at;
    }
  }

  /// @param random for identifiers, which nobody is to guess
  TcpConnections(TcpRelayPorts ports, SecureRandom random) {
    this.ports = ports;
    this.random = random;
  }

  TcpRelayPorts ports() {
    return ports;
  }

  int size() {
    return connections.size();
  }

  /// Whether an allocation may have one more.
  boolean hasRoom(Allocation allocation) {
    return allocation.connections.size() < MAX_CONNECTIONS;
  }

  boolean isConnected(Allocation allocation, TransportAddress peer) {
    return allocation.connections.stream().anyMatch(each -> each.peer.equals(peer));
  }

  PeerConnection add(
      long now, Allocation allocation, TransportAddress peer, @Nullable Waiting waiting) {
    int id = random.nextInt();
    while (connections.containsKey(id)) {
      id = random.nextInt();
    }
    PeerConnection made = new PeerConnection(id, allocation, peer, waiting, now + PATIENCE_NANOS);
    connections.put(id, made);
    allocation.connections.add(made);
    ends.add(new End(made.deadline, made));
    return made;
  }

  @Nullable PeerConnection find(int id) {
    return connections.get(id);
  }

  /// The peer of a connection that was being made is there; the client has its time to ask for it.
  void connected(long now, PeerConnection connection) {
    connection.waiting = null;
    connection.deadline = now + PATIENCE_NANOS;
    ends.add(new End(connection.deadline, connection));
  }

  /// Joins a peer with its client's connection.
  void join(PeerConnection connection, TransportAddress server, TransportAddress client) {
    connection.deadline = ProtocolCore.NEVER;
    ports.join(connection.id, server, client);
  }

  /// Forgets a connection whose socket is gone.
  @Nullable PeerConnection remove(int id) {
    PeerConnection removed = connections.remove(id);
    if (removed != null) {
      removed.deadline = ProtocolCore.NEVER;
      removed.allocation.connections.remove(removed);
    }
    return removed;
  }

  void disconnect(PeerConnection connection) {
    if (remove(connection.id) != null) {
      ports.disconnect(connection.id);
    }
  }

  /// An allocation has ended, and with it all that is connected through it.
  void release(Allocation allocation) {
    List.copyOf(allocation.connections).forEach(this::disconnect);
  }

  private @Nullable End firstEnd() {
    End first = ends.peek();
    while (first != null && first.isPast()) {
      ends.poll();
      first = ends.peek();
    }
    return first;
  }

  /// A connection whose time is over, or null.
  @Nullable PeerConnection pollExpired(long now) {
    End first = firstEnd();
    return first == null || first.at() > now ? null : first.connection();
  }

  long nextTimeout() {
    End first = firstEnd();
    return first == null ? ProtocolCore.NEVER : first.at();
  }
}
