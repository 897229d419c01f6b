package org.klatsch.ice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.AddressPrefix;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.TransportAddress.Protocol;
import org.klatsch.turn.TurnTransport;

/// The addresses of this agent and the candidates made of them.
final class LocalCandidates {
  /// How much less a relay is worth for every step away from plain UDP, which suffers least when a
  /// packet is lost.
  private static final int TRANSPORT_STEP = 0x2000;

  private static final int MAX_PREFERENCE = 65_535;

  /// The kinds of networks share the range of local preferences, so that an address that comes late
  /// can be better than those that are there.
  private static final int KINDS = NetworkKind.values().length;

  /// The port of the discard service, RFC 863: nobody is reached there.
  private static final int DISCARD_PORT = 9;

  private static final List<AddressPrefix> LOCAL_RANGES =
      List.of(
          AddressPrefix.parse("10.0.0.0/8"),
          AddressPrefix.parse("172.16.0.0/12"),
          AddressPrefix.parse("192.168.0.0/16"),
          AddressPrefix.parse("100.64.0.0/10"),
          AddressPrefix.parse("fc00::/7"));

  /// An interface's address before it has become a candidate.
  private record Address(TransportAddress base, NetworkKind kind, int networkId) {}

  /// What makes two candidates share a foundation, RFC 8445 §5.1.1.3: type, IP address of the base
  /// and the server.
  private record FoundationKey(
      CandidateType type, TransportAddress baseHost, @Nullable TransportAddress serverHost) {}

  private final List<Address> pending = new ArrayList<>();
  private final List<LocalCandidate> candidates = new ArrayList<>();
  private final Map<FoundationKey, String> foundations = new HashMap<>();
  private final boolean relayOnly;
  private final List<AddressMapping> mappings;

  /// What [#mappings] made beside host candidates.
  private final List<LocalCandidate> mapped = new ArrayList<>();

  /// What stands for addresses that peers must not learn; by the address, with port 0.
  private final Map<TransportAddress, Hidden> hidden = new HashMap<>();

  private int nextRelayPreference = MAX_PREFERENCE;

  /// @param name told in place of the address; null: the host candidate is not told at all
  private record Hidden(@Nullable String name) {}

  /// @param relayOnly whether interfaces' addresses serve only to reach relays
  /// @param mappings of static NATs
  LocalCandidates(boolean relayOnly, List<AddressMapping> mappings) {
    this.relayOnly = relayOnly;
    this.mappings = mappings;
  }

  boolean contains(TransportAddress base) {
    return hostAt(base) != null
        || pending.stream().anyMatch(address -> address.base().equals(base));
  }

  int size() {
    return pending.size() + candidates.size();
  }

  List<LocalCandidate> candidates() {
    return candidates;
  }

  void addPending(TransportAddress base, NetworkKind kind, int networkId) {
    pending.add(new Address(base, kind, networkId));
  }

  /// Has an address told to nobody, see [IceAgent#hideAddress].
  void hide(TransportAddress address, @Nullable String name) {
    hidden.put(hostOf(address), new Hidden(name));
  }

  private boolean isHidden(TransportAddress base) {
    return hidden.containsKey(hostOf(base));
  }

  /// The IP address alone: all its ports of all protocols are hidden with it.
  private static TransportAddress hostOf(TransportAddress address) {
    return address.withPort(0).withProtocol(Protocol.UDP);
  }

  /// Whether any address is hidden.
  boolean hidesAny() {
    return !hidden.isEmpty();
  }

  /// Whether peers are told of a candidate.
  boolean isTold(LocalCandidate candidate) {
    Hidden known = hidden.get(hostOf(candidate.base));
    return candidate.type != CandidateType.HOST || known == null || known.name() != null;
  }

  /// The description of a host candidate with its name in place of a hidden address, or with the
  /// unspecified address if it has none.
  private IceCandidate withoutHidden(IceCandidate description, TransportAddress base) {
    Hidden known = hidden.get(hostOf(base));
    if (known == null) {
      return description;
    }
    String name = known.name();
    return description.withHost(name != null ? name : unspecified(base).host());
  }

