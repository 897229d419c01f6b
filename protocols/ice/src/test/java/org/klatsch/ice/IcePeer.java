package org.klatsch.ice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.testkit.Host;
import org.klatsch.testkit.Simulation;

/// An agent on a simulated host, with signalling to another one.
final class IcePeer {
  final IceAgent agent;
  final Simulation simulation;
  final Simulation.Peer<IceEvent> driver;
  final Host host;
  final List<IceEvent> events = new ArrayList<>();
  final List<IceCandidate> gathered = new ArrayList<>();
  final List<IceState> states = new ArrayList<>();
  final List<byte[]> sent = new ArrayList<>();
  @Nullable IcePeer other;
  boolean trickles = true;
  Duration signallingDelay = Duration.ofMillis(1);
  Set<String> signalledOptions = Set.of();
  long connectedAt = -1;
  long nominatedAt = -1;

  IcePeer(Simulation simulation, Host host, IceOptions options) {
    this.simulation = simulation;
    this.host = host;
    this.agent = new IceAgent(options, new SeededSecureRandom(simulation.random().nextLong()));
    this.driver = simulation.add(host, agent, agent::handlePacket, this::onEvent);
    driver.tap(sent::add);
  }

  /// Gathers, and signals at once when trickling, else when gathering is complete.
  void begin(int port) {
    gather(port);
    if (trickles) {
      signalParameters();
    }
  }

  /// Restarts this agent; the other one follows, as an answerer does.
  void restart() {
    IcePeer peer = other;
    if (peer == null) {
      return;
    }
    for (IcePeer side : List.of(this, peer)) {
      side.gathered.clear();
      side.driver.act(() -> side.agent.restart(now()));
      if (side.trickles || side.agent.gatheringState() == GatheringState.COMPLETE) {
        side.signalParameters();
      }
    }
  }

  /// Opens a socket per address of the host and gathers.
  IcePeer gather(int port) {
    driver.act(() -> {
      for (TransportAddress address : host.addresses()) {
        agent.addLocalAddress(simulation.now(), address.withPort(port), NetworkKind.ETHERNET, 0);
      }
      agent.startGathering(simulation.now());
    });
    return this;
  }

  private void onEvent(IceEvent event) {
    events.add(event);
    switch (event) {
      case IceEvent.LocalCandidateGathered gatheredEvent -> {
        gathered.add(gatheredEvent.candidate());
        IcePeer peer = other;
        if (peer != null && trickles) {
          signal(() -> peer.agent.addRemoteCandidate(now(), gatheredEvent.candidate()));
        }
      }
      case IceEvent.GatheringStateChanged change -> {
        IcePeer peer = other;
        if (peer != null && change.state() == GatheringState.COMPLETE) {
          if (trickles) {
            signal(() -> peer.agent.endOfRemoteCandidates(now()));
          } else {
            signalParameters();
          }
        }
      }
      case IceEvent.StateChanged change -> {
        states.add(change.state());
        if (change.state() == IceState.CONNECTED && connectedAt < 0) {
          connectedAt = now();
        }
      }
      case IceEvent.SelectedPairChanged change -> {
        if (change.pair() != null && change.pair().isNominated() && nominatedAt < 0) {
          nominatedAt = now();
        }
      }
      default -> {}
    }
  }

  long now() {
    return simulation.now();
  }

  private void signal(Runnable command) {
    IcePeer peer = other;
    if (peer != null) {
      simulation.after(signallingDelay, () -> peer.driver.act(command));
    }
  }

  /// Sends this agent's parameters, and all candidates known so far, to the other one.
  void signalParameters() {
    IcePeer peer = other;
    if (peer == null) {
      return;
    }
    IceCredentials credentials = agent.credentials();
    boolean lite = agent.isLite();
    List<IceCandidate> known = List.copyOf(gathered);
    boolean complete = agent.gatheringState() == GatheringState.COMPLETE;
    Set<String> options = signalledOptions;
    signal(() -> {
      peer.agent.setRemoteParameters(
          now(), credentials.ufrag(), credentials.password(), lite, options);
      for (IceCandidate candidate : known) {
        peer.agent.addRemoteCandidate(now(), candidate);
      }
      if (complete) {
        peer.agent.endOfRemoteCandidates(now());
      }
    });
  }

  /// Connects the signalling of two peers, the first being the offerer.
  static void link(IcePeer offerer, IcePeer answerer) {
    offerer.other = answerer;
    answerer.other = offerer;
    offerer.agent.setRole(0, IceRole.CONTROLLING);
    answerer.agent.setRole(0, IceRole.CONTROLLED);
  }

  boolean isUsable() {
    return agent.state() == IceState.CONNECTED || agent.state() == IceState.COMPLETED;
  }

  /// Whether packets sent over this peer's pair arrive at the pair of the other.
  boolean agreesWith(IcePeer peer) {
    CandidatePair mine = agent.selectedPair();
    CandidatePair theirs = peer.agent.selectedPair();
    return mine != null
        && theirs != null
        && mine.isNominated()
        && theirs.isNominated()
        && mine.local().port() == theirs.remoteAddress().port()
        && theirs.local().port() == mine.remoteAddress().port();
  }
}
