package org.klatsch.ice;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.TransportAddress.Protocol;

/// The peer's candidates and the pairs made of them, RFC 8445 §6.1.2 and RFC 8838 §11 to §12.
final class RemoteCandidates {
  private final IceAgent agent;
  private final IceOptions options;
  private final IceStatistics.Counters counters;
  private int peerReflexives;

  RemoteCandidates(IceAgent agent, IceOptions options, IceStatistics.Counters counters) {
    this.agent = agent;
    this.options = options;
    this.counters = counters;
  }

  /// Takes a signalled candidate.
  void add(IceSession session, IceCandidate candidate) {
    IceCredentials remote = session.remote;
    if (remote == null) {
      if (session.earlyCandidates.size() >= options.maxRemoteCandidates()) {
        counters.candidatesDropped++;
      } else {
        session.earlyCandidates.add(candidate);
      }
      return;
    }
    String ufrag = candidate.extension("ufrag");
    boolean ours = ufrag == null || ufrag.equals(remote.ufrag());
    // One component carries all.
    if (!ours || candidate.component() != 1 || !isSupported(candidate)) {
      counters.candidatesDropped++;
      return;
    }
    TransportAddress address = candidate.address();
    if (address != null) {
      addAddress(session, candidate, address);
    } else if (candidate.isMulticastDnsName()) {
      resolve(session, candidate);
    } else {
      // Other names are not looked up: a peer must not make this host ask the DNS, RFC 8839 §5.1.
      counters.candidatesDropped++;
    }
  }

  // Deviates from RFC 6544 §4.1: candidates for simultaneous open are not used, because no browser
  // makes them and nothing but two NATs of the right kind needs them.
  private static boolean isSupported(IceCandidate candidate) {
    TcpType tcpType = candidate.tcpType();
    return candidate.isUdp()
        || candidate.isTcp() && (tcpType == TcpType.ACTIVE || tcpType == TcpType.PASSIVE);
  }

  private void resolve(IceSession session, IceCandidate candidate) {
    if (session.unresolved.contains(candidate)) {
      return;
    }
    if (session.unresolved.size() + session.remoteCandidates.size()
        >= options.maxRemoteCandidates()) {
      counters.candidatesDropped++;
      return;
    }
    boolean asked =
        session.unresolved.stream().anyMatch(other -> other.host().equals(candidate.host()));
    session.unresolved.add(candidate);
    if (!asked) {
      agent.emit(new IceEvent.MdnsQueryRequested(candidate.host()));
    }
  }

  void handleResolved(IceSession session, String name, @Nullable TransportAddress address) {
    for (IceCandidate candidate : List.copyOf(session.unresolved)) {
      if (candidate.host().equalsIgnoreCase(name)) {
        session.unresolved.remove(candidate);
        if (address == null) {
          counters.candidatesDropped++;
        } else {
          addAddress(
              session,
              candidate,
              address
                  .withPort(candidate.port())
                  .withProtocol(candidate.isTcp() ? Protocol.TCP : Protocol.UDP));
        }
      }
    }
  }

  private void addAddress(IceSession session, IceCandidate candidate, TransportAddress given) {
    TransportAddress address = given.withScopeId(0);
    if (!isUsable(address)) {
      counters.candidatesDropped++;
      return;
    }
    RemoteCandidate known = session.findRemote(address);
    if (known != null) {
      if (known.description.type() == CandidateType.PEER_REFLEXIVE) {
        known.description = candidate;
        session.checkList.updatePriorities(agent.role());
        for (CandidatePair pair : List.copyOf(session.checkList.pairs())) {
          // The peer's new address may be a better one, RFC 8445 §7.3.1.3 gave it little.
          if (pair.remote == known && agent.mayImprove(pair)) {
            session.checkList.trigger(pair);
          }
        }
      }
      return;
    }
    if (session.remoteCandidates.size() >= options.maxRemoteCandidates()) {
      counters.candidatesDropped++;
      return;
    }
    RemoteCandidate remote = new RemoteCandidate(address, candidate);
    session.remoteCandidates.add(remote);
    for (LocalCandidate host : agent.locals().bases()) {
      pair(session, host, remote);
    }
  }

