package org.klatsch.turn.server;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.Fingerprint;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.TransactionId;
import org.klatsch.turn.ChannelData;
import org.klatsch.turn.TurnMethod;

/// A TURN server, RFC 8656, which is a STUN server too: takes packets of clients and of peers, and
/// relays between them. Packets of clients come in at any local address that is no relayed one.
///
/// Clients on streams: the driver cuts the stream with [org.klatsch.turn.TurnStreamDecoder], hands
/// messages to [#handleStream], takes answers with [#pollStream], and tells of the end with
/// [#streamClosed].
///
/// Not thread-safe; a protocol core as all others.
public final class TurnServer implements PacketCore<TurnServerEvent> {
  /// Data indications: header, XOR-PEER-ADDRESS, the header of DATA, padding.
  private static final int MAX_DATA_OVERHEAD = StunMessage.HEADER_LENGTH + 24 + 4 + 3;

  private final SecureRandom random;
  private final TurnUsers users;
  private final AllocationTable table;
  private final PeerAccess access;
  private final RequestHandler requests;
  private final PacketQueue packets;
  private final PacketQueue streamPackets;
  private final Queue<TurnServerEvent> events = new ArrayDeque<>();
  private final TurnServerCounters.Live counters = new TurnServerCounters.Live();
  private final StunMessage message = new StunMessage();
  private final StunMessageWriter writer = new StunMessageWriter();
  private @Nullable TcpRequestHandler tcp;
  private boolean streamOutputTold;

  /// Whether what is handled came over DTLS.
  private boolean secured;

  /// @param random for nonces, tokens and relay ports
  public TurnServer(
      TurnServerOptions options,
      TurnUsers users,
      PeerPolicy policy,
      RelayPorts ports,
      SecureRandom random) {
    this.random = random;
    this.users = users;
    this.table = new AllocationTable(options, ports, random);
    this.access = new PeerAccess(policy, table);
    this.packets = new PacketQueue(options.maxQueuedBytes());
    this.streamPackets = new PacketQueue(options.maxQueuedBytes());
    this.requests = new RequestHandler(this, options, users, access, table, counters, random);
  }

  /// Tells what the wall clock shows at `now`, for credentials that end; again when it was set.
  public void wallClock(long now, Instant time) {
    users.wallClock(now, time);
  }

  /// Offers TCP allocations, RFC 6062, to clients on streams.
  public void tcp(TcpRelayPorts ports) {
    TcpRequestHandler handler =
        new TcpRequestHandler(requests, new TcpConnections(ports, random), access, counters);
    tcp = handler;
    table.tcpPorts(ports);
    requests.tcp(handler);
  }

  /// A peer that [TcpRelayPorts#connect] was called for is connected.
  public void peerConnected(long now, int connection) {
    if (tcp != null) {
      tcp.connected(now, connection);
    }
  }

  /// A peer could not be connected to, or its connection has ended.
  public void peerClosed(int connection) {
    if (tcp != null) {
      tcp.closed(connection);
    }
  }

  /// A peer has connected to a relayed address.
  ///
  /// @return what names the connection from now on, or null when it is to be closed
  public @Nullable Integer peerAccepted(long now, TransportAddress relayed, TransportAddress peer) {
    return tcp == null
        ? null
        : tcp.accepted(
            now, table.atRelay(relayed.withProtocol(TransportAddress.Protocol.TCP)), peer);
  }

  /// Lets clients find out how their NATs behave, RFC 5780. The driver listens on both ports of
  /// both addresses.
  ///
  /// @param alternate differs from `primary` in address and port
  public void alternate(TransportAddress primary, TransportAddress alternate) {
    requests.alternate(new AlternateAddress(primary, alternate));
  }

  /// What was counted, and how many allocations there are.
  public TurnServerCounters counters() {
    return counters.snapshot(table.size());
  }

  /// Makes no new allocations any more; those that there are go on.
  public void drain() {
    requests.drain();
  }

  /// Ends all allocations and closes their ports.
  public void close() {
    drain();
    for (Allocation allocation : table.all()) {
      release(allocation);
    }
    table.closeReservations();
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
    // Relayed addresses of TCP are never those of a packet.
    Allocation allocation = table.atRelay(local);
    if (allocation != null) {
      relayToClient(now, allocation, remote, buffer, offset, length);
    } else {
      handleClient(now, false, local, remote, buffer, offset, length);
    }
  }

