package org.klatsch.turn.server;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.TransactionId;

/// What the server holds for a client, RFC 8656 §5: relayed addresses, permissions, channels.
final class Allocation {
  /// RFC 8656 §9.
  static final long PERMISSION_NANOS = 300_000_000_000L;

  /// RFC 8656 §12.
  static final long CHANNEL_NANOS = 600_000_000_000L;

  /// A peer's IP address that may be relayed to.
  static final class Permission {
    final TransportAddress peer;

    /// Whether only ports that this server or its process has open may be reached at that host.
    final boolean ownPortsOnly;

    long expiresAt;

    Permission(TransportAddress peer, boolean ownPortsOnly) {
      this.peer = peer;
      this.ownPortsOnly = ownPortsOnly;
    }
  }

  /// A number that stands for a peer.
  static final class Channel {
    final int number;
    final TransportAddress peer;
    final Permission permission;
    long expiresAt;

    Channel(int number, TransportAddress peer, Permission permission) {
      this.number = number;
      this.peer = peer;
      this.permission = permission;
    }
  }

  /// The address of the server that the client uses.
  final TransportAddress server;

  final TransportAddress client;

  /// Whether the client is connected by TCP or TLS.
  final boolean stream;

  final String username;
  final String quotaName;

  /// The request that made it, which may come again, RFC 8656 §7.2.
  final TransactionId createdBy;

  /// The relayed addresses, one of a family; of TCP if [#isTcp].
  final List<TransportAddress> relayed;

  /// Whether it relays connections instead of packets, RFC 6062.
  final boolean isTcp;

  final List<TcpConnections.PeerConnection> connections = new ArrayList<>(0);

  /// The token of the port reserved beside, or null.
  byte @Nullable [] reservation;

  /// The family that was asked for in addition and could not be had, or 0.
  int failedFamily;

  long expiresAt;

  /// The earliest end that the table has noted for it.
  long notedEnd;

  long packetsToPeers;
  long packetsToClient;
  long bytesToPeers;
  long bytesToClient;

  /// The allocation of the same client address at another address of the server.
  @Nullable Allocation next;

  private final List<Permission> permissions = new ArrayList<>(4);
  private final List<Channel> channels = new ArrayList<>(2);
  private @Nullable Channel lastChannel;
  private @Nullable Permission lastPermission;

  Allocation(
      boolean stream,
      TransportAddress server,
      TransportAddress client,
      String username,
      String quotaName,
      TransactionId createdBy,
      List<TransportAddress> relayed) {
    this.stream = stream;
    this.server = server;
    this.client = client;
    this.username = username;
    this.quotaName = quotaName;
    this.createdBy = createdBy;
    this.relayed = new ArrayList<>(relayed);
    this.isTcp = relayed.getFirst().isTcp();
  }

  /// The relayed address of the peer's family, or null.
  @Nullable TransportAddress relayedTo(TransportAddress peer) {
    for (int i = 0; i < relayed.size(); i++) {
      TransportAddress address = relayed.get(i);
      if (address.family() == peer.family()) {
        return address;
      }
    }
    return null;
  }

  /// Whether one of the addresses that this allocation is made of has the peer's host.
  boolean isAtHost(TransportAddress peer) {
    if (server.hasSameHost(peer)) {
      return true;
    }
    for (TransportAddress address : relayed) {
      if (address.hasSameHost(peer)) {
        return true;
      }
    }
    return false;
  }

  /// The permission of the peer's host that holds now, or null.
  @Nullable Permission permission(long now, TransportAddress peer) {
    Permission last = lastPermission;
    if (last == null || !last.peer.hasSameHost(peer)) {
      last = find(peer);
      lastPermission = last;
    }
    return last != null && now < last.expiresAt ? last : null;
  }

  private @Nullable Permission find(TransportAddress peer) {
    for (int i = 0; i < permissions.size(); i++) {
      Permission permission = permissions.get(i);
      if (permission.peer.hasSameHost(peer)) {
        return permission;
      }
    }
    return null;
  }

  /// Whether a permission for the peer's host needs no more room than there is.
  boolean hasRoomFor(long now, TransportAddress peer, int maxPermissions) {
    return find(peer) != null
        || permissions.size() < maxPermissions
        || permissions.stream().anyMatch(permission -> permission.expiresAt <= now);
  }

  /// Installs or renews a permission.
  Permission permit(long now, TransportAddress peer, boolean ownPortsOnly) {
    Permission known = find(peer);
    if (known == null || known.ownPortsOnly != ownPortsOnly) {
      permissions.removeIf(each -> each.expiresAt <= now || each == known);
      lastPermission = null;
      Permission made = new Permission(peer, ownPortsOnly);
      permissions.add(made);
      made.expiresAt = now + PERMISSION_NANOS;
      return made;
    }
    known.expiresAt = now + PERMISSION_NANOS;
    return known;
  }

  /// The channel of a number that holds now, or null.
  @Nullable Channel channel(long now, int number) {
    Channel last = lastChannel;
    if (last == null || last.number != number) {
      last = null;
      for (int i = 0; i < channels.size(); i++) {
        if (channels.get(i).number == number) {
          last = channels.get(i);
          lastChannel = last;
          break;
        }
      }
    }
    return last != null && now < last.expiresAt ? last : null;
  }

  /// The channel of a peer that holds now, or null.
  @Nullable Channel channel(long now, TransportAddress peer) {
    Channel last = lastChannel;
    if (last == null || !last.peer.equals(peer)) {
      last = null;
      for (int i = 0; i < channels.size(); i++) {
        if (channels.get(i).peer.equals(peer)) {
          last = channels.get(i);
          lastChannel = last;
          break;
        }
      }
    }
    return last != null && now < last.expiresAt ? last : null;
  }

  /// Binds or renews a channel.
  ///
  /// @return false beyond the cap
  boolean bind(long now, int number, TransportAddress peer, Permission permission, int max) {
    channels.removeIf(channel -> channel.expiresAt <= now);
    Channel known = channel(now, number);
    if (known == null || known.permission != permission) {
      channels.remove(known);
      if (channels.size() >= max) {
        return false;
      }
      known = new Channel(number, peer, permission);
      channels.add(known);
    }
    lastChannel = known;
    known.expiresAt = now + CHANNEL_NANOS;
    return true;
  }
}
