package org.klatsch.ice;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.stun.Fingerprint;
import org.klatsch.stun.MalformedStunException;
import org.klatsch.stun.StunAttributeType;
import org.klatsch.stun.StunMessage;
import org.klatsch.stun.StunMessageWriter;
import org.klatsch.stun.StunMethod;

/// An ICE agent, RFC 8445, for one data stream with one component: it gathers candidates, finds a
/// pair of addresses over which both peers reach each other, and watches it.
///
/// Usage: tell it the interfaces' addresses ([#addLocalAddress]) and begin ([#startGathering]);
/// signal [#credentials] and the candidates of its events; give it the peer's with
/// [#setRemoteParameters] and [#addRemoteCandidate]. Data may be sent over [#selectedPair] as soon
/// as there is one.
///
/// Not thread-safe; a protocol core as all others.
public final class IceAgent implements PacketCore<IceEvent> {
  private final IceOptions options;
  private final SecureRandom random;
  private final IceStatistics.Counters counters = new IceStatistics.Counters();
  private final Queue<IceEvent> events = new ArrayDeque<>();
  private final StunMessage message = new StunMessage();
  private final StunMessageWriter writer = new StunMessageWriter();
  private final LocalCandidates locals;
  private final List<TransportAddress> servers;
  private final List<IceTurnServer> turnServers;
  private final Gatherer gatherer;
  private final Relays relays;
  private final CheckResponder responder;
  private final ConnectivityChecks checks;
  private final RemoteCandidates remotes;
  private final Selection selection;
  private IceCheckExtension extension = IceCheckExtension.NONE;
  private IceRole role = IceRole.CONTROLLED;
  private long tieBreaker;

  private final Sessions sessions;
  private boolean gatheringStarted;
  private GatheringState gatheringState = GatheringState.NEW;
  private IceState state = IceState.NEW;
  private int lastPairId;

  /// An agent of the given options, controlled until [#setRole] says otherwise.
  ///
  /// @param random for credentials, the tie-breaker and transactions' identifiers
  public IceAgent(IceOptions options, SecureRandom random) {
    this.options = options;
    this.random = random;
    this.locals = new LocalCandidates(options.relayOnly(), options.addressMappings());
    this.servers = new ArrayList<>(options.stunServers());
    this.turnServers = new ArrayList<>(options.turnServers());
    this.relays = new Relays(options, random, this);
    this.gatherer = new Gatherer(options, random, this);
    this.responder = new CheckResponder(this, options, counters);
    this.checks = new ConnectivityChecks(this, options, random, counters);
    this.remotes = new RemoteCandidates(this, options, counters);
    this.selection = new Selection(this, options, random);
    this.tieBreaker = random.nextLong();
    this.sessions = new Sessions(newSession(IceCredentials.random(random)));
  }

  private IceSession newSession(IceCredentials credentials) {
    return new IceSession(credentials, options.maxPairs());
  }

  // What the layer above asks and says.

  /// The credentials to signal: after [#restart] the new ones.
  public IceCredentials credentials() {
    return sessions.newest().local;
  }

  /// Takes credentials that the layer above has made, in place of the agent's own. Only before
  /// [#startGathering] and [#setRemoteParameters].
  public void setCredentials(IceCredentials credentials) {
    if (gatheringStarted || sessions.current.isStarted() || sessions.pending != null) {
      throw new IllegalStateException("credentials come too late; use restart");
    }
    sessions.current = newSession(credentials);
  }

  /// The words for `a=ice-options` (RFC 8839 §5.6), without `trickle`, which the layer that signals
  /// decides on.
  public List<String> iceOptions() {
    return options.renomination() && !options.lite() ? List.of("renomination") : List.of();
  }

  /// Whether this is a lite agent, to be signalled as `a=ice-lite`.
  public boolean isLite() {
    return options.lite();
  }

  public IceRole role() {
    return role;
  }

  public IceState state() {
    return state;
  }

  public GatheringState gatheringState() {
    return gatheringState;
  }

  /// The pair to send data over, or null while there is none.
  public @Nullable CandidatePair selectedPair() {
    return selection.selected();
  }

  /// A copy of the counters of dropped and odd input.
  public IceStatistics statistics() {
    return counters.snapshot();
  }

