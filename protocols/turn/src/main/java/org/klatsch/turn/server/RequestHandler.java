package org.klatsch.turn.server;

import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.LongTermAuthenticator;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.MessageIntegrity;
import org.klatsch.stun.StunAttribute;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunClass;
import org.klatsch.stun.StunErrorCode;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;
import org.klatsch.stun.TransactionId;
import org.klatsch.turn.ChannelData;
import org.klatsch.turn.RelayFamily;
import org.klatsch.turn.TurnMethod;

/// Answers the requests of clients: Binding to everybody, the others to users, RFC 8656 §7 to §12.
final class RequestHandler {
  /// The longest answer: one to a Binding request with PADDING that fills a packet.
  private static final int MAX_ANSWER = 1472;

  /// An address attribute with its header, of either family.
  private static final int IPV4_ADDRESS_LENGTH = 12;

  private static final int IPV6_ADDRESS_LENGTH = 24;

  /// RFC 5780 §7.2: flags A and B.
  private static final int CHANGE_ADDRESS = 4;

  private static final int CHANGE_PORT = 2;

  private static final int MAX_UNKNOWN_TOLD = 8;
  private static final int UDP = 17;
  private static final int TCP = 6;
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /// Header and an ERROR-CODE without phrase.
  private static final int BARE_ERROR_LENGTH = StunMessage.HEADER_LENGTH + 8;

  /// Ascending. Credentials are ignored where none are asked for, RFC 8489 §9.
  private static final int[] BINDING_UNDERSTOOD = {
    StunAttributeType.USERNAME,
    StunAttributeType.REALM,
    StunAttributeType.NONCE,
    StunAttributeType.PASSWORD_ALGORITHM,
    StunAttributeType.USERHASH,
  };

  /// Those and what RFC 5780 adds, over plain UDP, where there is a second address. Ascending.
  private static final int[] DISCOVERY_UNDERSTOOD = {
    StunAttributeType.CHANGE_REQUEST,
    StunAttributeType.USERNAME,
    StunAttributeType.REALM,
    StunAttributeType.NONCE,
    StunAttributeType.PASSWORD_ALGORITHM,
    StunAttributeType.USERHASH,
    StunAttributeType.PADDING,
    StunAttributeType.RESPONSE_PORT,
  };

  /// Ascending. DONT-FRAGMENT is missing: java.nio cannot set the bit, RFC 8656 §7.2.
  private static final int[] UNDERSTOOD = {
    StunAttributeType.USERNAME,
    StunAttributeType.CHANNEL_NUMBER,
    StunAttributeType.LIFETIME,
    StunAttributeType.XOR_PEER_ADDRESS,
    StunAttributeType.REALM,
    StunAttributeType.NONCE,
    StunAttributeType.REQUESTED_ADDRESS_FAMILY,
    StunAttributeType.EVEN_PORT,
    StunAttributeType.REQUESTED_TRANSPORT,
    StunAttributeType.PASSWORD_ALGORITHM,
    StunAttributeType.USERHASH,
    StunAttributeType.RESERVATION_TOKEN,
    StunAttributeType.CONNECTION_ID,
  };

  /// A request of a user, and where its answer goes.
  record Request(
      boolean stream,
      TransportAddress local,
      TransportAddress remote,
      StunMessage message,
      String username,
      MessageIntegrity integrity) {}

  private final TurnServer server;
  private final TurnServerOptions options;
  private final TurnUsers users;
  private final PeerAccess access;
  private final AllocationTable table;
  private final TurnServerCounters.Live counters;
  private final LongTermAuthenticator authenticator;
  private final SecureRandom random;
  private final StrangerBudget strangers;
  private final StunMessageWriter writer = new StunMessageWriter();
  private final byte[] answer = new byte[MAX_ANSWER];
  private final List<AlternateAddress> alternates = new ArrayList<>();
  private @Nullable TcpRequestHandler tcp;
  private boolean draining;

  RequestHandler(
      TurnServer server,
      TurnServerOptions options,
      TurnUsers users,
      PeerAccess access,
      AllocationTable table,
      TurnServerCounters.Live counters,
      SecureRandom random) {
    this.server = server;
    this.options = options;
    this.users = users;
    this.access = access;
    this.table = table;
    this.counters = counters;
    this.random = random;
    this.authenticator =
        new LongTermAuthenticator(options.realm(), users, options.nonceLifetime(), random);
    this.strangers = new StrangerBudget(options.challengesPerSecond(), options.maxSources());
  }

