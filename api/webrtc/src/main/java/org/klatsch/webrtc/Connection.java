package org.klatsch.webrtc;

import java.lang.System.Logger.Level;
import java.lang.ref.WeakReference;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.CloseCause;
import org.klatsch.net.CoreDriver;
import org.klatsch.net.EventLoop;
import org.klatsch.net.LocalAddress;
import org.klatsch.peer.DtlsState;
import org.klatsch.peer.IceParameters;
import org.klatsch.peer.IceRole;
import org.klatsch.peer.Session;
import org.klatsch.peer.SessionEvent;
import org.klatsch.peer.SessionParameters;
import org.klatsch.peer.TransportParameters;
import org.klatsch.peer.jsep.Jsep;
import org.klatsch.peer.jsep.JsepDescription;
import org.klatsch.peer.jsep.JsepException;
import org.klatsch.peer.jsep.SdpType;
import org.klatsch.peer.jsep.SignalingState;
import org.klatsch.sansio.TransportAddress;

/// The heart of an [RTCPeerConnection]: JSEP and the session on their loop, and the tasks that tell
/// the application. Confined to the loop except where noted.
///
/// The loop and the factory know it by its [Tether] only, so that a connection which nobody uses is
/// freed.
final class Connection {
  private static final System.Logger LOGGER = System.getLogger(Connection.class.getName());
  private static final AtomicLong NUMBERS = new AtomicLong();

  private final PeerConnectionFactory factory;
  private final EventLoop loop;
  private final TaskList tasks;
  private final String name;
  private final WeakReference<RTCPeerConnection> owner;
  private final Gathering gathering;
  private final Channels channels;
  private final Transceivers transceivers;
  private final Tether tether;

  /// Signing keys are made in milliseconds; a machine that takes this long is stuck.
  private static final Duration CERTIFICATE_LIMIT = Duration.ofSeconds(30);

  private final CountDownLatch jsepMade = new CountDownLatch(1);
  private volatile boolean closed;
  private RTCConfiguration configuration;

  /// Steps that wait for the certificate.
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();

  /// With the certificates: what [#jsep] tells and the session keeps to.
  private @Nullable SessionSetUp setUp;

  private @Nullable Jsep jsep;
  private @Nullable Session session;
  private @Nullable CoreDriver<SessionEvent> driver;
  private List<RTCCertificate> certificates = List.of();
  private List<X509Certificate> remoteCertificates = List.of();
  private boolean negotiationNeeded;
  private boolean dataChannelsWanted;
  private long version;

  private final WrittenDescriptions written = new WrittenDescriptions();
  private RTCIceTransportState iceState = RTCIceTransportState.NEW;
  private RTCDtlsTransportState dtlsState = RTCDtlsTransportState.NEW;
  private RTCIceGatheringState gatheringState = RTCIceGatheringState.NEW;
  private RTCIceConnectionState iceConnectionState = RTCIceConnectionState.NEW;
  private RTCPeerConnectionState connectionState = RTCPeerConnectionState.NEW;
  private RTCSignalingState signalingState = RTCSignalingState.STABLE;

  private final RTCIceTransport iceTransport = new RTCIceTransport();
  private final RTCDtlsTransport dtlsTransport = new RTCDtlsTransport(iceTransport);
  private @Nullable RTCSctpTransport sctpTransport;

  Connection(
      PeerConnectionFactory factory, RTCConfiguration configuration, RTCPeerConnection owner) {
    this.factory = factory;
    this.loop = factory.nextLoop();
    this.name = "klatsch-connection-" + NUMBERS.incrementAndGet();
    this.tasks = new TaskList(factory.options().executor(), name);
    this.owner = new WeakReference<>(owner);
    this.configuration = configuration;
    this.gathering = new Gathering(this);
    this.channels = new Channels(this);
    this.transceivers = new Transceivers(this);
    this.tether = new Tether(this, factory, loop, name);
    factory.created(owner, tether);
    if (configuration.certificates().isEmpty()) {
      factory.certificate(made -> execute(() -> certificatesReady(List.of(made))));
    } else {
      execute(() -> certificatesReady(configuration.certificates()));
    }
  }

