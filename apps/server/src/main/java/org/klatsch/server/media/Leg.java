package org.klatsch.server.media;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.klatsch.ice.GatheringState;
import org.klatsch.ice.IceAgent;
import org.klatsch.ice.IceEvent;
import org.klatsch.ice.IceState;
import org.klatsch.ice.NetworkKind;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.RtpSender;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.CoreListener;
import org.klatsch.net.EventLoop;
import org.klatsch.net.LoopTimer;
import org.klatsch.net.PortRange;
import org.klatsch.peer.DtlsFingerprint;
import org.klatsch.peer.DtlsState;
import org.klatsch.peer.Session;
import org.klatsch.peer.SessionEvent;
import org.klatsch.peer.SessionMedia;
import org.klatsch.peer.SessionOptions;
import org.klatsch.peer.TransportParameters;
import org.klatsch.peer.jsep.Jsep;
import org.klatsch.peer.jsep.JsepDescription;
import org.klatsch.peer.jsep.JsepException;
import org.klatsch.peer.jsep.JsepOptions;
import org.klatsch.peer.jsep.SdpType;
import org.klatsch.peer.jsep.SignalingState;
import org.klatsch.rtp.NtpTime;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sdp.CandidateAttribute;
import org.klatsch.sdp.MalformedSdpException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connection of the server's: descriptions, ICE, DTLS and media of one peer on one event loop.
///
/// Methods that give a future, [#execute] and [#close] may be called by any thread; all else
/// belongs to the loop, where the listener is called too. Futures are completed on the loop.
public final class Leg {
  private static final Logger LOG = LoggerFactory.getLogger(Leg.class);

  /// Generations of ICE whose checks find the leg: the one in use and the one that replaces it.
  private static final int GENERATIONS = 2;

  private final MediaServer server;
  private final EventLoop loop;
  private final LegListener listener;
  private final Jsep jsep;
  private final Session session;
  private final CoreDriver<SessionEvent> driver;
  private final LoopTimer patience;
  private final ArrayDeque<String> fragments = new ArrayDeque<>();
  private String mid = "";
  private boolean addressed;
  private boolean ownPorts;

  /// Whether all candidates of the newest generation are in the description.
  private boolean gathered;

  private @Nullable CompletableFuture<String> describing;
  private IceState ice = IceState.NEW;
  private DtlsState dtls = DtlsState.NEW;
  private volatile LegState state = LegState.NEW;

  Leg(MediaServer server, EventLoop loop, LegListener listener) {
    this.server = server;
    this.loop = loop;
    this.listener = listener;
    var fingerprint = server.certificate().fingerprint("sha-256");
    jsep =
        new Jsep(
            JsepOptions.of(
                    List.of(new DtlsFingerprint(fingerprint.algorithm(), fingerprint.value())))
                .withMedia(server.options().capabilities()),
            server.random());
    session =
        new Session(
            SessionOptions.of(List.of(server.certificate())).withRtp(server.options().rtp()),
            server.random());
    driver = loop.attach(session, new Listener());
    patience = loop.timer(this::late);
    driver.execute(() -> {
      Instant now = Instant.now();
      session.wallClock(loop.now(), NtpTime.ofEpoch(now.getEpochSecond(), now.getNano()));
      patience.set(loop.now() + server.options().setUp().toNanos());
    });
  }

  /// The loop this leg lives on.
  public EventLoop loop() {
    return loop;
  }

  /// Runs something on the loop; what it has the leg send goes out with it. Does nothing once the
  /// leg has ended.
  public void execute(Runnable command) {
    try {
      driver.execute(command);
    } catch (RejectedExecutionException e) {
      LOG.debug("the loop of a leg has ended", e);
    }
  }

  /// How far it is; any thread.
  public LegState state() {
    return state;
  }

  /// Takes the peer's offer, the first or a further one.
  ///
  /// @return our answer with all candidates. Fails with [JsepException] when the offer is malformed
  ///   or cannot be taken, and with [LegRefusedException] when the listener refuses it
  public CompletableFuture<String> answer(String offer) {
    return describe(() -> answerOnLoop(offer));
  }

  /// Takes new ICE credentials of the peer without a new offer, RFC 9725 §4.3.2 for example.
  ///
  /// @return our description with our new credentials and candidates
  public CompletableFuture<String> restart(String usernameFragment, String password) {
    return describe(() -> {
      JsepDescription remote = jsep.currentRemoteDescription();
      if (remote == null) {
        throw new LegRefusedException("there is nothing to restart yet");
      }
      answerOnLoop(SdpFragment.restarted(remote.sdp(), usernameFragment, password));
    });
  }