  /// What stands for a related address that is not told, draft-ietf-mmusic-mdns-ice-candidates §3.1
  /// and RFC 9429 §3.5.3.
  private static TransportAddress unspecified(TransportAddress like) {
    return like.isIpv4()
        ? TransportAddress.ofIpv4(0, DISCARD_PORT)
        : TransportAddress.ofIpv6(0, 0, DISCARD_PORT);
  }

  /// Makes host candidates of all addresses that have come, the best first.
  List<LocalCandidate> takePending() {
    List<LocalCandidate> made = new ArrayList<>();
    List<Address> datagrams = new ArrayList<>(pending);
    datagrams.removeIf(address -> address.base().isTcp());
    List<Address> streams = new ArrayList<>(pending);
    streams.removeIf(address -> !address.base().isTcp());
    List<Address> all = ordered(datagrams);
    all.addAll(ordered(streams));
    int[] limits = {MAX_PREFERENCE, LocalCandidate.MAX_TCP_PREFERENCE};
    for (Address address : all) {
      int preference = preference(address, limits[address.base().isTcp() ? 1 : 0], made);
      limits[address.base().isTcp() ? 1 : 0] = Math.max(0, preference - 1);
      AddressMapping mapping = mappingOf(address.base());
      TransportAddress external = mapping == null ? null : mapping.map(address.base());
      boolean replaces = mapping != null && mapping.replaces();
      TransportAddress told = external != null && replaces ? external : address.base();
      IceCandidate description =
          IceCandidate.of(
              foundation(CandidateType.HOST, address.base(), null),
              LocalCandidate.priority(CandidateType.HOST, address.base(), preference),
              told,
              CandidateType.HOST,
              null,
              LocalCandidate.tcpType(address.base()));
      if (told.equals(address.base())) {
        description = withoutHidden(description, address.base());
      }
      if (address.networkId() != 0) {
        description =
            description.withExtension("network-id", Integer.toString(address.networkId()));
      }
      LocalCandidate host =
          new LocalCandidate(
              CandidateType.HOST, told, address.base(), preference, description, null);
      made.add(host);
      if (external != null && !replaces && host.tcpType != TcpType.ACTIVE) {
        mapped.add(add(host, external, CandidateType.SERVER_REFLEXIVE, external, null));
      }
    }
    pending.clear();
    candidates.addAll(made);
    return made;
  }

  private @Nullable AddressMapping mappingOf(TransportAddress base) {
    for (AddressMapping mapping : mappings) {
      if (mapping.map(base) != null) {
        return mapping;
      }
    }
    return null;
  }

  /// What a static NAT makes of a host candidate beside it, to be told to the peer too.
  @Nullable LocalCandidate mappedOf(LocalCandidate host) {
    for (LocalCandidate candidate : mapped) {
      if (candidate.base.equals(host.base)) {
        return candidate;
      }
    }
    return null;
  }

  /// The highest free local preference of the kind of network.
  ///
  /// @param limit what addresses of the same time that come first have left
  private int preference(Address address, int limit, List<LocalCandidate> made) {
    boolean tcp = address.base().isTcp();
    int max = tcp ? LocalCandidate.MAX_TCP_PREFERENCE : MAX_PREFERENCE;
    int preference = Math.min(limit, max - address.kind().ordinal() * (max / KINDS));
    while (preference > 0
        && (isTaken(candidates, preference, tcp) || isTaken(made, preference, tcp))) {
      preference--;
    }
    return preference;
  }

  private static boolean isTaken(List<LocalCandidate> among, int preference, boolean tcp) {
    for (LocalCandidate each : among) {
      if (each.type == CandidateType.HOST
          && each.localPreference == preference
          && each.base.isTcp() == tcp) {
        return true;
      }
    }
    return false;
  }