  // What other threads may call.

  String name() {
    return name;
  }

  PeerConnectionOptions options() {
    return factory.options();
  }

  PeerConnectionFactory factory() {
    return factory;
  }

  TaskList tasks() {
    return tasks;
  }

  Tether tether() {
    return tether;
  }

  EventLoop loop() {
    return loop;
  }

  Channels channels() {
    return channels;
  }

  boolean isOnLoop() {
    return loop.isCurrent();
  }

  boolean isClosed() {
    return closed;
  }

  /// Runs a command on the loop, at once when already there; afterwards the session is pumped.
  void onLoop(Runnable command) {
    if (loop.isCurrent()) {
      command.run();
      requestTurn();
    } else {
      execute(command);
    }
  }

  private void execute(Runnable command) {
    try {
      loop.execute(() -> {
        command.run();
        requestTurn();
      });
    } catch (RejectedExecutionException e) {
      LOGGER.log(Level.DEBUG, "the loop of " + name + " is closed", e);
    }
  }

  /// Runs a command on the loop and waits for its result.
  <T> T call(Supplier<T> command) {
    try {
      return loop.call(() -> {
        T result = command.get();
        requestTurn();
        return result;
      });
    } catch (RejectedExecutionException e) {
      throw new DOMException("the event loop is closed", "InvalidStateError", e);
    }
  }

  /// Appends a step to the operations chain.
  <T extends @Nullable Object> CompletableFuture<T> chain(Operation<T> operation) {
    if (closed) {
      return CompletableFuture.failedFuture(DOMException.invalidState("the connection is closed"));
    }
    CompletableFuture<T> future = new CompletableFuture<>();
    onLoop(() -> {
      if (jsep == null && !closed) {
        waiting.add(() -> step(operation, future));
      } else {
        step(operation, future);
      }
    });
    return future;
  }