  /// Takes a message that came over a stream, whole and without padding beyond its own.
  public void handleStream(
      long now,
      TransportAddress local,
      TransportAddress remote,
      byte[] buffer,
      int offset,
      int length) {
    handleClient(now, true, local, remote, buffer, offset, length);
  }

  /// Takes a message of a client that came over DTLS, RFC 7350. The client is one of UDP; whatever
  /// is to be sent to its address is to be protected too.
  public void handleSecured(
      long now,
      TransportAddress local,
      TransportAddress remote,
      byte[] buffer,
      int offset,
      int length) {
    secured = true;
    handleClient(now, false, local, remote, buffer, offset, length);
    secured = false;
  }

  int notedEnds() {
    return table.expiryCount();
  }

  boolean isSecured() {
    return secured;
  }

  /// The association of DTLS with a client has ended, and with it its allocation.
  public void clientGone(TransportAddress local, TransportAddress remote) {
    Allocation allocation = table.find(false, local, remote);
    if (allocation != null) {
      release(allocation);
    }
  }

  /// The connection of a client has ended, and with it its allocation, RFC 8656 §3.1.
  public void streamClosed(TransportAddress local, TransportAddress remote) {
    Allocation allocation = table.find(true, local, remote);
    if (allocation != null) {
      release(allocation);
    }
  }

  private void handleClient(
      long now,
      boolean stream,
      TransportAddress local,
      TransportAddress remote,
      byte[] buffer,
      int offset,
      int length) {
    if (ChannelData.mayBeChannelData(buffer, offset, length)) {
      handleChannelData(now, table.find(stream, local, remote), buffer, offset, length);
      return;
    }
    try {
      message.reset(buffer, offset, length);
      if (message.has(StunAttributeType.FINGERPRINT) && !Fingerprint.matches(message)) {
        counters.malformed++;
        return;
      }
      if (message.messageClass() == StunClass.REQUEST) {
        requests.handle(now, stream, local, remote, message);
      } else if (message.is(StunClass.INDICATION, TurnMethod.SEND)) {
        handleSend(now, table.find(stream, local, remote));
      } else if (message.messageClass() != StunClass.INDICATION) {
        counters.unexpected++;
      }
    } catch (MalformedStunException e) {
      counters.malformed++;
    }
  }

  // Relaying.

  private void handleChannelData(
      long now, @Nullable Allocation allocation, byte[] buffer, int offset, int length) {
    int data = ChannelData.dataLength(buffer, offset, length);
    Allocation.Channel channel =
        allocation == null ? null : allocation.channel(now, ChannelData.number(buffer, offset));
    if (allocation == null || channel == null || data < 0) {
      counters.unexpected++;
      return;
    }
    relayToPeer(
        now,
        allocation,
        channel.peer,
        channel.permission,
        buffer,
        offset + ChannelData.HEADER_LENGTH,
        data);
  }

  private static final int[] SEND_UNDERSTOOD = {
    StunAttributeType.XOR_PEER_ADDRESS, StunAttributeType.DATA
  };

  /// RFC 8656 §11.2. DONT-FRAGMENT is not offered, so an indication with it is dropped.
  private void handleSend(long now, @Nullable Allocation allocation) throws MalformedStunException {
    TransportAddress peer = message.xorAddress(StunAttributeType.XOR_PEER_ADDRESS);
    int data = message.find(StunAttributeType.DATA);
    if (allocation == null
        || peer == null
        || data < 0
        || message.unknownRequired(SEND_UNDERSTOOD).length > 0) {
      counters.unexpected++;
      return;
    }
    relayToPeer(
        now,
        allocation,
        peer,
        allocation.permission(now, peer),
        message.array(),
        message.valueOffset(data),
        message.valueLength(data));
  }

  private void relayToPeer(
      long now,
      Allocation allocation,
      TransportAddress peer,
      Allocation.@Nullable Permission permission,
      byte[] buffer,
      int offset,
      int length) {
    TransportAddress relayed = allocation.relayedTo(peer);
    if (allocation.isTcp
        || permission == null
        || now >= permission.expiresAt
        || relayed == null
        || peer.port() == 0
        || permission.ownPortsOnly && !access.isOwnPort(peer)) {
      counters.withoutPermission++;
      return;
    }
    if (!packets.add(relayed, peer, buffer, offset, length)) {
      counters.queueFull++;
      return;
    }
    counters.packetsToPeers++;
    counters.bytesToPeers += length;
    allocation.packetsToPeers++;
    allocation.bytesToPeers += length;
  }