  /// The pairs of the current session, best first.
  public List<CandidatePair> pairs() {
    return List.copyOf(sessions.current.checkList.pairs());
  }

  /// The local candidates, including those that only peers have seen.
  public List<IceCandidate> localCandidates() {
    return locals.candidates().stream().map(candidate -> candidate.description).toList();
  }

  /// The peer's candidates, signalled and learned.
  public List<IceCandidate> remoteCandidates() {
    return sessions.current.remoteCandidates.stream()
        .map(candidate -> candidate.description)
        .toList();
  }

  /// Sets the hook for further attributes in checks.
  public void setCheckExtension(IceCheckExtension hook) {
    extension = hook;
  }

  /// Sets the role that follows from signalling, RFC 8445 §6.1.1: the offerer is controlling. A
  /// lite agent opposite a full one stays controlled.
  public void setRole(long now, IceRole newRole) {
    switchRole(now, newRole);
  }

  /// Adds a STUN server, for one whose name is resolved after the agent was made.
  public void addStunServer(long now, TransportAddress server) {
    if (!servers.contains(server)) {
      servers.add(server);
      askAll(now, List.of(server), List.of());
    }
  }

  /// Adds a TURN server, for one whose name is resolved after the agent was made.
  public void addTurnServer(long now, IceTurnServer server) {
    if (!turnServers.contains(server)) {
      turnServers.add(server);
      askAll(now, List.of(), List.of(server));
    }
  }

  private void askAll(long now, List<TransportAddress> stun, List<IceTurnServer> turn) {
    if (gatheringStarted) {
      for (LocalCandidate host : locals.hosts()) {
        ask(now, host, stun, turn);
      }
      updateGatheringState();
    }
  }

  /// Asks servers from a host candidate. A lite agent asks nobody, and one that may only be relayed
  /// needs no reflexive addresses. The addresses of TCP ask nobody either, as a server would only
  /// see the port of the connection to it; but where there is nothing else, relays are reached.
  private void ask(
      long now, LocalCandidate host, List<TransportAddress> stun, List<IceTurnServer> turn) {
    if (options.lite() || host.base.isTcp() && locals.hasDatagramsAt(host.base)) {
      return;
    }
    if (!options.relayOnly() && !host.base.isTcp()) {
      gatherer.start(now, host, stun);
    }
    relays.start(now, host, turn);
  }

  /// Adds the address and port of a bound socket. Before [#startGathering] it is remembered, so
  /// that all addresses can be put in order; afterwards it becomes a candidate at once.
  ///
  /// An address of TCP is a passive candidate, RFC 6544 §4.1; with port 9 it stands for connections
  /// that are opened from there as packets are sent, an active candidate.
  ///
  /// @param networkId a small number for the interface, or 0 to tell the peer nothing
  public void addLocalAddress(long now, TransportAddress base, NetworkKind kind, int networkId) {
    if (base.port() == 0 || base.isAnyLocal() || base.isMulticast()) {
      throw new IllegalArgumentException(
          base + " is not the address and port of a socket bound to an interface");
    }
    if (state == IceState.CLOSED
        || locals.contains(base)
        || locals.hostCount(base.protocol()) >= options.maxLocalAddresses()) {
      return;
    }
    locals.addPending(base, kind, networkId);
    if (gatheringStarted) {
      gatherPending(now);
      updateGatheringState();
    }
  }

  /// Hides an address of this host from peers: no candidate of it carries it, also not as a related
  /// address. To be called before the address is added; all its ports are hidden.
  ///
  /// @param name of multicast DNS that is told in its place, which the layer above answers for;
  ///   null: host candidates are not told at all, RFC 8828 §5.2 mode 3
  public void hideAddress(TransportAddress address, @Nullable String name) {
    locals.hide(address, name);
  }

  /// Takes back an address whose interface is gone. Pairs that use it are forgotten; when the
  /// selected one does, the others are checked again.
  public void removeLocalAddress(long now, TransportAddress base) {
    locals.remove(base);
    gatherer.remove(base);
    relays.remove(now, base);
    forgetPairs(now, base);
    update(now);
  }

