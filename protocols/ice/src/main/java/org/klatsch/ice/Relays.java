package org.klatsch.ice;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMethod;
import org.klatsch.turn.ChannelData;
import org.klatsch.turn.TurnClient;
import org.klatsch.turn.TurnClientEvent;
import org.klatsch.turn.TurnClientOptions;
import org.klatsch.turn.TurnTransport;

/// The allocations of an agent on TURN servers, RFC 8445 §5.1.1.2. A relayed address is a base like
/// an interface's; what is sent from it is wrapped for the server just before it goes out, and what
/// comes from the server is unwrapped before anybody else looks at it.
public final class Relays {
  /// Allocations of one agent: some servers from some interfaces.
  private static final int MAX_RELAYS = 16;

  /// Permissions that wait for the next turn.
  private static final int MAX_WAITING = 256;

  /// The first byte of packets that are no STUN, RFC 7983 §7: data, which deserves a channel.
  private static final int FIRST_OF_DATA = 20;

  /// Servers visited over streams because of ALTERNATE-SERVER, RFC 8489 §10.
  private static final int MAX_REDIRECTS = 3;

  /// One allocation.
  private static final class Relay {
    final LocalCandidate host;
    final IceTurnServer server;

    /// The server that was to be asked, before that one sent the client elsewhere.
    final IceTurnServer asked;

    final int redirects;

    /// Null until the layer above has connected.
    @Nullable TurnClient client;

    /// When gathering waits for it no longer; [ProtocolCore#NEVER] once it has an answer.
    long deadline;

    List<TransportAddress> relayed = List.of();

    Relay(
        LocalCandidate host,
        IceTurnServer server,
        IceTurnServer asked,
        int redirects,
        long deadline) {
      this.host = host;
      this.server = server;
      this.asked = asked;
      this.redirects = redirects;
      this.deadline = deadline;
    }

    IceServer reference() {
      TurnClient used = client;
      return used == null
          ? server.reference()
          : new IceServer(
              used.server().withProtocol(server.address().protocol()), server.transport());
    }
  }

  private record Wanted(TransportAddress relayed, TransportAddress peer) {}

  private final IceOptions options;
  private final SecureRandom random;
  private final IceAgent agent;
  private final List<Relay> relays = new ArrayList<>();
  private final List<Wanted> wanted = new ArrayList<>();
  private @Nullable Relay last;

  Relays(IceOptions options, SecureRandom random, IceAgent agent) {
    this.options = options;
    this.random = random;
    this.agent = agent;
  }

  /// Asks servers for an allocation, each from this base.
  void start(long now, LocalCandidate host, Iterable<IceTurnServer> servers) {
    if (host.tcpType == TcpType.PASSIVE) {
      return;
    }
    for (IceTurnServer server : servers) {
      if (relays.size() < MAX_RELAYS
          && (server.transport().isStream() || !host.base.isTcp())
          && Gatherer.canReach(host.base, server.address())
          && !isAsked(host, server)) {
        long deadline = now + options.gatheringPatience().toNanos();
        begin(now, new Relay(host, server, server, 0, deadline));
      }
    }
  }

  private boolean isAsked(LocalCandidate host, IceTurnServer server) {
    for (Relay relay : relays) {
      if (relay.host == host && relay.asked.equals(server)) {
        return true;
      }
    }
    return false;
  }

  private void begin(long now, Relay relay) {
    relays.add(relay);
    if (relay.server.transport() == TurnTransport.UDP) {
      allocate(now, relay, relay.host.base, relay.server.address());
    } else {
      agent.tell(new IceEvent.TurnConnectionRequested(relay.host.base, relay.server));
    }
  }

  private void allocate(
      long now, Relay relay, TransportAddress local, TransportAddress serverAddress) {
    TurnClient client =
        new TurnClient(
            local,
            serverAddress,
            relay.server.credential(),
            TurnClientOptions.DEFAULT.withReliable(relay.server.transport().isStream()),
            random);
    relay.client = client;
    client.allocate(now);
  }

  /// The layer above has connected to a server as [IceEvent.TurnConnectionRequested] asked. Packets
  /// between these two addresses are the connection's from now on.
  ///
  /// @return false when nobody waits for it any more; it is to be closed
  public boolean connected(
      long now,
      TransportAddress base,
      IceTurnServer server,
      TransportAddress local,
      TransportAddress remote) {
    Relay relay = connecting(base, server);
    if (relay == null) {
      return false;
    }
    allocate(now, relay, local, remote);
    return true;
  }

  /// The layer above could not connect to a server.
  public void notConnected(long now, TransportAddress base, IceTurnServer server, String reason) {
    Relay relay = connecting(base, server);
    if (relay != null) {
      discard(relay);
      agent.tell(
          new IceEvent.ServerFailed(base, server.reference(), TurnClient.UNREACHABLE, reason));
      agent.updateGathering(now);
    }
  }