  private static boolean isUsable(TransportAddress address) {
    return address.port() != 0
        && !address.isAnyLocal()
        && !address.isMulticast()
        && !address.isIpv4Mapped()
        && !(address.isIpv4() && address.low() == 0xffffffffL);
  }

  /// Pairs a new base with all candidates of the peer.
  void pairWithAll(LocalCandidate host) {
    IceSession session = agent.current();
    if (session.isStarted()) {
      for (RemoteCandidate remote : session.remoteCandidates) {
        pair(session, host, remote);
      }
    }
  }

  private void pair(IceSession session, LocalCandidate host, RemoteCandidate remote) {
    if (!canReach(host, remote.address) || !canConnect(host, remote)) {
      return;
    }
    CandidatePair pair = agent.newPair(session, host, remote);
    if (session.checkList.find(host.base, pair.remoteAddress) != null) {
      return;
    }
    if (!session.checkList.add(pair)) {
      counters.pairsDropped++;
    }
    if (agent.mayImprove(pair)) {
      session.checkList.trigger(pair);
    } else if (session.concluded) {
      pair.state = CandidatePair.State.FROZEN;
    }
  }

  /// Only an active candidate begins a check, and only to a passive one: the pair of a passive
  /// candidate comes with the peer's connection, RFC 6544 §6.2.
  private static boolean canConnect(LocalCandidate local, RemoteCandidate remote) {
    return local.tcpType == null
        || local.tcpType == TcpType.ACTIVE && remote.description.tcpType() == TcpType.PASSIVE;
  }

  /// Protocols, families and scopes must agree: link-local addresses reach only link-local ones
  /// (RFC 8445 §6.1.2.2), loopback only loopback. What a relay reaches is the relay's business.
  private static boolean canReach(LocalCandidate local, TransportAddress remote) {
    TransportAddress base = local.base;
    if (local.type == CandidateType.RELAYED) {
      return base.family() == remote.family() && !remote.isTcp() && !remote.isLinkLocal();
    }
    return base.family() == remote.family()
        && base.protocol() == remote.protocol()
        && base.isLoopback() == remote.isLoopback()
        && (base.isIpv4() || base.isLinkLocal() == remote.isLinkLocal());
  }

  /// The pair of an authenticated check; a source that is not known becomes a peer-reflexive
  /// candidate, RFC 8445 §7.3.1.3. Null beyond the caps.
  @Nullable CandidatePair pairOf(IceSession session, IceSession.EarlyCheck check) {
    CandidatePair known = session.checkList.find(check.local(), check.remote());
    if (known != null) {
      return known;
    }
    LocalCandidate host = agent.locals().baseAt(check.local());
    if (host == null) {
      return null;
    }
    TransportAddress address = check.remote().withScopeId(0);
    RemoteCandidate remote = session.findRemote(address);
    if (remote == null) {
      // Twice the cap, so that a flood of signalled candidates leaves room for real ones.
      if (!isUsable(address)
          || session.remoteCandidates.size() >= 2 * options.maxRemoteCandidates()) {
        counters.candidatesDropped++;
        return null;
      }
      remote =
          new RemoteCandidate(
              address,
              IceCandidate.of(
                  "prflx" + ++peerReflexives,
                  check.priority(),
                  address,
                  CandidateType.PEER_REFLEXIVE,
                  null,
                  address.isTcp() ? TcpType.ACTIVE : null));
      session.remoteCandidates.add(remote);
    }
    CandidatePair pair = agent.newPair(session, host, remote);
    if (!session.checkList.add(pair)) {
      counters.pairsDropped++;
    }
    return session.checkList.pairs().contains(pair) ? pair : null;
  }

  /// What came before the peer's parameters now gets its place.
  void admitEarly(long now, IceSession session) {
    List<IceCandidate> candidates = List.copyOf(session.earlyCandidates);
    session.earlyCandidates.clear();
    for (IceCandidate candidate : candidates) {
      add(session, candidate);
    }
    List<IceSession.EarlyCheck> early = List.copyOf(session.earlyChecks);
    session.earlyChecks.clear();
    for (IceSession.EarlyCheck check : early) {
      agent.onCheck(now, session, check);
    }
  }
}