  private void forgetPairs(long now, TransportAddress base) {
    for (IceSession session : sessions.active()) {
      for (CandidatePair pair : List.copyOf(session.checkList.pairs())) {
        if (pair.local.base.equals(base)) {
          session.checkList.remove(pair);
          selection.forget(now, pair);
        }
      }
    }
  }

  /// Begins gathering: host candidates come out at once, others as servers answer. To be called
  /// when the local description is set, and again for addresses added since.
  public void startGathering(long now) {
    if (state == IceState.CLOSED) {
      return;
    }
    gatheringStarted = true;
    gatherPending(now);
    updateGatheringState();
  }

  private void gatherPending(long now) {
    List<LocalCandidate> made = locals.takePending();
    if (!made.isEmpty() && gatheringState == GatheringState.COMPLETE) {
      gatheringState = GatheringState.GATHERING;
      events.add(new IceEvent.GatheringStateChanged(gatheringState));
    }
    for (LocalCandidate host : made) {
      ask(now, host, servers, turnServers);
      if (!options.relayOnly()) {
        announceHost(host);
        remotes.pairWithAll(host);
      }
    }
    update(now);
  }

  private void announceHost(LocalCandidate host) {
    announce(host);
    LocalCandidate mapped = locals.mappedOf(host);
    if (mapped != null) {
      announce(mapped);
    }
  }

  private void announce(LocalCandidate candidate) {
    if (locals.isTold(candidate)) {
      events.add(
          new IceEvent.LocalCandidateGathered(
              candidate.description, sessions.newest().local.ufrag(), candidate.server));
    }
  }

  private void updateGatheringState() {
    GatheringState next =
        !gatheringStarted
            ? GatheringState.NEW
            : gatherer.isGathering() || relays.isGathering()
                ? GatheringState.GATHERING
                : GatheringState.COMPLETE;
    if (next == gatheringState) {
      return;
    }
    if (next == GatheringState.COMPLETE && gatheringState == GatheringState.NEW) {
      events.add(new IceEvent.GatheringStateChanged(GatheringState.GATHERING));
    }
    gatheringState = next;
    events.add(new IceEvent.GatheringStateChanged(next));
  }

  /// Takes the peer's parameters. The same ones again change nothing; others begin a new session,
  /// as does the answer to [#restart].
  ///
  /// @param lite whether the peer is a lite agent
  /// @param remoteOptions the words of the peer's `a=ice-options`
  public void setRemoteParameters(
      long now, String ufrag, String password, boolean lite, Set<String> remoteOptions) {
    IceCredentials peer = new IceCredentials(ufrag, password);
    IceSession current = sessions.current;
    IceSession next = sessions.pending;
    if (state == IceState.CLOSED || next == null && peer.equals(current.remote)) {
      return;
    }
    if (next == null) {
      // A peer that changes its parameters while ours stay: not allowed by RFC 8445 §9, tolerated.
      next = current.isStarted() ? newSession(current.local) : current;
    }
    if (next != current) {
      sessions.replace(next, selection.selected());
      selection.sessionReplaced(now);
    }
    sessions.pending = null;
    boolean renominates = options.renomination() && remoteOptions.contains("renomination");
    next.start(now, peer, lite, renominates);
    if (lite && !options.lite()) {
      switchRole(now, IceRole.CONTROLLING);
    } else if (options.lite() && !lite) {
      switchRole(now, IceRole.CONTROLLED);
    }
    selection.startPatience(now);
    remotes.admitEarly(now, next);
    update(now);
  }

  /// The remote candidates of one session are complete, RFC 8838 §14.
  public void endOfRemoteCandidates(long now) {
    sessions.current.endOfRemoteCandidates = true;
    update(now);
  }

  /// Takes a candidate of the peer; unusable ones are ignored, RFC 8839 §5.1. Candidates that come
  /// before the parameters are kept.
  public void addRemoteCandidate(long now, IceCandidate candidate) {
    if (state == IceState.CLOSED) {
      return;
    }
    remotes.add(sessions.current, candidate);
    update(now);
  }

  /// Answers [IceEvent.MdnsQueryRequested].
  ///
  /// @param address any port; null when the name does not resolve
  public void handleMdnsResolved(long now, String name, @Nullable TransportAddress address) {
    if (state == IceState.CLOSED) {
      return;
    }
    remotes.handleResolved(sessions.current, name, address);
    update(now);
  }