  private @Nullable Relay connecting(TransportAddress base, IceTurnServer server) {
    for (Relay relay : relays) {
      if (relay.client == null && relay.host.base.equals(base) && relay.server.equals(server)) {
        return relay;
      }
    }
    return null;
  }

  /// A connection to a server has ended, and with it its allocation.
  ///
  /// @return whether it was one of these
  public boolean connectionClosed(long now, TransportAddress local, TransportAddress remote) {
    Relay relay = find(local, remote);
    if (relay == null || relay.server.transport() == TurnTransport.UDP) {
      return false;
    }
    lose(now, relay, TurnClient.UNREACHABLE, "the connection to the TURN server has ended");
    agent.updateGathering(now);
    return true;
  }

  private void lose(long now, Relay relay, int errorCode, String reason) {
    discard(relay);
    relay.relayed.forEach(address -> agent.onRelayLost(now, address));
    agent.tell(new IceEvent.ServerFailed(relay.host.base, relay.reference(), errorCode, reason));
  }

  private void discard(Relay relay) {
    relays.remove(relay);
    last = null;
    TurnClient client = relay.client;
    if (client != null && relay.server.transport() != TurnTransport.UDP) {
      agent.tell(new IceEvent.TurnConnectionReleased(client.local(), client.server()));
    }
  }

  /// Whether allocations are still waited for.
  boolean isGathering() {
    for (Relay relay : relays) {
      if (relay.deadline != ProtocolCore.NEVER) {
        return true;
      }
    }
    return false;
  }

  /// Forgets the allocations made from a base, whose interface is gone.
  void remove(long now, TransportAddress base) {
    for (Relay relay : List.copyOf(relays)) {
      if (relay.host.base.equals(base)) {
        discard(relay);
        relay.relayed.forEach(address -> agent.onRelayLost(now, address));
      }
    }
  }

  /// Gives all allocations back; what is polled from now on says so to the servers.
  void close(long now) {
    for (Relay relay : relays) {
      relay.deadline = ProtocolCore.NEVER;
      TurnClient client = relay.client;
      if (client != null) {
        client.close(now);
      }
    }
    relays.removeIf(relay -> relay.client == null);
    wanted.clear();
  }

  /// A pair from a relayed address was made: its peer needs a permission before the first check.
  void pairMade(TransportAddress base, TransportAddress peer) {
    if (wanted.size() < MAX_WAITING && ofRelayed(base) != null) {
      wanted.add(new Wanted(base, peer));
    }
  }

  private @Nullable Relay ofRelayed(TransportAddress address) {
    Relay known = last;
    if (known != null && known.relayed.contains(address)) {
      return known;
    }
    for (Relay relay : relays) {
      if (relay.relayed.contains(address)) {
        last = relay;
        return relay;
      }
    }
    return null;
  }

  /// Whether a packet is of a TURN server, as opposed to a peer or a STUN server at the same
  /// address.
  public boolean isFromServer(
      TransportAddress local, TransportAddress remote, byte[] buffer, int offset, int length) {
    return !relays.isEmpty()
        && (ChannelData.looksLikeChannelData(buffer, offset, length)
            || StunMessage.looksLikeStun(buffer, offset, length) && !isBinding(buffer, offset))
        && find(local, remote) != null;
  }

  /// The method Binding in any class: all bits but those two.
  private static boolean isBinding(byte[] buffer, int offset) {
    int type = (buffer[offset] & 0xff) << 8 | buffer[offset + 1] & 0xff;
    return (type & ~0x0110) == StunMethod.BINDING;
  }

  private @Nullable Relay find(TransportAddress local, TransportAddress remote) {
    for (Relay relay : relays) {
      TurnClient client = relay.client;
      if (client != null && client.server().equals(remote) && client.local().equals(local)) {
        return relay;
      }
    }
    return null;
  }

  /// Takes a packet of a TURN server.
  ///
  /// @return what a peer sent in it, which is then to be treated as any packet from there; null
  ///   when the packet was for the agent alone
  public @Nullable RelayedPacket unwrap(
      long now,
      TransportAddress local,
      TransportAddress remote,
      byte[] buffer,
      int offset,
      int length) {
    Relay relay = find(local, remote);
    TurnClient client = relay == null ? null : relay.client;
    if (relay == null || client == null) {
      return null;
    }
    boolean data = client.handlePacket(now, remote, buffer, offset, length);
    process(now, relay, client);
    agent.updateGathering(now);
    return data
        ? new RelayedPacket(
            client.dataRelayed(), client.dataPeer(), client.dataOffset(), client.dataLength())
        : null;
  }