  /// RFC 8656 §11.3 and §12.7.
  private void relayToClient(
      long now,
      Allocation allocation,
      TransportAddress peer,
      byte[] buffer,
      int offset,
      int length) {
    Allocation.Channel channel = allocation.channel(now, peer);
    Allocation.Permission permission =
        channel != null ? channel.permission : allocation.permission(now, peer);
    if (permission == null
        || now >= permission.expiresAt
        || permission.ownPortsOnly && !access.isOwnPort(peer)) {
      counters.withoutPermission++;
      return;
    }
    PacketQueue queue = allocation.stream ? streamPackets : packets;
    int written =
        channel != null
            ? writeChannelData(queue, channel.number, allocation, buffer, offset, length)
            : writeIndication(queue, peer, buffer, offset, length);
    if (written < 0) {
      counters.queueFull++;
      return;
    }
    queue.commit(allocation.server, allocation.client, written);
    if (allocation.stream) {
      tellStreamOutput();
    }
    counters.packetsToClients++;
    counters.bytesToClients += length;
    allocation.packetsToClient++;
    allocation.bytesToClient += length;
  }

  private static int writeChannelData(
      PacketQueue queue, int number, Allocation allocation, byte[] buffer, int offset, int length) {
    int padding = allocation.stream ? -length & 3 : 0;
    int total = ChannelData.HEADER_LENGTH + length + padding;
    int at = length > 0xffff ? -1 : queue.reserve(total);
    if (at < 0) {
      return -1;
    }
    byte[] bytes = queue.bytes();
    ChannelData.writeHeader(bytes, at, number, length);
    System.arraycopy(buffer, offset, bytes, at + ChannelData.HEADER_LENGTH, length);
    for (int i = total - padding; i < total; i++) {
      bytes[at + i] = 0;
    }
    return total;
  }

  private int writeIndication(
      PacketQueue queue, TransportAddress peer, byte[] buffer, int offset, int length) {
    int room = MAX_DATA_OVERHEAD + length;
    int at = length > 0xffff - MAX_DATA_OVERHEAD ? -1 : queue.reserve(room);
    if (at < 0) {
      return -1;
    }
    writer
        .start(
            queue.bytes(),
            at,
            room,
            StunClass.INDICATION,
            TurnMethod.DATA,
            TransactionId.random(random))
        .xorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer)
        .bytes(StunAttributeType.DATA, buffer, offset, length);
    return writer.length();
  }

  // For the request handler.

  void answer(
      boolean stream, TransportAddress local, TransportAddress remote, byte[] answer, int length) {
    if (!(stream ? streamPackets : packets).add(local, remote, answer, 0, length)) {
      counters.queueFull++;
    } else if (stream) {
      tellStreamOutput();
    }
  }

  private void tellStreamOutput() {
    if (!streamOutputTold) {
      streamOutputTold = true;
      events.add(new TurnServerEvent.StreamOutput());
    }
  }

  void allocated(Allocation allocation) {
    table.add(allocation);
    counters.allocationsMade++;
    events.add(
        new TurnServerEvent.Allocated(
            allocation.username,
            allocation.stream,
            allocation.server,
            allocation.client,
            allocation.relayed));
  }

  void release(Allocation allocation) {
    if (tcp != null && allocation.isTcp) {
      tcp.connections().release(allocation);
    }
    events.add(
        new TurnServerEvent.Released(
            allocation.username,
            allocation.stream,
            allocation.server,
            allocation.client,
            allocation.relayed,
            allocation.bytesToPeers,
            allocation.bytesToClient));
    table.remove(allocation);
  }

  // Output.

  @Override
  public void handleTimeout(long now) {
    for (Allocation expired = table.pollExpired(now);
        expired != null;
        expired = table.pollExpired(now)) {
      release(expired);
    }
    table.expireReservations(now);
    if (tcp != null) {
      tcp.handleTimeout(now);
    }
  }

  @Override
  public long nextTimeout() {
    // With packets that found no room in the driver's buffer the next turn is due at once.
    if (!packets.isEmpty()) {
      return 0;
    }
    return tcp == null
        ? table.nextTimeout()
        : Math.min(table.nextTimeout(), tcp.connections().nextTimeout());
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    return !out.isFull() && packets.poll(out);
  }

  /// Writes the next message for a client on a stream; the route tells which.
  public boolean pollStream(TransmitBuffer out) {
    if (streamPackets.isEmpty()) {
      streamOutputTold = false;
      return false;
    }
    return !out.isFull() && streamPackets.poll(out);
  }

  @Override
  public @Nullable TurnServerEvent pollEvent() {
    return events.poll();
  }
}