  /// Begins an ICE restart, RFC 8445 §9: new credentials, which take effect when the peer's new
  /// ones are set. Until a new pair is selected the old one stays in use.
  public void restart(long now) {
    restart(now, IceCredentials.random(random));
  }

  /// The same with credentials that the layer above has made.
  public void restart(long now, IceCredentials credentials) {
    if (state == IceState.CLOSED) {
      throw new IllegalStateException("the agent is closed");
    }
    sessions.pending = newSession(credentials);
    locals.removeReflexive();
    gatherer.stop();
    if (gatheringStarted) {
      gatheringState = GatheringState.NEW;
      for (LocalCandidate base : locals.bases()) {
        announceHost(base);
      }
      for (LocalCandidate host : locals.hosts()) {
        // Relays stay allocated over a restart; servers that gave none are asked again.
        ask(now, host, servers, turnServers);
      }
      gatherPending(now);
      updateGatheringState();
    }
  }

  /// Takes back a [#restart] that the peer has not answered, for a rolled back offer.
  public void cancelRestart() {
    sessions.pending = null;
  }

  /// Ends the agent; it sends nothing any more.
  public void close(long now) {
    responder.clear();
    gatherer.stop();
    relays.close(now);
    sessions.clear();
    selection.close();
    setState(IceState.CLOSED);
  }

  /// Notes a packet of data sent over the selected pair.
  public void notePacketSent(long now, int bytes) {
    CandidatePair pair = selection.selected();
    if (pair != null) {
      pair.packetsSent++;
      pair.bytesSent += bytes;
      pair.lastSentAt = now;
    }
  }

  /// Notes a packet of data that came from a known remote address.
  public void notePacketReceived(
      long now, TransportAddress local, TransportAddress remote, int bytes) {
    CandidatePair pair = selection.selected();
    if (pair == null || !pair.connects(local, remote)) {
      pair = sessions.findPair(local, remote);
    }
    if (pair != null) {
      pair.packetsReceived++;
      pair.bytesReceived += bytes;
      pair.lastReceivedAt = now;
      if (state == IceState.DISCONNECTED) {
        selection.heard(now, pair);
        update(now);
      }
    }
  }

  /// Whether data from `remote` at `local` may be the peer's: a check has succeeded between the two
  /// or the peer has proved its password from there.
  public boolean isKnownRemote(TransportAddress local, TransportAddress remote) {
    CandidatePair pair = selection.selected();
    if (pair != null && pair.connects(local, remote)) {
      return true;
    }
    pair = sessions.findPair(local, remote);
    if (pair != null) {
      return pair.valid || pair.requestsReceived > 0;
    }
    return sessions.hasEarlyCheck(local, remote);
  }

  // What comes from below.

  /// Takes a STUN packet; others are counted as malformed.
  @Override
  public void handlePacket(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    if (state == IceState.CLOSED) {
      return;
    }
    if (relays.isFromServer(local, remote, buffer, offset, length)) {
      RelayedPacket inner = relays.unwrap(now, local, remote, buffer, offset, length);
      if (inner != null) {
        handleStun(now, inner.local(), inner.remote(), buffer, inner.offset(), inner.length());
      }
    } else {
      handleStun(now, local, remote, buffer, offset, length);
    }
    update(now);
  }

  /// A connection of a TCP pair is gone or could not be opened. Only the active side can open
  /// another one, RFC 6544 §7.1.
  @Override
  public void handleStreamClosed(long now, TransportAddress local, TransportAddress remote) {
    if (relays.connectionClosed(now, local, remote)) {
      return;
    }
    CandidatePair pair = state == IceState.CLOSED ? null : sessions.findPair(local, remote);
    if (pair == null) {
      return;
    }
    CheckList list = pair.session.checkList;
    list.finishTransaction(pair);
    pair.state = CandidatePair.State.FAILED;
    pair.valid = false;
    if (pair.local.tcpType == TcpType.PASSIVE) {
      // The peer's next connection comes from another port.
      list.remove(pair);
      pair.session.remoteCandidates.remove(pair.remote);
    }
    selection.forget(now, pair);
    update(now);
  }

