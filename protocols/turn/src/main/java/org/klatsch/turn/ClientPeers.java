package org.klatsch.turn;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunAttribute;
import org.klatsch.stun.StunAttributeType;

/// A client's permissions and channels: what is asked for, when it ends, when it is renewed.
///
/// What nobody has used since it was last granted is left to expire; using it again asks anew.
final class ClientPeers {
  /// A permission lasts 5 minutes, RFC 8656 §9; renewed a minute before.
  private static final long PERMISSION_REFRESH_NANOS = 240_000_000_000L;

  /// A channel lasts 10 minutes, RFC 8656 §12; renewed a minute before.
  private static final long CHANNEL_REFRESH_NANOS = 540_000_000_000L;

  /// A request to be sent for a peer.
  ///
  /// @param channel 0 for a permission
  record Request(TransportAddress peer, int channel) {
    int method() {
      return channel > 0 ? TurnMethod.CHANNEL_BIND : TurnMethod.CREATE_PERMISSION;
    }

    List<StunAttribute> attributes() {
      StunAttribute address =
          new StunAttribute.XorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer);
      return channel > 0
          ? List.of(
              new StunAttribute.Unsigned32(StunAttributeType.CHANNEL_NUMBER, (long) channel << 16),
              address)
          : List.of(address);
    }
  }

  /// A permission or a channel.
  private static final class Grant {
    final TransportAddress peer;
    final int channel;

    /// When it is to be asked for or renewed; [ProtocolCore#NEVER] while a request is under way.
    long dueAt;

    boolean granted;
    boolean refused;
    boolean used = true;

    Grant(TransportAddress peer, int channel, long dueAt) {
      this.peer = peer;
      this.channel = channel;
      this.dueAt = dueAt;
    }
  }

  private final int max;
  private final List<Grant> permissions = new ArrayList<>();
  private final List<Grant> channels = new ArrayList<>();
  private final Map<TransportAddress, Grant> channelByPeer = new HashMap<>();
  private @Nullable Grant lastPermission;

  ClientPeers(int max) {
    this.max = max;
  }

  private @Nullable Grant permissionOf(TransportAddress peer) {
    Grant last = lastPermission;
    if (last != null && last.peer.hasSameHost(peer)) {
      return last;
    }
    for (Grant grant : permissions) {
      if (grant.peer.hasSameHost(peer)) {
        lastPermission = grant;
        return grant;
      }
    }
    return null;
  }

  /// Asks for a permission unless there is one; false beyond the cap.
  boolean permit(long now, TransportAddress peer) {
    Grant known = permissionOf(peer);
    if (known != null) {
      known.used = true;
      return true;
    }
    if (permissions.size() >= max) {
      permissions.removeIf(grant -> grant.refused || !grant.used && grant.dueAt <= now);
      lastPermission = null;
      if (permissions.size() >= max) {
        return false;
      }
    }
    permissions.add(new Grant(peer, 0, now));
    return true;
  }

  /// Asks for a channel unless there is one; false beyond the cap. A number is never given to
  /// another peer, as it could not be for five minutes after its end, RFC 8656 §12.
  boolean bind(long now, TransportAddress peer) {
    Grant known = channelByPeer.get(peer);
    if (known != null) {
      known.used = true;
      return true;
    }
    if (channels.size() >= max) {
      return false;
    }
    Grant grant = new Grant(peer, ChannelData.FIRST + channels.size(), now);
    channels.add(grant);
    channelByPeer.put(peer, grant);
    return true;
  }

  /// Notes that data goes to the peer, and asks for a permission if need be.
  ///
  /// @return false when the server has refused this peer
  boolean use(long now, TransportAddress peer) {
    if (!permit(now, peer)) {
      return false;
    }
    Grant permission = permissionOf(peer);
    return permission != null && !permission.refused;
  }

  /// Notes that data came from the peer.
  ///
  /// @return whether it has a permission
  boolean heard(long now, TransportAddress peer) {
    Grant permission = permissionOf(peer);
    if (permission == null) {
      return false;
    }
    permission.used = true;
    return true;
  }

  /// The number of the peer's channel, or 0 when it has none yet.
  int channelOf(long now, TransportAddress peer) {
    Grant grant = channelByPeer.get(peer);
    // One that nobody renewed may be gone at the server.
    if (grant == null || !grant.granted || !grant.used && grant.dueAt <= now) {
      return 0;
    }
    grant.used = true;
    return grant.channel;
  }

  /// The peer of a channel; as soon as it is asked for, as data may overtake the response.
  @Nullable TransportAddress peerOf(int channel) {
    int index = channel - ChannelData.FIRST;
    return index >= 0 && index < channels.size() ? channels.get(index).peer : null;
  }

  /// The next request that is due.
  @Nullable Request pollRequest(long now) {
    for (Grant grant : permissions) {
      if (grant.dueAt <= now && isWanted(grant)) {
        return request(grant);
      }
    }
    for (Grant grant : channels) {
      if (grant.dueAt <= now && isWanted(grant)) {
        return request(grant);
      }
    }
    return null;
  }

  private static Request request(Grant grant) {
    grant.dueAt = ProtocolCore.NEVER;
    return new Request(grant.peer, grant.channel);
  }

  /// What is unused ends here: a permission is forgotten, a channel waits for its next use.
  private static boolean isWanted(Grant grant) {
    if (!grant.used) {
      grant.granted = false;
    }
    return grant.used;
  }

  long nextTimeout() {
    long next = ProtocolCore.NEVER;
    for (Grant grant : permissions) {
      next = grant.used ? Math.min(next, grant.dueAt) : next;
    }
    for (Grant grant : channels) {
      next = grant.used ? Math.min(next, grant.dueAt) : next;
    }
    return next;
  }

  void granted(long now, Request request) {
    Grant grant = find(request);
    if (grant != null) {
      grant.granted = true;
      grant.refused = false;
      grant.used = false;
      grant.dueAt =
          now + (request.channel() > 0 ? CHANNEL_REFRESH_NANOS : PERMISSION_REFRESH_NANOS);
    }
  }

  /// @param forbidden whether the server will never relay to this peer
  void failed(Request request, boolean forbidden) {
    Grant grant = find(request);
    if (grant == null) {
      return;
    }
    grant.granted = false;
    grant.refused = forbidden;
    grant.used = false;
    // A channel that is refused is not asked for again: indications do as well.
    if (request.channel() == 0 && !forbidden) {
      permissions.remove(grant);
      lastPermission = null;
    }
  }

  private @Nullable Grant find(Request request) {
    for (Grant grant : request.channel() > 0 ? channels : permissions) {
      if (grant.channel == request.channel() && grant.peer.equals(request.peer())) {
        return grant;
      }
    }
    return null;
  }

  void clear() {
    permissions.clear();
    channels.clear();
    channelByPeer.clear();
    lastPermission = null;
  }
}
