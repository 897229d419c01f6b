package org.klatsch.turn;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttribute;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunClient;
import org.klatsch.stun.StunClientEvent;
import org.klatsch.stun.StunCredential;
import org.klatsch.stun.StunErrorCode;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.TransactionId;

/// A client's allocation on one TURN server, RFC 8656: made, kept alive, and used to send and
/// receive. [#send] wraps data into a packet to the server, [#handlePacket] unwraps; both work in
/// the caller's buffer.
///
/// Usage: [#allocate], wait for [TurnClientEvent.Allocated], [#permit] the peers, [#send]. Not
/// thread-safe; a protocol core as all others.
public final class TurnClient implements ProtocolCore<TurnClientEvent> {
  /// The code of the W3C for a server that does not answer.
  public static final int UNREACHABLE = 701;

  /// Servers visited because of ALTERNATE-SERVER, RFC 8489 §10.
  private static final int MAX_REDIRECTS = 3;

  private static final int UDP = 17;
  private static final int TCP = 6;

  /// Silence after which the mapping of a NAT on the way to the server is refreshed, RFC 8445 §11.
  private static final long KEEPALIVE_NANOS = 15_000_000_000L;

  /// Bytes before the data in a Send indication: header, XOR-PEER-ADDRESS, the header of DATA.
  private static final int SEND_OVERHEAD_IPV4 = StunMessage.HEADER_LENGTH + 12 + 4;

  private static final int SEND_OVERHEAD_IPV6 = StunMessage.HEADER_LENGTH + 24 + 4;

  private enum State {
    NEW,
    ALLOCATING,
    ALLOCATED,
    RELEASING,
    ENDED
  }

  private final TransportAddress local;
  private final TurnClientOptions options;
  private final StunCredential.LongTerm credential;
  private final SecureRandom random;
  private final Set<TransportAddress> visited = new HashSet<>();
  private final Queue<TurnClientEvent> events = new ArrayDeque<>();
  private final StunMessage message = new StunMessage();
  private final StunMessageWriter writer = new StunMessageWriter();
  private final ClientPeers peers;
  private final Map<TransactionId, ClientPeers.Request> requests = new HashMap<>();

  /// Peers that the server is asked to connect to.
  private final Map<TransactionId, TransportAddress> connects = new HashMap<>();

  private TransportAddress server;
  private StunClient stun;
  private State state = State.NEW;
  private List<TransportAddress> relayed = List.of();
  private @Nullable TransactionId allocation;
  private TurnClientOptions.Families families;
  private boolean dontFragment;
  private long refreshAt = NEVER;
  private long expiresAt = NEVER;
  private long lastSentAt;
  private TransportAddress dataPeer;
  private int dataOffset;
  private int dataLength;
  private long dropped;

  /// @param local the port that the packets to the server go out of
  /// @param credential the user's name and password at the server
  public TurnClient(
      TransportAddress local,
      TransportAddress server,
      StunCredential.LongTerm credential,
      TurnClientOptions options,
      SecureRandom random) {
    this.local = local;
    this.server = server;
    this.credential = credential;
    this.options = options;
    this.random = random;
    this.peers = new ClientPeers(options.maxPeers());
    this.families = options.families();
    this.dontFragment = options.dontFragment();
    this.dataPeer = server;
    this.stun = newStun();
    visited.add(server);
  }

  private StunClient newStun() {
    return new StunClient(
        local,
        server,
        options.reliable(),
        options.schedule(),
        credential,
        3 * options.maxPeers() + 2,
        random);
  }

  public TransportAddress local() {
    return local;
  }

  /// The server; another than in the beginning once it has sent the client elsewhere.
  public TransportAddress server() {
    return server;
  }

  /// The relayed addresses, none before the allocation.
  public List<TransportAddress> relayed() {
    return relayed;
  }

  public boolean isAllocated() {
    return state == State.ALLOCATED;
  }

  /// Whether the client has nothing to do any more: it failed, lost its allocation or was closed.
  public boolean isEnded() {
    return state == State.ENDED;
  }

  /// Packets of the server that were of no use, and data that could not be sent.
  public long dropped() {
    return dropped;
  }

  /// Asks for the allocation, RFC 8656 §7.1.
  public void allocate(long now) {
    if (state != State.NEW) {
      throw new IllegalStateException("allocate was called before");
    }
    state = State.ALLOCATING;
    sendAllocate(now);
  }