  /// Makes an offer of what the transceivers of [#jsep] are set to.
  ///
  /// @return our offer with all candidates
  public CompletableFuture<String> offer() {
    return describe(() -> {
      jsep.setLocalDescription();
      described();
    });
  }

  /// Takes the peer's answer to [#offer].
  public CompletableFuture<Void> accept(String answer) {
    CompletableFuture<Void> taken = new CompletableFuture<>();
    onLoop(
        taken,
        () -> {
          jsep.setRemoteDescription(SdpType.ANSWER, answer);
          described();
          listener.negotiated(this);
          taken.complete(null);
        });
    return taken;
  }

  /// Takes a candidate of the peer's, RFC 8838.
  ///
  /// @param candidate `candidate:…`; empty for the end of candidates
  /// @param ofMid the m-section, null with the end of all
  /// @param usernameFragment the generation; null for the newest
  public CompletableFuture<Void> candidate(
      String candidate, @Nullable String ofMid, @Nullable String usernameFragment) {
    CompletableFuture<Void> taken = new CompletableFuture<>();
    onLoop(
        taken,
        () -> {
          jsep.addIceCandidate(candidate, ofMid, null, usernameFragment);
          session.apply(loop.now(), jsep.parameters());
          taken.complete(null);
        });
    return taken;
  }

  /// Ends it; the peer is told. Later calls do nothing.
  public void close() {
    execute(() -> end(LegState.CLOSED));
  }

  // The rest belongs to the loop.

  /// The transceivers, to be set up before an offer, or when one has come.
  public Jsep jsep() {
    return jsep;
  }

  public Session session() {
    return session;
  }

  /// The sender of an m-section; null when it is not in force.
  public @Nullable RtpSender sender(String ofMid) {
    SessionMedia media = session.media();
    return media == null ? null : media.sender(ofMid);
  }

  /// The receiver of an m-section; null when it is not in force.
  public @Nullable RtpReceiver receiver(String ofMid) {
    SessionMedia media = session.media();
    return media == null ? null : media.receiver(ofMid);
  }

  /// Has what was given to senders go out in this turn, after calls from outside of [#execute].
  public void requestTurn() {
    driver.requestTurn();
  }

  /// A step that may be refused.
  private interface Step {
    void run() throws JsepException, LegRefusedException;
  }

  private CompletableFuture<String> describe(Step step) {
    CompletableFuture<String> description = new CompletableFuture<>();
    onLoop(
        description,
        () -> {
          step.run();
          CompletableFuture<String> before = describing;
          describing = description;
          if (before != null) {
            before.completeExceptionally(new LegRefusedException("replaced by a later offer"));
          }
          if (gathered) {
            tell();
          }
        });
    return description;
  }

  private void onLoop(CompletableFuture<?> result, Step step) {
    try {
      loop.execute(() -> {
        if (driver.isDetached()) {
          result.completeExceptionally(new LegRefusedException("the connection is closed"));
          return;
        }
        try {
          step.run();
        } catch (JsepException | LegRefusedException | RuntimeException e) {
          result.completeExceptionally(e);
        }
        driver.requestTurn();
      });
    } catch (RejectedExecutionException e) {
      result.completeExceptionally(e);
    }
  }

  private void answerOnLoop(String offer) throws JsepException, LegRefusedException {
    jsep.setRemoteDescription(SdpType.OFFER, offer);
    boolean answered = false;
    try {
      listener.offered(this);
      jsep.setLocalDescription();
      answered = true;
    } finally {
      if (!answered && jsep.signalingState() == SignalingState.HAVE_REMOTE_OFFER) {
        jsep.setRemoteDescription(SdpType.ROLLBACK, "");
      }
    }
    described();
    listener.negotiated(this);
  }

  /// What follows from a description: the session takes the agreement, and a new generation of
  /// credentials gathers anew.
  private void described() throws LegRefusedException {
    session.apply(loop.now(), jsep.parameters());
    TransportParameters transport =
        jsep.parameters().transports().isEmpty() ? null : jsep.parameters().transports().getFirst();
    if (transport == null) {
      throw new LegRefusedException("no m-section has a common codec and BUNDLE");
    }
    mid = transport.mid();
    String fragment = transport.localIce().usernameFragment();
    if (fragments.contains(fragment)) {
      return;
    }
    List<TransportAddress> locals = driver.join(server.port(), fragment);
    fragments.add(fragment);
    if (fragments.size() > GENERATIONS) {
      driver.retract(server.port(), fragments.remove());
    }
    gathered = false;
    IceAgent agent = session.ice();
    if (!addressed) {
      addressed = true;
      for (TransportAddress local : locals) {
        agent.addLocalAddress(loop.now(), local, NetworkKind.UNKNOWN, 0);
      }
      for (TransportAddress local : server.port().streamLocals()) {
        agent.addLocalAddress(loop.now(), local, NetworkKind.UNKNOWN, 0);
      }
    }
    agent.startGathering(loop.now());
  }