  private void handleStun(
      long now,
      TransportAddress local,
      TransportAddress remote,
      byte[] buffer,
      int offset,
      int length) {
    try {
      message.reset(buffer, offset, length);
      dispatch(now, local, remote);
    } catch (MalformedStunException e) {
      counters.malformed++;
    }
  }

  /// The relays in use: their packets are unwrapped before, and wrapped after all else.
  public Relays relays() {
    return relays;
  }

  /// The relays have something new.
  void updateGathering(long now) {
    if (gatheringStarted && state != IceState.CLOSED) {
      updateGatheringState();
      update(now);
    }
  }

  private void dispatch(long now, TransportAddress local, TransportAddress source)
      throws MalformedStunException {
    if (message.method() != StunMethod.BINDING) {
      counters.unexpected++;
      return;
    }
    if (message.has(StunAttributeType.FINGERPRINT) && !Fingerprint.matches(message)) {
      counters.wrongFingerprint++;
      return;
    }
    if (locals.baseAt(local) == null) {
      counters.unknownLocalAddress++;
      return;
    }
    // The scope of a link-local peer is that of the interface it was heard on.
    TransportAddress remote =
        source.isIpv6() && source.isLinkLocal() ? source.withScopeId(local.scopeId()) : source;
    switch (message.messageClass()) {
      case REQUEST -> responder.handleRequest(now, local, remote, message);
      case INDICATION -> {} // A keepalive, RFC 8445 §11; its arrival is all it is for.
      case SUCCESS_RESPONSE, ERROR_RESPONSE -> {
        if (!handleResponse(now, local, remote)) {
          counters.unexpected++;
        }
      }
    }
  }

  private boolean handleResponse(long now, TransportAddress local, TransportAddress remote)
      throws MalformedStunException {
    for (IceSession session : sessions.active()) {
      if (checks.handleResponse(now, session, local, remote, message)) {
        return true;
      }
    }
    return selection.handleConsentResponse(now, local, remote, message, counters)
        || gatherer.handleResponse(now, local, remote, message);
  }

  @Override
  public void handleTimeout(long now) {
    if (now < nextTimeout()) {
      return;
    }
    gatherer.handleTimeout(now, !sessions.current.concluded && state != IceState.FAILED);
    relays.handleTimeout(now);
    if (gatheringStarted) {
      updateGatheringState();
    }
    for (IceSession session : sessions.active()) {
      checks.handleTimeout(now, session);
    }
    selection.handleTimeout(now);
    update(now);
  }

  @Override
  public long nextTimeout() {
    if (state == IceState.CLOSED) {
      return ProtocolCore.NEVER;
    }
    long next = Math.min(gatherer.nextTimeout(), selection.nextTimeout());
    next = Math.min(next, relays.nextTimeout());
    next = Math.min(next, checks.nextTimeout(sessions.current));
    IceSession previous = sessions.previous();
    if (previous != null) {
      next = Math.min(next, checks.nextTimeout(previous));
    }
    return next;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    if (out.isFull()) {
      return false;
    }
    if (relays.pollTransmit(now, out)) {
      return true;
    }
    if (state == IceState.CLOSED || !pollChecks(now, out)) {
      return false;
    }
    relays.wrap(now, out);
    return true;
  }

  private boolean pollChecks(long now, TransmitBuffer out) {
    return responder.pollTransmit(now, out, writer)
        || checks.pollTransmit(now, sessions.current, out, writer)
        || pollPrevious(now, out)
        || gatherer.pollTransmit(now, out, writer)
        || selection.pollTransmit(now, checks, out, writer);
  }

  private boolean pollPrevious(long now, TransmitBuffer out) {
    IceSession previous = sessions.previous();
    return previous != null && checks.pollTransmit(now, previous, out, writer);
  }

  @Override
  public @Nullable IceEvent pollEvent() {
    return events.poll();
  }

  // What the parts of this agent tell each other.

  IceCheckExtension extension() {
    return extension;
  }

  long tieBreaker() {
    return tieBreaker;
  }

  /// RFC 8445 §7.2.5.1: after a lost conflict, so that two agents with equal ones come apart.
  void renewTieBreaker() {
    tieBreaker = random.nextLong();
  }