  /// Sorts each family by kind of interface and reach, then mixes the families as RFC 8421 §4 does
  /// with IPv6 preferred: with N4 and N6 addresses, every (N4 + N6) / N4-th is IPv4, so that a
  /// family that does not work never delays the other for long.
  private static List<Address> ordered(List<Address> addresses) {
    Comparator<Address> order =
        Comparator.<Address>comparingInt(address -> address.base().isLoopback() ? 1 : 0)
            .thenComparingInt(address -> address.base().isLinkLocal() ? 1 : 0)
            .thenComparing(Address::kind);
    List<Address> ipv4 = new ArrayList<>(addresses);
    ipv4.removeIf(address -> !address.base().isIpv4());
    ipv4.sort(order);
    List<Address> ipv6 = new ArrayList<>(addresses);
    ipv6.removeIf(address -> address.base().isIpv4());
    ipv6.sort(order);
    if (ipv4.isEmpty()) {
      return ipv6;
    }
    int interval = (ipv4.size() + ipv6.size()) / ipv4.size();
    List<Address> mixed = new ArrayList<>();
    while (!ipv4.isEmpty() || !ipv6.isEmpty()) {
      boolean turnOfIpv4 = (mixed.size() + 1) % interval == 0;
      if (ipv6.isEmpty() || turnOfIpv4 && !ipv4.isEmpty()) {
        mixed.add(ipv4.removeFirst());
      } else {
        mixed.add(ipv6.removeFirst());
      }
    }
    return mixed;
  }

  private String foundation(
      CandidateType type, TransportAddress base, @Nullable TransportAddress server) {
    FoundationKey key =
        new FoundationKey(type, base.withPort(0), server == null ? null : server.withPort(0));
    return foundations.computeIfAbsent(key, k -> Integer.toString(foundations.size() + 1));
  }

  /// Whether there is a UDP port at the IP address of a base.
  boolean hasDatagramsAt(TransportAddress base) {
    return candidates.stream()
        .anyMatch(candidate ->
            candidate.type == CandidateType.HOST
                && !candidate.base.isTcp()
                && candidate.base.hasSameHost(base));
  }

  /// The host candidate of a base, or null.
  @Nullable LocalCandidate hostAt(TransportAddress base) {
    for (LocalCandidate candidate : candidates) {
      if (candidate.type == CandidateType.HOST && candidate.base.equals(base)) {
        return candidate;
      }
    }
    return null;
  }

  /// The candidate whose base this is, an interface's or a relayed one; null for others.
  @Nullable LocalCandidate baseAt(TransportAddress base) {
    for (LocalCandidate candidate : candidates) {
      if (isBase(candidate) && candidate.base.equals(base)) {
        return candidate;
      }
    }
    return null;
  }

  private boolean isBase(LocalCandidate candidate) {
    return candidate.type == CandidateType.RELAYED
        || candidate.type == CandidateType.HOST && !relayOnly;
  }

  /// Adds an address on a TURN server, which is its own base, RFC 8445 §5.1.1.2.
  ///
  /// @param mapped the client's address as the server sees it, or null to tell the peer nothing
  LocalCandidate addRelayed(
      IceServer server, TransportAddress relayed, @Nullable TransportAddress mapped) {
    TurnTransport transport = server.transport();
    int steps =
        transport == null
            ? 0
            : switch (transport) {
              case UDP -> 0;
              case DTLS -> 1;
              case TCP -> 2;
              case TLS -> 3;
            };
    int preference = Math.max(0, nextRelayPreference - steps * TRANSPORT_STEP);
    nextRelayPreference = Math.max(0, nextRelayPreference - 1);
    // RFC 8839 §5.1: relayed candidates have a related address, whatever it is.
    TransportAddress related = mapped != null ? mapped : unspecified(relayed);
    IceCandidate description =
        IceCandidate.of(
            foundation(CandidateType.RELAYED, relayed, server.address()),
            LocalCandidate.priority(CandidateType.RELAYED, relayed, preference),
            relayed,
            CandidateType.RELAYED,
            related,
            null);
    LocalCandidate candidate =
        new LocalCandidate(
            CandidateType.RELAYED, relayed, relayed, preference, description, server);
    candidates.add(candidate);
    return candidate;
  }