  void drain() {
    draining = true;
  }

  /// Offers TCP allocations.
  void tcp(TcpRequestHandler handler) {
    tcp = handler;
  }

  void alternate(AlternateAddress addresses) {
    alternates.add(addresses);
  }

  void handle(
      long now,
      boolean stream,
      TransportAddress local,
      TransportAddress remote,
      StunMessage message)
      throws MalformedStunException {
    switch (message.method()) {
      case StunMethod.BINDING -> bind(now, stream, local, remote, message);
      case TurnMethod.ALLOCATE,
          TurnMethod.REFRESH,
          TurnMethod.CREATE_PERMISSION,
          TurnMethod.CHANNEL_BIND ->
          authenticate(now, stream, local, remote, message);
      case TurnMethod.CONNECT, TurnMethod.CONNECTION_BIND -> {
        if (tcp == null) {
          counters.unexpected++;
        } else {
          authenticate(now, stream, local, remote, message);
        }
      }
      default -> counters.unexpected++;
    }
  }

  // Strangers.

  private void bind(
      long now,
      boolean stream,
      TransportAddress local,
      TransportAddress remote,
      StunMessage message)
      throws MalformedStunException {
    // From elsewhere the answer could not be protected.
    TransportAddress other = stream || server.isSecured() ? null : changed(local, true, true);
    int[] unknown =
        message.unknownRequired(other == null ? BINDING_UNDERSTOOD : DISCOVERY_UNDERSTOOD);
    TransportAddress from = local;
    TransportAddress to = remote;
    if (unknown.length > 0) {
      start(StunClass.ERROR_RESPONSE, message)
          .error(StunErrorCode.UNKNOWN_ATTRIBUTE, "")
          .unknownAttributes(told(unknown));
    } else if (message.has(StunAttributeType.RESPONSE_PORT)
        && message.has(StunAttributeType.PADDING)) {
      // RFC 5780 §6.1: the two together would send large packets where nobody asked for them.
      start(StunClass.ERROR_RESPONSE, message).error(StunErrorCode.BAD_REQUEST, "");
    } else {
      start(StunClass.SUCCESS_RESPONSE, message)
          .xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, remote);
      if (other != null) {
        from = origin(local, message);
        to = remote.withPort(responsePort(message, remote.port()));
        tellAddresses(message, remote, from, other);
      }
    }
    if (message.has(StunAttributeType.FINGERPRINT)) {
      writer.fingerprint();
    }
    if (stream || strangers.allow(now, remote, message.length(), writer.length())) {
      counters.bindings++;
      server.answer(stream, from, to, answer, writer.length());
    } else {
      counters.suppressed++;
    }
  }

  private @Nullable TransportAddress changed(
      TransportAddress local, boolean address, boolean port) {
    for (AlternateAddress each : alternates) {
      TransportAddress changed = each.changed(local, address, port);
      if (changed != null) {
        return changed;
      }
    }
    return null;
  }

  /// Where the answer comes from, RFC 5780 §6.1.
  private TransportAddress origin(TransportAddress local, StunMessage message)
      throws MalformedStunException {
    long flags = Math.max(0, message.u32(StunAttributeType.CHANGE_REQUEST));
    TransportAddress origin =
        changed(local, (flags & CHANGE_ADDRESS) != 0, (flags & CHANGE_PORT) != 0);
    return origin == null ? local : origin;
  }

  /// RFC 5780 §7.5: 16 bits, whether or not the padding behind is counted in the length.
  private static int responsePort(StunMessage message, int usual) {
    int at = message.find(StunAttributeType.RESPONSE_PORT);
    if (at < 0 || message.valueLength(at) < 2) {
      return usual;
    }
    byte[] array = message.array();
    int value = message.valueOffset(at);
    int port = (array[value] & 0xff) << 8 | array[value + 1] & 0xff;
    return port == 0 ? usual : port;
  }

  /// RFC 5780 §7.3, §7.4 and §7.6.
  private void tellAddresses(
      StunMessage message, TransportAddress remote, TransportAddress from, TransportAddress other) {
    // Deviates from RFC 5780 §6.1: an address that would make the answer more than 1.6 times its
    // request is left out, because sources are easily forged.
    int room =
        StrangerBudget.room(remote, message.length())
            - (message.has(StunAttributeType.FINGERPRINT) ? 8 : 0);
    int each = other.isIpv4() ? IPV4_ADDRESS_LENGTH : IPV6_ADDRESS_LENGTH;
    if (writer.length() + each <= room) {
      writer.address(StunAttributeType.OTHER_ADDRESS, other);
    }
    if (writer.length() + each <= room) {
      writer.address(StunAttributeType.RESPONSE_ORIGIN, from);
    }
    int padding = message.find(StunAttributeType.PADDING);
    if (padding >= 0) {
      // Deviates from RFC 5780 §7.6: as long as the request's instead of the link's MTU, because a
      // short request must not fetch a long answer.
      int length = Math.min(message.valueLength(padding), MAX_ANSWER - 8 - writer.length() - 4);
      writer.bytes(StunAttributeType.PADDING, new byte[length & ~3]);
    }
  }

  private static int[] told(int[] unknown) {
    return unknown.length > MAX_UNKNOWN_TOLD ? Arrays.copyOf(unknown, MAX_UNKNOWN_TOLD) : unknown;
  }

  StunMessageWriter start(StunClass messageClass, int method, TransactionId id) {
    return writer.start(answer, 0, MAX_ANSWER, messageClass, method, id);
  }

  StunMessageWriter startIndication(int method) {
    return start(StunClass.INDICATION, method, TransactionId.random(random));
  }

  /// Sends an indication to the client of an allocation.
  void tell(Allocation allocation) {
    server.answer(allocation.stream, allocation.server, allocation.client, answer, writer.length());
  }

  /// Sends an answer that came late.
  void finish(Allocation allocation, MessageIntegrity integrity, boolean fingerprint) {
    writer.integrity(integrity);
    if (fingerprint) {
      writer.fingerprint();
    }
    tell(allocation);
  }

  StunMessageWriter start(StunClass messageClass, StunMessage request) {
    return writer.startResponse(answer, 0, MAX_ANSWER, messageClass, request);
  }

  private void authenticate(
      long now,
      boolean stream,
      TransportAddress local,
      TransportAddress remote,
      StunMessage message)
      throws MalformedStunException {
    Allocation allocation = table.find(stream, local, remote);
    users.at(now, establishedUser(message, allocation));
    LongTermAuthenticator.Verdict verdict = authenticator.check(now, local, remote, message);
    String username = verdict.username();
    MessageIntegrity integrity = verdict.integrity();
    if (verdict.errorCode() != 0 || username == null || integrity == null) {
      reject(now, stream, local, remote, message, verdict.errorCode());
      return;
    }
    strangers.trust(now, remote);
    Request request = new Request(stream, local, remote, message, username, integrity);
    int[] unknown = message.unknownRequired(UNDERSTOOD);
    if (unknown.length > 0) {
      start(StunClass.ERROR_RESPONSE, message)
          .error(StunErrorCode.UNKNOWN_ATTRIBUTE)
          .unknownAttributes(told(unknown));
      finish(request);
    } else if (message.method() == TurnMethod.ALLOCATE) {
      allocate(now, request, allocation);
    } else if (message.method() == TurnMethod.CONNECTION_BIND && tcp != null) {
      tcp.bind(request, allocation);
    } else if (allocation == null) {
      refuse(request, StunErrorCode.ALLOCATION_MISMATCH);
    } else if (!allocation.username.equals(username)) {
      refuse(request, StunErrorCode.WRONG_CREDENTIALS);
    } else {
      switch (message.method()) {
        case TurnMethod.REFRESH -> refresh(now, request, allocation);
        case TurnMethod.CREATE_PERMISSION -> permit(now, request, allocation);
        case TurnMethod.CONNECT -> {
          TcpRequestHandler handler = tcp;
          if (handler != null) {
            handler.connect(now, request, allocation);
          }
        }
        default -> bindChannel(now, request, allocation);
      }
    }
  }

  /// Who may go on after the time of its name: who has the allocation that the request is about.
  private @Nullable String establishedUser(StunMessage message, @Nullable Allocation allocation)
      throws MalformedStunException {
    Allocation meant =
        allocation == null && tcp != null && message.method() == TurnMethod.CONNECTION_BIND
            ? tcp.allocationOf(message)
            : allocation;
    return meant == null ? null : meant.username;
  }

  /// Answers somebody who has proved nothing: with a challenge whose length the request's pays for,
  /// so that forged sources cannot use this server to flood others.
  private void reject(
      long now,
      boolean stream,
      TransportAddress local,
      TransportAddress remote,
      StunMessage message,
      int code) {
    boolean challenges = code == StunErrorCode.UNAUTHENTICATED || code == StunErrorCode.STALE_NONCE;
    int room = stream ? MAX_ANSWER : StrangerBudget.room(remote, message.length());
    boolean full = BARE_ERROR_LENGTH + authenticator.challengeLength(true) <= room;
    int length = BARE_ERROR_LENGTH + (challenges ? authenticator.challengeLength(full) : 0);
    // A client begins with Allocate, and has to be told the realm however long it is.
    boolean fits = length <= room || message.method() == TurnMethod.ALLOCATE;
    if (!stream && (!fits || !strangers.allow(now, remote, message.length(), length))) {
      counters.suppressed++;
      return;
    }
    start(StunClass.ERROR_RESPONSE, message).error(code, "");
    if (challenges) {
      counters.challenges++;
      authenticator.challenge(now, local, remote, full, writer);
    }
    server.answer(stream, local, remote, answer, writer.length());
  }

  // Users.

  void refuse(Request request, int code) {
    start(StunClass.ERROR_RESPONSE, request.message()).error(code);
    finish(request);
  }

  void finish(Request request) {
    writer.integrity(request.integrity());
    if (request.message().has(StunAttributeType.FINGERPRINT)) {
      writer.fingerprint();
    }
    server.answer(request.stream(), request.local(), request.remote(), answer, writer.length());
  }

  private void allocate(long now, Request request, @Nullable Allocation known)
      throws MalformedStunException {
    StunMessage message = request.message();
    if (known != null) {
      if (message.belongsTo(known.createdBy) && known.username.equals(request.username())) {
        tellAllocation(now, request, known);
      } else {
        refuse(request, StunErrorCode.ALLOCATION_MISMATCH);
      }
      return;
    }
    int code = allocationError(request.stream(), message);
    String quotaName = users.quotaName(request.username());
    if (code == 0 && table.isUserFull(quotaName)) {
      counters.allocationsRefused++;
      code = StunErrorCode.ALLOCATION_QUOTA_REACHED;
    }
    if (code == 0 && (draining || table.isFull())) {
      counters.allocationsRefused++;
      code = StunErrorCode.INSUFFICIENT_CAPACITY;
    }
    if (code != 0) {
      refuse(request, code);
      return;
    }
    make(now, request, quotaName);
  }

  /// What is wrong with the attributes of an Allocate request, RFC 8656 §7.2, or 0.
  private int allocationError(boolean stream, StunMessage message) throws MalformedStunException {
    long transport = message.u32(StunAttributeType.REQUESTED_TRANSPORT);
    long family = message.u32(StunAttributeType.REQUESTED_ADDRESS_FAMILY);
    long additional = message.u32(StunAttributeType.ADDITIONAL_ADDRESS_FAMILY);
    boolean even = message.has(StunAttributeType.EVEN_PORT);
    boolean token = message.has(StunAttributeType.RESERVATION_TOKEN);
    if (transport < 0
        || token && (even || family >= 0 || additional >= 0)
        || family >= 0 && additional >= 0
        || even && message.valueLength(message.find(StunAttributeType.EVEN_PORT)) != 1
        || additional >= 0
            && (additional >>> 24 != RelayFamily.IPV6 || even && reservesNext(message))) {
      return StunErrorCode.BAD_REQUEST;
    }
    if (transport >>> 24 == TCP && tcp != null) {
      // RFC 6062 §5.1.
      if (!stream || even || token || additional >= 0) {
        return StunErrorCode.BAD_REQUEST;
      }
    } else if (transport >>> 24 != UDP) {
      return StunErrorCode.UNSUPPORTED_TRANSPORT;
    }
    boolean known =
        family < 0 || family >>> 24 == RelayFamily.IPV4 || family >>> 24 == RelayFamily.IPV6;
    return known ? 0 : StunErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED;
  }

  /// The R bit of EVEN-PORT, RFC 8656 §18.7.
  private static boolean reservesNext(StunMessage message) {
    int at = message.find(StunAttributeType.EVEN_PORT);
    return (message.array()[message.valueOffset(at)] & 0x80) != 0;
  }

  private void make(long now, Request request, String quotaName) throws MalformedStunException {
    StunMessage message = request.message();
    long requested = message.u32(StunAttributeType.REQUESTED_ADDRESS_FAMILY);
    int family = requested < 0 ? RelayFamily.IPV4 : (int) (requested >>> 24);
    byte[] token = message.bytes(StunAttributeType.RESERVATION_TOKEN);
    boolean even = message.has(StunAttributeType.EVEN_PORT);
    TransportAddress host = relayHost(family, request.local());
    if (host != null && message.u32(StunAttributeType.REQUESTED_TRANSPORT) >>> 24 == TCP) {
      host = host.withProtocol(TransportAddress.Protocol.TCP);
    }
    if (token == null && host == null) {
      refuse(request, StunErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED);
      return;
    }
    TransportAddress first =
        token != null
            ? table.claim(token, request.username())
            : host == null ? null : table.open(host, even);
    byte[] reservation = null;
    if (first != null && even && reservesNext(message)) {
      reservation = table.reserveAbove(now, first, request.username());
      if (reservation == null) {
        table.close(first);
        first = null;
      }
    }
    if (first == null) {
      counters.allocationsRefused++;
      refuse(request, StunErrorCode.INSUFFICIENT_CAPACITY);
      return;
    }
    List<TransportAddress> relayed = new ArrayList<>(List.of(first));
    int failedFamily = 0;
    if (message.has(StunAttributeType.ADDITIONAL_ADDRESS_FAMILY)) {
      TransportAddress other = relayHost(RelayFamily.IPV6, request.local());
      TransportAddress second = other == null ? null : table.open(other, false);
      if (second == null) {
        failedFamily = RelayFamily.IPV6;
      } else {
        relayed.add(second);
      }
    }
    Allocation allocation =
        new Allocation(
            request.stream(),
            request.local(),
            request.remote(),
            request.username(),
            quotaName,
            message.transactionId(),
            relayed);
    allocation.reservation = reservation;
    allocation.failedFamily = failedFamily;
    allocation.expiresAt = now + lifetime(message) * NANOS_PER_SECOND;
    server.allocated(allocation);
    tellAllocation(now, request, allocation);
  }

  private @Nullable TransportAddress relayHost(int family, TransportAddress local) {
    for (TransportAddress host : options.relayHosts()) {
      if (RelayFamily.of(host) == family) {
        return host;
      }
    }
    return RelayFamily.of(local) == family && !local.isAnyLocal() ? local : null;
  }

  /// The seconds granted, RFC 8656 §7.2.
  private long lifetime(StunMessage message) throws MalformedStunException {
    long wanted = message.u32(StunAttributeType.LIFETIME);
    return Math.clamp(
        wanted, options.defaultLifetime().toSeconds(), options.maxLifetime().toSeconds());
  }

  private void tellAllocation(long now, Request request, Allocation allocation) {
    start(StunClass.SUCCESS_RESPONSE, request.message());
    for (TransportAddress address : allocation.relayed) {
      writer.xorAddress(StunAttributeType.XOR_RELAYED_ADDRESS, address);
    }
    writer.u32(
        StunAttributeType.LIFETIME, Math.max(1, (allocation.expiresAt - now) / NANOS_PER_SECOND));
    byte[] token = allocation.reservation;
    if (token != null) {
      writer.bytes(StunAttributeType.RESERVATION_TOKEN, token);
    }
    if (allocation.failedFamily != 0) {
      int code = StunErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED;
      // RFC 8656 §18.12: family, reserved, class, number; the phrase may be empty.
      writer.u32(
          StunAttributeType.ADDRESS_ERROR_CODE,
          (long) allocation.failedFamily << 24 | code / 100 << 8 | code % 100);
    }
    writer.xorAddress(StunAttributeType.XOR_MAPPED_ADDRESS, request.remote());
    finish(request);
  }

  /// RFC 8656 §8.2.
  private void refresh(long now, Request request, Allocation allocation)
      throws MalformedStunException {
    StunMessage message = request.message();
    long family = message.u32(StunAttributeType.REQUESTED_ADDRESS_FAMILY);
    TransportAddress only = null;
    if (family >= 0) {
      for (TransportAddress address : allocation.relayed) {
        if (RelayFamily.of(address) == family >>> 24) {
          only = address;
        }
      }
      if (only == null) {
        refuse(request, StunErrorCode.PEER_ADDRESS_FAMILY_MISMATCH);
        return;
      }
    }
    boolean ends = message.u32(StunAttributeType.LIFETIME) == 0;
    long seconds = ends ? 0 : lifetime(message);
    if (!ends) {
      table.extend(allocation, now + seconds * NANOS_PER_SECOND);
    } else if (only != null && allocation.relayed.size() > 1) {
      table.removeRelay(allocation, only);
    } else {
      server.release(allocation);
    }
    start(StunClass.SUCCESS_RESPONSE, message).u32(StunAttributeType.LIFETIME, seconds);
    finish(request);
  }

  /// RFC 8656 §9.2: all peers of a request or none.
  private void permit(long now, Request request, Allocation allocation)
      throws MalformedStunException {
    List<TransportAddress> peers = new ArrayList<>();
    for (StunAttribute attribute : request.message().attributes()) {
      if (attribute instanceof StunAttribute.XorAddress xor
          && xor.type() == StunAttributeType.XOR_PEER_ADDRESS) {
        peers.add(xor.address());
      }
    }
    int code = peers.isEmpty() ? StunErrorCode.BAD_REQUEST : 0;
    for (TransportAddress peer : peers) {
      code = code != 0 ? code : peerError(now, allocation, peer);
    }
    if (code == 0 && peers.size() > options.maxPermissions()) {
      code = StunErrorCode.INSUFFICIENT_CAPACITY;
    }
    if (code != 0) {
      refuse(request, code);
      return;
    }
    for (TransportAddress peer : peers) {
      if (!allocation.hasRoomFor(now, peer, options.maxPermissions())) {
        refuse(request, StunErrorCode.INSUFFICIENT_CAPACITY);
        return;
      }
      allocation.permit(now, peer, isOwnPortsOnly(allocation, peer));
    }
    start(StunClass.SUCCESS_RESPONSE, request.message());
    finish(request);
  }

  private boolean isOwnPortsOnly(Allocation allocation, TransportAddress peer) {
    return access.accessOf(allocation, peer) == PeerAccess.Access.OWN_PORTS;
  }

  /// Why a peer cannot have a permission, or 0.
  private int peerError(long now, Allocation allocation, TransportAddress peer) {
    if (allocation.relayedTo(peer) == null) {
      return StunErrorCode.PEER_ADDRESS_FAMILY_MISMATCH;
    }
    if (access.accessOf(allocation, peer) == PeerAccess.Access.NONE) {
      counters.peersRefused++;
      return StunErrorCode.FORBIDDEN;
    }
    return allocation.hasRoomFor(now, peer, options.maxPermissions())
        ? 0
        : StunErrorCode.INSUFFICIENT_CAPACITY;
  }

  /// RFC 8656 §12.2.
  private void bindChannel(long now, Request request, Allocation allocation)
      throws MalformedStunException {
    StunMessage message = request.message();
    long value = message.u32(StunAttributeType.CHANNEL_NUMBER);
    int number = (int) (value >>> 16);
    TransportAddress peer = message.xorAddress(StunAttributeType.XOR_PEER_ADDRESS);
    // Deviates from RFC 8656 §12.2: numbers above 0x4FFF are taken, because clients after RFC 5766
    // choose such.
    if (value < 0
        || peer == null
        || peer.port() == 0
        || number < ChannelData.FIRST
        || number > ChannelData.LAST_OF_OLD_CLIENTS) {
      refuse(request, StunErrorCode.BAD_REQUEST);
      return;
    }
    if (allocation.isTcp) {
      // RFC 6062 §5.1: connections need no channels.
      refuse(request, StunErrorCode.FORBIDDEN);
      return;
    }
    Allocation.Channel ofNumber = allocation.channel(now, number);
    Allocation.Channel ofPeer = allocation.channel(now, peer);
    if (ofNumber != null && !ofNumber.peer.equals(peer)
        || ofPeer != null && ofPeer.number != number) {
      refuse(request, StunErrorCode.BAD_REQUEST);
      return;
    }
    int code = peerError(now, allocation, peer);
    if (code == 0) {
      Allocation.Permission permission =
          allocation.permit(now, peer, isOwnPortsOnly(allocation, peer));
      if (!allocation.bind(now, number, peer, permission, options.maxChannels())) {
        code = StunErrorCode.INSUFFICIENT_CAPACITY;
      }
    }
    if (code != 0) {
      refuse(request, code);
      return;
    }
    start(StunClass.SUCCESS_RESPONSE, message);
    finish(request);
  }
}