  private void sendAllocate(long now) {
    List<StunAttribute> attributes = new ArrayList<>();
    attributes.add(
        new StunAttribute.Unsigned32(
            StunAttributeType.REQUESTED_TRANSPORT, (options.relayTcp() ? TCP : UDP) * (1L << 24)));
    attributes.add(
        new StunAttribute.Unsigned32(StunAttributeType.LIFETIME, options.lifetime().toSeconds()));
    if (families == TurnClientOptions.Families.IPV6) {
      attributes.add(
          new StunAttribute.Unsigned32(
              StunAttributeType.REQUESTED_ADDRESS_FAMILY, RelayFamily.attribute(RelayFamily.IPV6)));
    } else if (families == TurnClientOptions.Families.DUAL) {
      attributes.add(
          new StunAttribute.Unsigned32(
              StunAttributeType.ADDITIONAL_ADDRESS_FAMILY,
              RelayFamily.attribute(RelayFamily.IPV6)));
    }
    if (options.evenPort()) {
      attributes.add(new StunAttribute.Opaque(StunAttributeType.EVEN_PORT, new byte[1]));
    }
    if (dontFragment) {
      attributes.add(new StunAttribute.Flag(StunAttributeType.DONT_FRAGMENT));
    }
    allocation = stun.send(now, TurnMethod.ALLOCATE, attributes);
  }

  /// Has the server relay from and to this peer's IP address, RFC 8656 §9, and keeps that up as
  /// long as data is sent there. Known peers cost nothing.
  public void permit(long now, TransportAddress peer) {
    if (state == State.ALLOCATED && !peers.permit(now, peer)) {
      dropped++;
    }
  }

  /// Binds a channel to the peer, RFC 8656 §12, so that data to and from it is 4 bytes longer
  /// instead of 36. Known peers cost nothing.
  public void bind(long now, TransportAddress peer) {
    if (state == State.ALLOCATED && !peers.bind(now, peer)) {
      dropped++;
    }
  }