  /// Adds what a STUN or TURN server saw; null when it is redundant, RFC 8445 §5.1.3: the address
  /// of a candidate of the same base that is known already. Where peers do not know that one as it
  /// is hidden, what the whole Internet sees is told, and what only a server nearby sees is not.
  @Nullable LocalCandidate addServerReflexive(
      LocalCandidate host, TransportAddress seen, IceServer server) {
    LocalCandidate known = find(host.base, seen);
    if (known != null
        && (known.type != CandidateType.HOST || !isHidden(host.base) || isLocal(seen))) {
      return null;
    }
    if (known != null && hasReflexive(host.base, seen)) {
      return null;
    }
    return add(host, seen, CandidateType.SERVER_REFLEXIVE, server.address(), server);
  }

  private boolean hasReflexive(TransportAddress base, TransportAddress seen) {
    return candidates.stream()
        .anyMatch(candidate ->
            candidate.type != CandidateType.HOST
                && candidate.base.equals(base)
                && candidate.address.equals(seen));
  }

  /// Whether an address means something within one site only: private ones (RFC 1918, RFC 6598, RFC
  /// 4193) and those of one link or host.
  private static boolean isLocal(TransportAddress address) {
    return address.isLoopback()
        || address.isLinkLocal()
        || LOCAL_RANGES.stream().anyMatch(range -> range.contains(address));
  }

  /// The candidate that a peer's response shows, RFC 8445 §7.2.5.3.1: known, or a new
  /// peer-reflexive one, which is not signalled.
  LocalCandidate seenByPeer(LocalCandidate host, TransportAddress mapped) {
    TransportAddress seen = mapped.withProtocol(host.base.protocol());
    if (host.tcpType == TcpType.ACTIVE
        && host.base.withScopeId(0).hasSameHost(seen.withScopeId(0))) {
      // The port is that of one connection.
      return host;
    }
    LocalCandidate known = find(host.base, seen);
    return known != null ? known : add(host, seen, CandidateType.PEER_REFLEXIVE, null, null);
  }

  /// @param from whoever made the address, for the foundation
  private LocalCandidate add(
      LocalCandidate host,
      TransportAddress seen,
      CandidateType type,
      @Nullable TransportAddress from,
      @Nullable IceServer server) {
    IceCandidate description =
        IceCandidate.of(
            foundation(type, host.base, from),
            LocalCandidate.priority(type, host.base, host.localPreference),
            seen,
            type,
            isHidden(host.base) ? unspecified(seen) : host.base,
            host.tcpType);
    LocalCandidate candidate =
        new LocalCandidate(type, seen, host.base, host.localPreference, description, server);
    candidates.add(candidate);
    return candidate;
  }

  private @Nullable LocalCandidate find(TransportAddress base, TransportAddress seen) {
    for (LocalCandidate candidate : candidates) {
      // What a peer sees has no scope.
      if (candidate.base.equals(base)
          && candidate.address.withScopeId(0).equals(seen.withScopeId(0))) {
        return candidate;
      }
    }
    return null;
  }

  /// Forgets a base with all its candidates.
  void remove(TransportAddress base) {
    pending.removeIf(address -> address.base().equals(base));
    candidates.removeIf(candidate -> candidate.base.equals(base));
    mapped.removeIf(candidate -> candidate.base.equals(base));
  }

  /// Forgets what servers and peers saw, for a restart.
  void removeReflexive() {
    candidates.removeIf(candidate ->
        candidate.type != CandidateType.HOST
            && candidate.type != CandidateType.RELAYED
            && !mapped.contains(candidate));
  }

  /// What packets are sent from: interfaces' addresses, unless only relays may be used, and relayed
  /// ones.
  List<LocalCandidate> bases() {
    List<LocalCandidate> bases = new ArrayList<>(candidates);
    bases.removeIf(candidate -> !isBase(candidate));
    return bases;
  }

  int hostCount(Protocol protocol) {
    int count = 0;
    for (LocalCandidate candidate : candidates) {
      if (candidate.type == CandidateType.HOST && candidate.base.protocol() == protocol) {
        count++;
      }
    }
    return count;
  }

  List<LocalCandidate> hosts() {
    List<LocalCandidate> hosts = new ArrayList<>(candidates);
    hosts.removeIf(candidate -> candidate.type != CandidateType.HOST);
    return hosts;
  }
}