  /// Wraps the last packet of `out` for its TURN server, if its local address is a relayed one. To
  /// be called for every packet of data that is sent over [IceAgent#selectedPair].
  ///
  /// @return false when it had to be dropped
  public boolean wrap(long now, TransmitBuffer out) {
    int index = out.packetCount() - 1;
    TransportAddress local = out.packetLocal(index);
    TransportAddress peer = out.packetRemote(index);
    Relay relay = relays.isEmpty() || local == null ? null : ofRelayed(local);
    TurnClient client = relay == null ? null : relay.client;
    if (client == null || peer == null) {
      return true;
    }
    int length = out.retract();
    if (length > 0 && (out.array()[out.position()] & 0xff) >= FIRST_OF_DATA) {
      client.bind(now, peer);
    }
    return client.send(now, peer, out, length);
  }

  void handleTimeout(long now) {
    for (Relay relay : List.copyOf(relays)) {
      TurnClient client = relay.client;
      if (client != null) {
        client.handleTimeout(now);
        process(now, relay, client);
      }
      if (now >= relay.deadline) {
        relay.deadline = ProtocolCore.NEVER;
        discard(relay);
        agent.tell(
            new IceEvent.ServerFailed(
                relay.host.base,
                relay.reference(),
                TurnClient.UNREACHABLE,
                "the TURN server does not answer"));
      }
    }
  }

  private void process(long now, Relay relay, TurnClient client) {
    for (TurnClientEvent event = client.pollEvent(); event != null; event = client.pollEvent()) {
      switch (event) {
        case TurnClientEvent.Allocated allocated -> {
          relay.deadline = ProtocolCore.NEVER;
          relay.relayed = allocated.relayed();
          hasten(now);
          TransportAddress mapped = allocated.mapped();
          // RFC 8445 §5.1.1.2: the server has also told what it sees. Of a port of its own, such as
          // a stream has, that is of no use.
          if (relay.server.transport() == TurnTransport.UDP
              && !options.relayOnly()
              && mapped != null
              && Gatherer.isUsable(mapped)) {
            agent.onServerReflexive(relay.host, mapped, relay.reference());
          }
          for (TransportAddress address : allocated.relayed()) {
            agent.onRelayed(relay.reference(), address, mapped);
          }
        }
        case TurnClientEvent.Failed failed -> {
          discard(relay);
          TransportAddress alternate = failed.alternate();
          if (alternate != null
              && relay.server.transport() != TurnTransport.UDP
              && relay.redirects < MAX_REDIRECTS
              && Gatherer.canReach(relay.host.base, alternate)) {
            begin(
                now,
                new Relay(
                    relay.host,
                    relay.server.at(alternate),
                    relay.asked,
                    relay.redirects + 1,
                    relay.deadline));
          } else {
            agent.tell(
                new IceEvent.ServerFailed(
                    relay.host.base, relay.reference(), failed.errorCode(), failed.reason()));
          }
        }
        case TurnClientEvent.Lost lost -> lose(now, relay, lost.errorCode(), lost.reason());
        case TurnClientEvent.PermissionInstalled _,
            TurnClientEvent.PeerRefused _,
            TurnClientEvent.ChannelBound _,
            TurnClientEvent.PeerConnected _,
            TurnClientEvent.PeerNotConnected _,
            TurnClientEvent.ConnectionAttempted _,
            TurnClientEvent.Closed _ -> {}
      }
    }
  }

  /// Once there is one relayed address, the other servers get only a moment more.
  private void hasten(long now) {
    long soon = now + options.redundantServerPatience().toNanos();
    for (Relay relay : relays) {
      if (relay.deadline != ProtocolCore.NEVER) {
        relay.deadline = Math.min(relay.deadline, soon);
      }
    }
  }

  long nextTimeout() {
    long next = wanted.isEmpty() ? ProtocolCore.NEVER : 0;
    for (Relay relay : relays) {
      TurnClient client = relay.client;
      next =
          Math.min(
              next,
              Math.min(relay.deadline, client == null ? ProtocolCore.NEVER : client.nextTimeout()));
    }
    return next;
  }

  /// Writes the next packet to a server. Before checks, so that permissions come first.
  boolean pollTransmit(long now, TransmitBuffer out) {
    if (relays.isEmpty()) {
      return false;
    }
    for (Wanted each : wanted) {
      Relay relay = ofRelayed(each.relayed());
      TurnClient client = relay == null ? null : relay.client;
      if (client != null) {
        client.permit(now, each.peer());
      }
    }
    wanted.clear();
    for (Relay relay : relays) {
      TurnClient client = relay.client;
      if (client != null && client.pollTransmit(now, out)) {
        return true;
      }
    }
    return false;
  }
}