  /// Has the server connect to a peer, RFC 6062 §4.3; [TurnClientEvent.PeerConnected] or
  /// [TurnClientEvent.PeerNotConnected] follows. Only for allocations that relay TCP.
  public void connect(long now, TransportAddress peer) {
    if (!options.relayTcp()) {
      throw new IllegalStateException("this allocation relays packets; see withRelayTcp");
    }
    if (state != State.ALLOCATED || connects.size() >= options.maxPeers()) {
      dropped++;
      return;
    }
    connects.put(
        stun.send(
            now,
            TurnMethod.CONNECT,
            List.of(new StunAttribute.XorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer))),
        peer);
  }

  /// Gives the allocation back, RFC 8656 §8; [TurnClientEvent.Closed] follows.
  public void close(long now) {
    if (state == State.ALLOCATED) {
      state = State.RELEASING;
      refreshAt = NEVER;
      expiresAt = NEVER;
      allocation = stun.send(now, TurnMethod.REFRESH, lifetime(0));
    } else if (state != State.RELEASING && state != State.ENDED) {
      end(new TurnClientEvent.Closed());
    }
  }

  private static List<StunAttribute> lifetime(long seconds) {
    return List.of(new StunAttribute.Unsigned32(StunAttributeType.LIFETIME, seconds));
  }

  private void end(TurnClientEvent last) {
    state = State.ENDED;
    relayed = List.of();
    refreshAt = NEVER;
    expiresAt = NEVER;
    requests.clear();
    connects.clear();
    peers.clear();
    events.add(last);
  }

  // Data.

  /// Wraps the `length` bytes that stand uncommitted at the position of `out` for the peer and
  /// commits the packet to the server. Data for a peer without permission asks for one first.
  ///
  /// @return false when the data is dropped: there is no allocation, no room in the buffer, or the
  ///   server has refused the peer
  public boolean send(long now, TransportAddress peer, TransmitBuffer out, int length) {
    if (state != State.ALLOCATED || !peers.use(now, peer)) {
      dropped++;
      return false;
    }
    int channel = peers.channelOf(now, peer);
    int written =
        channel > 0 ? writeChannelData(channel, out, length) : writeIndication(peer, out, length);
    if (written < 0) {
      dropped++;
      return false;
    }
    out.route(local, server);
    out.commit(written);
    lastSentAt = now;
    return true;
  }

  private int writeChannelData(int channel, TransmitBuffer out, int length) {
    int padding = options.reliable() ? -length & 3 : 0;
    int total = ChannelData.HEADER_LENGTH + length + padding;
    if (total > out.remaining()) {
      return -1;
    }
    byte[] array = out.array();
    int at = out.position();
    System.arraycopy(array, at, array, at + ChannelData.HEADER_LENGTH, length);
    ChannelData.writeHeader(array, at, channel, length);
    for (int i = total - padding; i < total; i++) {
      array[at + i] = 0;
    }
    return total;
  }

  /// RFC 8656 §11.1.
  private int writeIndication(TransportAddress peer, TransmitBuffer out, int length) {
    int fragment = dontFragment ? 4 : 0;
    int overhead = fragment + (peer.isIpv4() ? SEND_OVERHEAD_IPV4 : SEND_OVERHEAD_IPV6);
    if (overhead + length + 3 > out.remaining()) {
      return -1;
    }
    byte[] array = out.array();
    int data = out.position() + overhead;
    System.arraycopy(array, out.position(), array, data, length);
    writer.start(out, StunClass.INDICATION, TurnMethod.SEND, TransactionId.random(random));
    if (dontFragment) {
      writer.flag(StunAttributeType.DONT_FRAGMENT);
    }
    writer.xorAddress(StunAttributeType.XOR_PEER_ADDRESS, peer);
    // The data already stands where it is written to.
    writer.bytes(StunAttributeType.DATA, array, data, length);
    return writer.length();
  }

  /// Takes a packet of the server: a response, an indication or ChannelData.
  ///
  /// @return whether it carries data of a peer, which [#dataPeer], [#dataOffset] and [#dataLength]
  ///   then describe until the next call
  public boolean handlePacket(
      long now, TransportAddress from, byte[] buffer, int offset, int length) {
    if (!from.equals(server) || state == State.ENDED || state == State.NEW) {
      dropped++;
      return false;
    }
    if (ChannelData.looksLikeChannelData(buffer, offset, length)) {
      return handleChannelData(now, buffer, offset, length);
    }
    try {
      message.reset(buffer, offset, length);
      if (message.is(StunClass.INDICATION, TurnMethod.DATA)) {
        return handleIndication(now);
      }
      if (message.is(StunClass.INDICATION, TurnMethod.CONNECTION_ATTEMPT)) {
        handleAttempt();
        return false;
      }
    } catch (MalformedStunException e) {
      dropped++;
      return false;
    }
    stun.handlePacket(now, local, from, 0, buffer, offset, length);
    process(now);
    return false;
  }

  /// RFC 6062 §4.4.
  private void handleAttempt() throws MalformedStunException {
    TransportAddress peer = message.xorAddress(StunAttributeType.XOR_PEER_ADDRESS);
    long connection = message.u32(StunAttributeType.CONNECTION_ID);
    if (peer == null || connection < 0 || state != State.ALLOCATED || !options.relayTcp()) {
      dropped++;
      return;
    }
    events.add(new TurnClientEvent.ConnectionAttempted(peer, (int) connection));
  }

  private boolean handleChannelData(long now, byte[] buffer, int offset, int length) {
    int data = ChannelData.dataLength(buffer, offset, length);
    TransportAddress peer = peers.peerOf(ChannelData.number(buffer, offset));
    if (data < 0 || peer == null || state != State.ALLOCATED) {
      dropped++;
      return false;
    }
    peers.heard(now, peer);
    dataPeer = peer;
    dataOffset = offset + ChannelData.HEADER_LENGTH;
    dataLength = data;
    return true;
  }

  /// RFC 8656 §11.4. Only peers with a permission are believed, as the server lets no others in.
  private boolean handleIndication(long now) throws MalformedStunException {
    TransportAddress peer = message.xorAddress(StunAttributeType.XOR_PEER_ADDRESS);
    int data = message.find(StunAttributeType.DATA);
    if (peer == null || data < 0 || state != State.ALLOCATED || !peers.heard(now, peer)) {
      dropped++;
      return false;
    }
    dataPeer = peer;
    dataOffset = message.valueOffset(data);
    dataLength = message.valueLength(data);
    return true;
  }

  /// The peer that sent the data.
  public TransportAddress dataPeer() {
    return dataPeer;
  }

  /// The relayed address that the data came to.
  public TransportAddress dataRelayed() {
    for (TransportAddress address : relayed) {
      if (address.family() == dataPeer.family()) {
        return address;
      }
    }
    return relayed.getFirst();
  }

  /// Where the data begins in the buffer given to [#handlePacket].
  public int dataOffset() {
    return dataOffset;
  }

  public int dataLength() {
    return dataLength;
  }

  // Control.

  /// Sends what peers wait for and takes what became of requests.
  private void process(long now) {
    for (StunClientEvent event = stun.pollEvent(); event != null; event = stun.pollEvent()) {
      ClientPeers.Request request = requests.remove(event.request());
      TransportAddress connecting = connects.remove(event.request());
      if (request != null) {
        handlePeer(now, request, event);
      } else if (connecting != null) {
        handleConnect(connecting, event);
      } else if (event.request().equals(allocation)) {
        allocation = null;
        switch (state) {
          case ALLOCATING -> handleAllocate(now, event);
          case ALLOCATED -> handleRefresh(now, event);
          case RELEASING -> end(new TurnClientEvent.Closed());
          case NEW, ENDED -> {}
        }
      }
    }
  }

  private void handleAllocate(long now, StunClientEvent event) {
    switch (event) {
      case StunClientEvent.TimedOut _ ->
          end(new TurnClientEvent.Failed(UNREACHABLE, "the TURN server does not answer", null));
      case StunClientEvent.Refused refused -> handleRefusal(now, refused);
      case StunClientEvent.Succeeded succeeded -> {
        List<TransportAddress> addresses = new ArrayList<>();
        TransportAddress mapped = null;
        long seconds = 0;
        for (StunAttribute attribute : succeeded.attributes()) {
          if (attribute instanceof StunAttribute.XorAddress xor) {
            if (xor.type() == StunAttributeType.XOR_RELAYED_ADDRESS && isNew(xor, addresses)) {
              addresses.add(xor.address());
            } else if (xor.type() == StunAttributeType.XOR_MAPPED_ADDRESS && mapped == null) {
              mapped = xor.address();
            }
          }
          seconds = Math.max(seconds, lifetimeIn(attribute));
        }
        if (addresses.isEmpty() || seconds == 0) {
          end(
              new TurnClientEvent.Failed(
                  UNREACHABLE, "the TURN server's answer lacks address or lifetime", null));
          return;
        }
        state = State.ALLOCATED;
        relayed = List.copyOf(addresses);
        granted(now, seconds);
        events.add(new TurnClientEvent.Allocated(addresses, mapped, Duration.ofSeconds(seconds)));
      }
    }
  }

  /// One relayed address a family, RFC 8656 §7.3.
  private static boolean isNew(StunAttribute.XorAddress xor, List<TransportAddress> known) {
    return xor.address().port() != 0
        && known.stream().noneMatch(other -> other.family() == xor.address().family());
  }

  private static long lifetimeIn(StunAttribute attribute) {
    return attribute instanceof StunAttribute.Unsigned32 number
            && number.type() == StunAttributeType.LIFETIME
        ? number.value()
        : 0;
  }

  private void granted(long now, long seconds) {
    long lifetime = Math.min(seconds, 86_400) * 1_000_000_000L;
    expiresAt = now + lifetime;
    // Short ones are refreshed in the middle.
    refreshAt = now + Math.max(lifetime / 2, lifetime - options.refreshAhead().toNanos());
  }

  private void handleRefusal(long now, StunClientEvent.Refused refused) {
    TransportAddress alternate = refused.alternateServer();
    if (alternate != null && !options.reliable() && canFollow(alternate)) {
      server = alternate;
      visited.add(alternate);
      stun = newStun();
      sendAllocate(now);
      return;
    }
    int code = refused.errorCode();
    if (code == StunErrorCode.UNKNOWN_ATTRIBUTE && dontFragment) {
      // RFC 8656 §7.4: the server cannot do it, so do without.
      dontFragment = false;
      sendAllocate(now);
    } else if (families == TurnClientOptions.Families.DUAL
        && (code == StunErrorCode.UNKNOWN_ATTRIBUTE
            || code == StunErrorCode.BAD_REQUEST
            || code == StunErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED)) {
      families = TurnClientOptions.Families.IPV4;
      sendAllocate(now);
    } else {
      end(new TurnClientEvent.Failed(code, reason(refused), alternate));
    }
  }

  /// RFC 8489 §10: not to a server that was asked before, nor to another family.
  private boolean canFollow(TransportAddress alternate) {
    return alternate.family() == server.family()
        && alternate.port() != 0
        && visited.size() <= MAX_REDIRECTS
        && !visited.contains(alternate);
  }

  private static String reason(StunClientEvent.Refused refused) {
    for (StunAttribute attribute : refused.attributes()) {
      if (attribute instanceof StunAttribute.ErrorCode error && !error.reason().isBlank()) {
        return error.reason();
      }
    }
    String usual = StunErrorCode.reason(refused.errorCode());
    return usual.isEmpty() ? "refused with " + refused.errorCode() : usual;
  }

  private void handleRefresh(long now, StunClientEvent event) {
    switch (event) {
      case StunClientEvent.Succeeded succeeded -> {
        long seconds = 0;
        for (StunAttribute attribute : succeeded.attributes()) {
          seconds = Math.max(seconds, lifetimeIn(attribute));
        }
        granted(now, Math.max(1, seconds));
      }
      case StunClientEvent.Refused refused ->
          end(new TurnClientEvent.Lost(refused.errorCode(), reason(refused)));
      case StunClientEvent.TimedOut _ ->
          end(new TurnClientEvent.Lost(UNREACHABLE, "the TURN server does not answer any more"));
    }
  }

  private void handleConnect(TransportAddress peer, StunClientEvent event) {
    events.add(
        switch (event) {
          case StunClientEvent.TimedOut _ ->
              new TurnClientEvent.PeerNotConnected(
                  peer, UNREACHABLE, "the TURN server does not answer");
          case StunClientEvent.Refused refused ->
              new TurnClientEvent.PeerNotConnected(peer, refused.errorCode(), reason(refused));
          case StunClientEvent.Succeeded succeeded -> {
            long connection = -1;
            for (StunAttribute attribute : succeeded.attributes()) {
              if (attribute instanceof StunAttribute.Unsigned32 number
                  && number.type() == StunAttributeType.CONNECTION_ID) {
                connection = number.value();
              }
            }
            yield connection < 0
                ? new TurnClientEvent.PeerNotConnected(
                    peer, UNREACHABLE, "the TURN server's answer lacks the connection's number")
                : new TurnClientEvent.PeerConnected(peer, (int) connection);
          }
        });
  }

  private void handlePeer(long now, ClientPeers.Request request, StunClientEvent event) {
    switch (event) {
      case StunClientEvent.Succeeded _ -> {
        peers.granted(now, request);
        events.add(
            request.channel() > 0
                ? new TurnClientEvent.ChannelBound(request.peer(), request.channel())
                : new TurnClientEvent.PermissionInstalled(request.peer()));
      }
      case StunClientEvent.Refused refused -> {
        peers.failed(request, refused.errorCode() == StunErrorCode.FORBIDDEN);
        if (refused.errorCode() == StunErrorCode.ALLOCATION_MISMATCH) {
          end(new TurnClientEvent.Lost(refused.errorCode(), reason(refused)));
        } else if (request.channel() == 0) {
          events.add(
              new TurnClientEvent.PeerRefused(
                  request.peer(), refused.errorCode(), reason(refused)));
        }
      }
      case StunClientEvent.TimedOut _ -> peers.failed(request, false);
    }
  }

  @Override
  public void handleTimeout(long now) {
    stun.handleTimeout(now);
    process(now);
    if (now >= expiresAt) {
      end(new TurnClientEvent.Lost(UNREACHABLE, "the allocation has expired"));
    } else if (now >= refreshAt && state == State.ALLOCATED) {
      refreshAt = NEVER;
      allocation = stun.send(now, TurnMethod.REFRESH, lifetime(options.lifetime().toSeconds()));
    }
  }

  @Override
  public long nextTimeout() {
    if (state == State.ENDED) {
      return NEVER;
    }
    long next = Math.min(stun.nextTimeout(), Math.min(refreshAt, expiresAt));
    if (state == State.ALLOCATED) {
      next = Math.min(next, Math.min(peers.nextTimeout(), keepaliveAt()));
    }
    return next;
  }

  private long keepaliveAt() {
    return options.reliable() ? NEVER : lastSentAt + KEEPALIVE_NANOS;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    if (state == State.ENDED || out.isFull()) {
      return false;
    }
    if (state == State.ALLOCATED) {
      for (ClientPeers.Request request = peers.pollRequest(now);
          request != null;
          request = peers.pollRequest(now)) {
        requests.put(stun.send(now, request.method(), request.attributes()), request);
      }
    }
    if (stun.pollTransmit(now, out)) {
      lastSentAt = now;
      return true;
    }
    if (state == State.ALLOCATED && now >= keepaliveAt()) {
      writer.start(out, StunClass.INDICATION, StunMethod.BINDING, TransactionId.random(random));
      out.route(local, server);
      out.commit(writer.length());
      lastSentAt = now;
      return true;
    }
    return false;
  }

  @Override
  public @Nullable TurnClientEvent pollEvent() {
    return events.poll();
  }

  @Override
  public String toString() {
    return "TurnClient[" + local + " → " + server + ", " + state + ", " + relayed + "]";
  }
}