  private void handle(IceEvent event) {
    switch (event) {
      case IceEvent.LocalCandidateGathered e -> {
        String candidate = e.candidate().toString();
        try {
          jsep.addLocalCandidate(mid, e.ufrag(), CandidateAttribute.parse(candidate));
        } catch (MalformedSdpException malformed) {
          throw new IllegalStateException("our own candidate " + candidate, malformed);
        }
        listener.gathered(this, mid, candidate);
      }
      case IceEvent.GatheringStateChanged e -> {
        if (e.state() == GatheringState.COMPLETE && !fragments.isEmpty()) {
          gathered = true;
          jsep.endOfLocalCandidates(mid, fragments.getLast());
          tell();
        }
      }
      case IceEvent.StateChanged e -> {
        ice = e.state();
        update();
      }
      // The peer's checks tell its address in time.
      case IceEvent.MdnsQueryRequested e ->
          session.ice().handleMdnsResolved(loop.now(), e.name(), null);
      case IceEvent.SelectedPairChanged _,
          IceEvent.RoleChanged _,
          IceEvent.ServerFailed _,
          IceEvent.TurnConnectionRequested _,
          IceEvent.TurnConnectionReleased _ -> {
        // No servers are used here.
      }
    }
  }

  /// Gives out the description that is waited for.
  private void tell() {
    CompletableFuture<String> waiting = describing;
    JsepDescription local = jsep.localDescription();
    if (waiting != null && local != null) {
      describing = null;
      waiting.complete(local.sdp());
    }
  }

  private void update() {
    LegState next =
        dtls == DtlsState.CLOSED
            ? LegState.CLOSED
            : ice == IceState.FAILED || dtls == DtlsState.FAILED
                ? LegState.FAILED
                : ice == IceState.DISCONNECTED
                    ? LegState.DISCONNECTED
                    : dtls == DtlsState.CONNECTED
                        ? LegState.CONNECTED
                        : ice == IceState.NEW ? LegState.NEW : LegState.CONNECTING;
    if (next.isEnd()) {
      end(next);
    } else if (next != state && !state.isEnd()) {
      if (next == LegState.CONNECTED) {
        patience.cancel();
      }
      state = next;
      listener.stateChanged(this, next);
    }
  }

  private void late() {
    if (dtls != DtlsState.CONNECTED) {
      end(LegState.FAILED);
    }
  }

  private void end(LegState how) {
    if (state.isEnd()) {
      return;
    }
    state = how;
    patience.cancel();
    session.close(loop.now());
    jsep.close();
    server.ended(this);
    CompletableFuture<String> waiting = describing;
    if (waiting != null) {
      describing = null;
      waiting.completeExceptionally(new LegRefusedException("the connection was closed"));
    }
    listener.stateChanged(this, how);
    // Not from within the turn whose events these are.
    onLoop(new CompletableFuture<>(), driver::detach);
  }

  private final class Listener implements CoreListener<SessionEvent> {
    @Override
    public void event(SessionEvent event) {
      switch (event) {
        case SessionEvent.Ice e -> handle(e.event());
        case SessionEvent.DtlsStateChanged e -> {
          dtls = e.state();
          update();
        }
        case SessionEvent.WorkRequested e ->
            driver.perform(e.work(), () -> session.handleWorkDone(loop.now(), e.work()));
        case SessionEvent.Media e -> listener.media(Leg.this, e.event());
        case SessionEvent.Channels e -> listener.channels(Leg.this, e.event());
        case SessionEvent.BytesSent _, SessionEvent.Closed _ -> {
          // Nobody waits for these.
        }
      }
    }

    /// The pair belongs to another leg: this one opens ports of its own.
    @Override
    public void pairRefused(TransportAddress local, TransportAddress remote) {
      if (ownPorts) {
        return;
      }
      ownPorts = true;
      for (TransportAddress each : server.port().locals()) {
        try {
          TransportAddress own = driver.open(each, PortRange.EPHEMERAL).local();
          session.ice().addLocalAddress(loop.now(), own, NetworkKind.UNKNOWN, 0);
        } catch (IOException e) {
          LOG.debug("no port on {}", each.host(), e);
        }
      }
    }

    @Override
    public void broken(Throwable cause) {
      LOG.error("A leg broke and is closed", cause);
      end(LegState.FAILED);
    }
  }
}