  LocalCandidates locals() {
    return locals;
  }

  IceSession current() {
    return sessions.current;
  }

  CandidatePair newPair(IceSession session, LocalCandidate local, RemoteCandidate remote) {
    CandidatePair pair = new CandidatePair(++lastPairId, session, local, remote);
    pair.updatePriority(role);
    if (local.type == CandidateType.RELAYED) {
      relays.pairMade(local.base, pair.remoteAddress);
    }
    return pair;
  }

  void emit(IceEvent event) {
    events.add(event);
  }

  /// The session whose local fragment a USERNAME begins with, or null.
  @Nullable IceSession sessionOf(byte[] array, int offset, int length) {
    return sessions.addressedBy(array, offset, length);
  }

  /// Takes a check of the peer whose integrity is right.
  ///
  /// @return its pair, or null when it cannot have one yet
  @Nullable CandidatePair onCheck(long now, IceSession session, IceSession.EarlyCheck check) {
    if (!session.isStarted()) {
      if (session.earlyChecks.contains(check)) {
        return null;
      }
      if (session.earlyChecks.size() >= options.maxEarlyChecks()) {
        counters.earlyChecksDropped++;
      } else {
        session.earlyChecks.add(check);
      }
      return null;
    }
    CandidatePair pair = remotes.pairOf(session, check);
    if (pair == null) {
      return null;
    }
    pair.requestsReceived++;
    pair.lastReceivedAt = now;
    selection.onCheck(now, pair, check);
    return pair;
  }

  void onCheckSucceeded(long now, CandidatePair pair, TransportAddress mapped, boolean nominated) {
    pair.mapped = locals.seenByPeer(pair.local, mapped);
    pair.session.checkList.unfreeze(pair);
    selection.onSucceeded(now, pair, nominated);
  }

  void onCheckFailed(long now, CandidatePair pair) {
    pair.session.checkList.finishTransaction(pair);
    pair.state = CandidatePair.State.FAILED;
    selection.onFailed(now, pair);
  }

  /// Whether a pair is worth a check although another one is nominated.
  boolean mayImprove(CandidatePair pair) {
    return selection.mayImprove(pair);
  }

  void hasten(long now, CandidatePair pair) {
    checks.hasten(now, pair);
  }

  void onServerReflexive(LocalCandidate host, TransportAddress seen, IceServer server) {
    LocalCandidate candidate = locals.addServerReflexive(host, seen, server);
    if (candidate != null && gatheringState == GatheringState.GATHERING) {
      announce(candidate);
    }
  }

  void tell(IceEvent event) {
    events.add(event);
  }

  /// A TURN server has allocated an address.
  void onRelayed(IceServer server, TransportAddress relayed, @Nullable TransportAddress mapped) {
    if (locals.baseAt(relayed) == null) {
      LocalCandidate candidate =
          locals.addRelayed(
              server, relayed, options.relayOnly() || locals.hidesAny() ? null : mapped);
      announce(candidate);
      remotes.pairWithAll(candidate);
    }
  }

  /// A relayed address is gone.
  void onRelayLost(long now, TransportAddress relayed) {
    locals.remove(relayed);
    forgetPairs(now, relayed);
  }

  /// Changes the role and with it the priorities of all pairs, RFC 8445 §7.3.1.1.
  void switchRole(long now, IceRole newRole) {
    if (newRole == role || state == IceState.CLOSED) {
      return;
    }
    role = newRole;
    for (IceSession session : sessions.active()) {
      session.checkList.updatePriorities(role);
    }
    selection.onRoleChanged(now);
    events.add(new IceEvent.RoleChanged(role));
  }

  void releasePrevious() {
    sessions.releasePrevious();
  }

  void update(long now) {
    if (state != IceState.CLOSED) {
      selection.evaluate(now);
      setState(selection.stateNow(gatheringState == GatheringState.COMPLETE));
    }
  }

  private void setState(IceState next) {
    if (next != state) {
      state = next;
      events.add(new IceEvent.StateChanged(next));
    }
  }

  @Override
  public String toString() {
    return "IceAgent"
        + Arrays.asList(sessions.current.local.ufrag(), role, state, selection.selected());
  }
}