  /// Runs a command of the application's that needs JSEP, and waits for its result. Right after the
  /// constructor that may mean to wait for the certificate.
  <T> T callWithJsep(Function<Jsep, T> command) {
    if (!loop.isCurrent()) {
      try {
        if (!jsepMade.await(CERTIFICATE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          throw DOMException.operation("no certificate within " + CERTIFICATE_LIMIT);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw DOMException.operation("interrupted");
      }
    }
    return call(() -> {
      if (closed) {
        throw DOMException.invalidState("the connection is closed");
      }
      if (jsep == null) {
        // Nobody else can wait on the loop.
        certificatesReady(List.of(RTCCertificate.generate()));
      }
      T result = command.apply(jsepReady());
      updateNegotiationNeeded();
      return result;
    });
  }

  void checkNotClosed() {
    if (closed) {
      throw DOMException.invalidState("the connection is closed");
    }
  }

  /// What can be negotiated for a kind.
  RTCRtpCapabilities capabilities(String kind) {
    return Formats.capabilities(options().media(), kind);
  }

  Transceivers transceivers() {
    return transceivers;
  }

  void publishTransceivers(List<RTCRtpTransceiver> list) {
    RTCPeerConnection pc = owner.get();
    if (pc != null) {
      pc.transceivers(list);
    }
  }

  /// @param sender the only one to report of, or null
  /// @param receiver the only one to report of, or null
  CompletableFuture<RTCStatsReport> statistics(
      @Nullable RTCRtpSender sender, @Nullable RTCRtpReceiver receiver) {
    CompletableFuture<RTCStatsReport> future = new CompletableFuture<>();
    onLoop(() -> {
      RTCStatsReport report = Statistics.report(this, loop.now(), sender, receiver);
      tasks.settle(() -> future.complete(report));
    });
    return future;
  }

  /// Ends everything; waits for the loop.
  void close() {
    try {
      loop.call(() -> {
        closeOnLoop();
        return true;
      });
    } catch (RejectedExecutionException e) {
      closed = true;
      channels.closeAll();
    }
  }

  /// The machine's addresses have changed.
  void addressesChanged(List<LocalAddress> addresses) {
    execute(() -> {
      if (!closed) {
        gathering.addressesChanged(addresses);
      }
    });
  }

  // The rest runs on the loop.

  @Nullable Session session() {
    return session;
  }

  @Nullable CoreDriver<SessionEvent> driver() {
    return driver;
  }

  @Nullable Jsep jsep() {
    return jsep;
  }

  RTCConfiguration configuration() {
    return configuration;
  }

  RTCIceTransport iceTransport() {
    return iceTransport;
  }

  RTCIceTransportState iceState() {
    return iceState;
  }

  RTCDtlsTransportState dtlsState() {
    return dtlsState;
  }

  List<RTCCertificate> certificates() {
    return certificates;
  }

  List<X509Certificate> remoteCertificates() {
    return remoteCertificates;
  }

  RTCDtlsTransport dtlsTransport() {
    return dtlsTransport;
  }

  /// Whether media can be sent and received.
  boolean isTransportConnected() {
    return dtlsState == RTCDtlsTransportState.CONNECTED;
  }

  void requestTurn() {
    CoreDriver<SessionEvent> current = driver;
    if (current != null) {
      current.requestTurn();
    }
  }

  private void certificatesReady(List<RTCCertificate> ready) {
    if (closed || jsep != null) {
      return;
    }
    certificates = ready;
    SessionSetUp prepared = SessionSetUp.of(options(), ready);
    setUp = prepared;
    Jsep made = prepared.jsep(configuration.bundlePolicy());
    jsep = made;
    jsepMade.countDown();
    if (dataChannelsWanted) {
      made.requestDataChannels();
    }
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
    updateNegotiationNeeded();
  }

  private <T extends @Nullable Object> void step(
      Operation<T> operation, CompletableFuture<T> future) {
    if (closed) {
      // Deviates from W3C WebRTC §4.4.1.2: a promise that never settles would leave a thread that
      // waits for it waiting for ever, so it is rejected.
      reject(future, DOMException.invalidState("the connection was closed"));
      return;
    }
    try {
      T result = operation.run();
      Snapshot snapshot = snapshot();
      tasks.settle(() -> {
        publish(snapshot);
        future.complete(result);
      });
    } catch (JsepException e) {
      reject(future, Errors.of(e));
    } catch (DOMException e) {
      reject(future, e);
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, name + ": an operation failed", e);
      reject(future, new DOMException(String.valueOf(e.getMessage()), "OperationError", e));
    }
    updateNegotiationNeeded();
  }

  private void reject(CompletableFuture<?> future, DOMException error) {
    tasks.settle(() -> future.completeExceptionally(error));
  }

  private Jsep jsepReady() {
    Jsep current = jsep;
    if (current == null) {
      throw new IllegalStateException("no certificate yet");
    }
    return current;
  }

  RTCSessionDescriptionInit createOffer(RTCOfferOptions offerOptions) throws JsepException {
    Jsep current = jsepReady();
    transceivers.legacyOfferOptions(current, "audio", offerOptions.offerToReceiveAudio());
    transceivers.legacyOfferOptions(current, "video", offerOptions.offerToReceiveVideo());
    return init(current.createOffer(offerOptions.iceRestart()));
  }

  RTCSessionDescriptionInit createAnswer() throws JsepException {
    return init(jsepReady().createAnswer());
  }

  private static RTCSessionDescriptionInit init(JsepDescription description) {
    return new RTCSessionDescriptionInit(
        RTCSdpType.of(description.type().toString()), description.sdp());
  }

  @Nullable Void setLocalDescription(RTCLocalSessionDescriptionInit description)
      throws JsepException {
    Jsep current = jsepReady();
    RTCSdpType type = description.type();
    if (type == null) {
      current.setLocalDescription();
    } else {
      current.setLocalDescription(SdpType.valueOf(type.name()), description.sdp());
    }
    descriptionsChanged(current, false);
    return null;
  }

  @Nullable Void setRemoteDescription(RTCSessionDescriptionInit description) throws JsepException {
    Jsep current = jsepReady();
    current.setRemoteDescription(SdpType.valueOf(description.type().name()), description.sdp());
    descriptionsChanged(current, true);
    return null;
  }

  @Nullable Void addIceCandidate(RTCIceCandidateInit init) throws JsepException {
    Jsep current = jsepReady();
    if (current.remoteDescription() == null) {
      throw DOMException.invalidState("there is no remote description yet");
    }
    current.addIceCandidate(
        init.candidate(), init.sdpMid(), init.sdpMLineIndex(), init.usernameFragment());
    if (!init.candidate().isEmpty()) {
      RTCIceCandidate candidate = new RTCIceCandidate(init);
      tasks.post(() -> iceTransport.addRemoteCandidate(candidate));
    }
    applyParameters(current.parameters());
    return null;
  }

  void restartIce() {
    Jsep current = jsep;
    if (closed) {
      return;
    }
    if (current == null) {
      waiting.add(this::restartIce);
      return;
    }
    current.restartIce();
    updateNegotiationNeeded();
  }

  void setConfiguration(RTCConfiguration value) {
    configuration = value;
    gathering.configurationChanged();
  }

  RTCDataChannel createDataChannel(String label, RTCDataChannelInit init) {
    if (closed) {
      throw DOMException.invalidState("the connection is closed");
    }
    RTCDataChannel channel = channels.create(label, init);
    if (!dataChannelsWanted) {
      dataChannelsWanted = true;
      Jsep current = jsep;
      if (current != null) {
        current.requestDataChannels();
      }
    }
    updateNegotiationNeeded();
    return channel;
  }

  /// What follows from a new description, W3C WebRTC §4.4.1.5.
  private void descriptionsChanged(Jsep current, boolean remote) {
    start();
    SignalingState state = current.signalingState();
    RTCSignalingState before = signalingState;
    signalingState = RTCSignalingState.of(state.toString());
    if (state == SignalingState.STABLE) {
      negotiationNeeded = false;
    }
    SessionParameters parameters = current.parameters();
    applyParameters(parameters);
    publishTransport(parameters);
    boolean answered =
        switch (state) {
          case STABLE -> before != RTCSignalingState.STABLE;
          case HAVE_LOCAL_PRANSWER, HAVE_REMOTE_PRANSWER -> true;
          default -> false;
        };
    transceivers.descriptionsChanged(
        current,
        parameters,
        remote,
        answered,
        () -> {
          if (before != signalingState) {
            task(pc -> pc.dispatchEvent(new Event("signalingstatechange")));
          }
        });
    if (current.localDescription() != null) {
      gathering.update(parameters);
    }
  }

  private void applyParameters(SessionParameters parameters) {
    Session current = session;
    if (current != null) {
      current.apply(loop.now(), parameters);
      channels.agreed();
    }
  }

  private void publishTransport(SessionParameters parameters) {
    TransportParameters transport =
        parameters.transports().isEmpty() ? null : parameters.transports().getFirst();
    if (transport == null) {
      return;
    }
    if (sctpTransport == null && parameters.sctp() != null) {
      sctpTransport = new RTCSctpTransport(dtlsTransport);
      RTCSctpTransport made = sctpTransport;
      made.setMaxMessageSize(channels.maxMessageSize());
    } else if (sctpTransport != null) {
      RTCSctpTransport known = sctpTransport;
      long size = channels.maxMessageSize();
      tasks.post(() -> known.setMaxMessageSize(size));
    }
    RTCIceParameters local = parameters(transport.localIce());
    IceParameters remoteIce = transport.remoteIce();
    RTCIceParameters remote = remoteIce == null ? null : parameters(remoteIce);
    RTCIceRole role =
        transport.iceRole() == IceRole.CONTROLLING ? RTCIceRole.CONTROLLING : RTCIceRole.CONTROLLED;
    tasks.post(() -> {
      iceTransport.role(role);
      iceTransport.localParameters(local);
      iceTransport.remoteParameters(remote);
    });
  }

  private static RTCIceParameters parameters(IceParameters ice) {
    return new RTCIceParameters(ice.usernameFragment(), ice.password(), ice.lite());
  }

  /// Makes the session and has the loop drive it; from now on the connection lives until closed.
  private void start() {
    SessionSetUp prepared = setUp;
    if (session != null || prepared == null) {
      return;
    }
    Session made = prepared.session(loop.now(), gathering.iceOptions());
    session = made;
    driver = tether.start(made, owner.get());
  }

  void updateNegotiationNeeded() {
    Jsep current = jsep;
    if (closed || current == null || current.signalingState() != SignalingState.STABLE) {
      return;
    }
    if (!current.negotiationNeeded()) {
      negotiationNeeded = false;
    } else if (!negotiationNeeded) {
      negotiationNeeded = true;
      task(pc -> pc.dispatchEvent(new Event("negotiationneeded")));
    }
  }

  /// Appends a task that publishes the present state and then does `body`, unless the connection
  /// was closed meanwhile.
  void task(Consumer<RTCPeerConnection> body) {
    Snapshot snapshot = snapshot();
    tasks.post(() -> {
      RTCPeerConnection pc = owner.get();
      if (pc != null && !pc.isClosed()) {
        pc.publish(snapshot);
        body.accept(pc);
      }
    });
  }

  private void publish(Snapshot snapshot) {
    RTCPeerConnection pc = owner.get();
    if (pc != null) {
      pc.publish(snapshot);
    }
  }

  private Snapshot snapshot() {
    Jsep current = jsep;
    return new Snapshot(
        ++version,
        signalingState,
        gatheringState,
        iceConnectionState,
        connectionState,
        current == null ? null : written.of(current.currentLocalDescription()),
        current == null ? null : written.of(current.pendingLocalDescription()),
        current == null ? null : written.of(current.currentRemoteDescription()),
        current == null ? null : written.of(current.pendingRemoteDescription()),
        current == null ? null : current.canTrickleIceCandidates(),
        sctpTransport);
  }

  // Events of the session.

  void event(SessionEvent event) {
    switch (event) {
      case SessionEvent.Channels e -> channels.handle(e.event());
      case SessionEvent.BytesSent e -> channels.handleSent(e.channel(), e.bytes());
      case SessionEvent.Media e -> transceivers.handle(e.event());
      case SessionEvent.Ice e -> gathering.handle(e.event());
      case SessionEvent.WorkRequested e -> {
        CoreDriver<SessionEvent> current = driver;
        Session target = session;
        if (current != null && target != null) {
          current.perform(e.work(), () -> target.handleWorkDone(loop.now(), e.work()));
        }
      }
      case SessionEvent.DtlsStateChanged e -> dtlsChanged(e);
      case SessionEvent.Closed _ -> {
        // The driver is detached by whoever closed.
      }
    }
  }

  void pairRefused(TransportAddress local, TransportAddress remote) {
    gathering.pairRefused(local);
  }

  void suspended(Duration gap) {
    LOGGER.log(Level.DEBUG, "{0}: the process stood still for {1}", name, gap);
  }

  void broken(Throwable cause) {
    LOGGER.log(Level.ERROR, name + " broke and is closed", cause);
    dtlsState = RTCDtlsTransportState.FAILED;
    iceChanged(RTCIceTransportState.FAILED);
    channels.failAll("the connection broke");
  }

  /// The ICE transport changed its state, W3C WebRTC §5.6.
  void iceChanged(RTCIceTransportState state) {
    if (iceState == state) {
      return;
    }
    iceState = state;
    boolean iceConnectionChanged = updateIceConnectionState();
    boolean connectionChanged = updateConnectionState();
    task(pc -> {
      iceTransport.set(state);
      iceTransport.dispatchEvent(new Event("statechange"));
      if (iceConnectionChanged) {
        pc.dispatchEvent(new Event("iceconnectionstatechange"));
      }
      if (connectionChanged) {
        pc.dispatchEvent(new Event("connectionstatechange"));
      }
    });
  }

  private void dtlsChanged(SessionEvent.DtlsStateChanged e) {
    RTCDtlsTransportState state =
        switch (e.state()) {
          case NEW -> RTCDtlsTransportState.NEW;
          case CONNECTING -> RTCDtlsTransportState.CONNECTING;
          case CONNECTED -> RTCDtlsTransportState.CONNECTED;
          case CLOSED -> RTCDtlsTransportState.CLOSED;
          case FAILED -> RTCDtlsTransportState.FAILED;
        };
    dtlsState = state;
    List<byte[]> certificatesDer = new ArrayList<>();
    if (e.state() == DtlsState.CONNECTED) {
      remoteCertificates = e.peerCertificates();
      try {
        for (X509Certificate each : remoteCertificates) {
          certificatesDer.add(each.getEncoded());
        }
      } catch (CertificateEncodingException unreadable) {
        LOGGER.log(Level.WARNING, "a certificate without encoding", unreadable);
      }
    }
    CloseCause cause = e.cause();
    RTCError error =
        state == RTCDtlsTransportState.FAILED && cause != null ? Errors.dtls(cause) : null;
    boolean connectionChanged = updateConnectionState();
    if (state == RTCDtlsTransportState.CONNECTED) {
      transceivers.connected();
    }
    task(pc -> {
      if (!certificatesDer.isEmpty()) {
        dtlsTransport.setRemoteCertificates(certificatesDer);
      }
      dtlsTransport.change(state, error);
      if (connectionChanged) {
        pc.dispatchEvent(new Event("connectionstatechange"));
      }
    });
  }

  void sctpChanged(RTCSctpTransportState state, int maxChannels) {
    RTCSctpTransport transport = sctpTransport;
    if (transport != null) {
      task(_ -> {
        if (maxChannels > 0) {
          transport.setMaxChannels(maxChannels);
        }
        transport.change(state);
      });
    }
  }

  private boolean updateIceConnectionState() {
    RTCIceConnectionState next = RTCIceConnectionState.of(iceState.toString());
    boolean changed = next != iceConnectionState;
    iceConnectionState = next;
    return changed;
  }

  private boolean updateConnectionState() {
    RTCPeerConnectionState next = CombinedState.of(iceState, dtlsState);
    if (next == connectionState) {
      return false;
    }
    ConnectionEvents.stateChanged(name, connectionState, next);
    connectionState = next;
    LOGGER.log(Level.DEBUG, "{0} is {1}", name, next);
    tether.stateChanged(next, owner.get());
    return true;
  }

  Gathering gathering() {
    return gathering;
  }

  void gatheringState(RTCIceGatheringState state) {
    gatheringState = state;
  }

  void closeOnLoop() {
    if (closed) {
      return;
    }
    closed = true;
    Jsep machine = jsep;
    if (machine != null) {
      machine.close();
    }
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
    channels.closeAll();
    transceivers.close();
    iceTransport.set(RTCIceTransportState.CLOSED);
    dtlsTransport.set(RTCDtlsTransportState.CLOSED);
    RTCSctpTransport sctp = sctpTransport;
    if (sctp != null) {
      sctp.set(RTCSctpTransportState.CLOSED);
    }
    tether.end();
    gathering.close();
  }
}
