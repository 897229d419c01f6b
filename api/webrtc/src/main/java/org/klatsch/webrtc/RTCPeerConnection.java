package org.klatsch.webrtc;

import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.KeyType;

/// A connection to a peer, W3C WebRTC §4.4. Every method may be called on any thread.
///
/// Listeners and the completion of futures run on the executor of the [PeerConnectionFactory], one
/// after the other; by default on virtual threads. A connection that was used lives until it is
/// closed or fails, even if nobody refers to it.
public final class RTCPeerConnection extends EventTarget implements AutoCloseable {
  private final Connection connection;
  private final ConnectionLog log;
  private volatile Snapshot snapshot = Snapshot.INITIAL;
  private volatile RTCConfiguration configuration;
  private volatile boolean closed;
  private volatile List<RTCRtpTransceiver> transceivers = List.of();

  /// A connection of the default factory without ICE servers: it reaches peers in the same network.
  public RTCPeerConnection() {
    this(new RTCConfiguration());
  }

  /// A connection of the default factory.
  ///
  /// @throws DOMException for a configuration that cannot be used, NotSupportedError when WebRTC is
  ///   switched off in this process
  public RTCPeerConnection(RTCConfiguration configuration) {
    this(configuration, PeerConnectionFactory.shared());
  }

  RTCPeerConnection(RTCConfiguration configuration, PeerConnectionFactory factory) {
    Disabled.check();
    ConfigurationCheck.check(configuration, Instant.now());
    this.configuration = configuration;
    this.connection = new Connection(factory, configuration, this);
    this.log = new ConnectionLog(connection.name());
    LiveConnections.add(this);
    if (Disabled.reason() != null) {
      // Switched off while it was made.
      close();
      Disabled.check();
    }
  }

  /// What happened here, for inspection.
  ConnectionLog log() {
    return log;
  }

  @Override
  void dispatching(Event event) {
    ConnectionLog target = log;
    // An event of the certificate may come before the constructor has ended.
    if (target != null) {
      target.event(event.type(), EventDetails.of(this, event));
    }
  }

  private CompletableFuture<@Nullable Void> logged(
      CompletableFuture<@Nullable Void> settled, boolean local, String type, String sdp) {
    var _ =
        settled.whenComplete((_, error) -> {
          String call = local ? "setLocalDescription" : "setRemoteDescription";
          if (error != null) {
            log.event(call + " failed", String.valueOf(error.getMessage()));
            return;
          }
          RTCSessionDescription applied = local ? localDescription() : null;
          log.description(
              local,
              applied == null ? type : applied.type().toString(),
              applied == null ? sdp : applied.sdp());
        });
    return settled;
  }

  /// Makes an offer; nothing is changed by it.
  public CompletableFuture<RTCSessionDescriptionInit> createOffer() {
    return createOffer(new RTCOfferOptions());
  }

  public CompletableFuture<RTCSessionDescriptionInit> createOffer(RTCOfferOptions options) {
    return connection.chain(() -> connection.createOffer(options));
  }

  /// Makes an answer to the offer that was set.
  public CompletableFuture<RTCSessionDescriptionInit> createAnswer() {
    return createAnswer(new RTCAnswerOptions());
  }

  public CompletableFuture<RTCSessionDescriptionInit> createAnswer(RTCAnswerOptions options) {
    return connection.chain(connection::createAnswer);
  }

  /// Makes and applies the offer or answer that the signaling state asks for.
  public CompletableFuture<@Nullable Void> setLocalDescription() {
    return setLocalDescription(new RTCLocalSessionDescriptionInit());
  }

  public CompletableFuture<@Nullable Void> setLocalDescription(
      RTCSessionDescriptionInit description) {
    return setLocalDescription(
        new RTCLocalSessionDescriptionInit(description.type(), description.sdp()));
  }

  public CompletableFuture<@Nullable Void> setLocalDescription(
      RTCLocalSessionDescriptionInit description) {
    RTCSdpType type = description.type();
    return logged(
        connection.chain(() -> connection.setLocalDescription(description)),
        true,
        type == null ? "" : type.toString(),
        description.sdp());
  }

  public CompletableFuture<@Nullable Void> setRemoteDescription(
      RTCSessionDescriptionInit description) {
    return logged(
        connection.chain(() -> connection.setRemoteDescription(description)),
        false,
        description.type().toString(),
        description.sdp());
  }

  /// The same for what another connection in this process has as `localDescription()`.
  public CompletableFuture<@Nullable Void> setRemoteDescription(
      @Nullable RTCSessionDescription description) {
    if (description == null) {
      return CompletableFuture.failedFuture(DOMException.typeError("there is no description"));
    }
    return setRemoteDescription(description.toInit());
  }

  /// Adds a candidate of the peer.
  ///
  /// @param candidate empty: the peer has no more of this generation; null: of none
  public CompletableFuture<@Nullable Void> addIceCandidate(
      @Nullable RTCIceCandidateInit candidate) {
    RTCIceCandidateInit init = candidate == null ? new RTCIceCandidateInit() : candidate;
    if (!init.candidate().isEmpty() && init.sdpMid() == null && init.sdpMLineIndex() == null) {
      return CompletableFuture.failedFuture(
          DOMException.typeError("a candidate needs sdpMid or sdpMLineIndex"));
    }
    log.event("addIceCandidate", init.candidate());
    return connection.chain(() -> connection.addIceCandidate(init));
  }

  public CompletableFuture<@Nullable Void> addIceCandidate(RTCIceCandidate candidate) {
    return addIceCandidate(candidate.toInit());
  }

  /// Adds the end of the peer's candidates.
  public CompletableFuture<@Nullable Void> addIceCandidate() {
    return addIceCandidate(new RTCIceCandidateInit());
  }

  /// Asks for new candidates and credentials at the next negotiation; `negotiationneeded` follows.
  public void restartIce() {
    connection.onLoop(connection::restartIce);
  }

  public RTCConfiguration getConfiguration() {
    return configuration;
  }

  /// Changes what may be changed: the ICE servers and the transport policy, which gathering uses
  /// from the next ICE restart on.
  ///
  /// @throws DOMException InvalidStateError when closed, InvalidModificationError when something
  ///   else differs
  public void setConfiguration(RTCConfiguration value) {
    checkOpen();
    ConfigurationCheck.checkChange(configuration, value, snapshot);
    ConfigurationCheck.check(value, Instant.now());
    RTCConfiguration merged =
        value.certificates().isEmpty()
            ? value.withCertificates(configuration.certificates())
            : value;
    configuration = merged;
    connection.onLoop(() -> connection.setConfiguration(merged));
  }

  /// Makes a reliable, ordered channel.
  public RTCDataChannel createDataChannel(String label) {
    return createDataChannel(label, new RTCDataChannelInit());
  }

  /// Makes a channel. It opens when the connection is there.
  ///
  /// @throws DOMException InvalidStateError when closed, TypeError for an unusable `init`,
  ///   OperationError when the id is taken or no channel is free
  public RTCDataChannel createDataChannel(String label, RTCDataChannelInit init) {
    checkOpen();
    ConfigurationCheck.checkChannel(label, init);
    return connection.call(() -> connection.createDataChannel(label, init));
  }

  /// Ends everything at once. No event is fired at this connection.
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      snapshot = snapshot.closed();
    }
    connection.close();
    LiveConnections.ended(connection.name());
  }

  /// Statistics of everything.
  public CompletableFuture<RTCStatsReport> getStats() {
    return connection.statistics(null, null);
  }

  /// The statistics of a track's sender or receiver and what they refer to. Fails with
  /// InvalidAccessError unless exactly one of them has the track.
  public CompletableFuture<RTCStatsReport> getStats(@Nullable MediaStreamTrack selector) {
    if (selector == null) {
      return getStats();
    }
    List<RTCRtpSender> sendersOf =
        getSenders().stream().filter(each -> each.track() == selector).toList();
    List<RTCRtpReceiver> receiversOf =
        getReceivers().stream().filter(each -> each.track() == selector).toList();
    if (sendersOf.size() + receiversOf.size() != 1) {
      return CompletableFuture.failedFuture(
          DOMException.invalidAccess(
              selector
                  + " has "
                  + (sendersOf.size() + receiversOf.size())
                  + " senders and receivers, expected 1"));
    }
    return sendersOf.isEmpty()
        ? receiversOf.getFirst().getStats()
        : sendersOf.getFirst().getStats();
  }

  /// Sends a track to the peer, after the next negotiation.
  ///
  /// @param streams which the peer is told to put the track into
  /// @throws DOMException InvalidStateError when closed, InvalidAccessError when the track has a
  ///   sender already
  public RTCRtpSender addTrack(MediaStreamTrack track, MediaStream... streams) {
    checkOpen();
    List<String> ids = Arrays.stream(streams).map(MediaStream::id).distinct().toList();
    return connection.callWithJsep(jsep -> connection.transceivers().addTrack(jsep, track, ids));
  }

  /// Stops sending a sender's track; the transceiver stays.
  ///
  /// @throws DOMException InvalidStateError when closed, InvalidAccessError for a sender of another
  ///   connection
  public void removeTrack(RTCRtpSender sender) {
    checkOpen();
    if (!sender.isOf(connection)) {
      throw DOMException.invalidAccess("the sender belongs to another connection");
    }
    connection.callWithJsep(jsep -> {
      connection.transceivers().removeTrack(jsep, sender);
      return true;
    });
  }

  /// Makes a transceiver that sends a track.
  public RTCRtpTransceiver addTransceiver(MediaStreamTrack track) {
    return addTransceiver(track, new RTCRtpTransceiverInit());
  }

  /// @throws DOMException InvalidStateError when closed, TypeError or RangeError for an unusable
  ///   `init`
  public RTCRtpTransceiver addTransceiver(MediaStreamTrack track, RTCRtpTransceiverInit init) {
    checkOpen();
    return connection.callWithJsep(
        jsep -> connection.transceivers().addTransceiver(jsep, track.kind(), track, init));
  }

  /// Makes a transceiver without a track to send.
  ///
  /// @param kind `audio` or `video`
  public RTCRtpTransceiver addTransceiver(String kind) {
    return addTransceiver(kind, new RTCRtpTransceiverInit());
  }

  public RTCRtpTransceiver addTransceiver(String kind, RTCRtpTransceiverInit init) {
    checkOpen();
    Formats.kind(kind);
    return connection.callWithJsep(
        jsep -> connection.transceivers().addTransceiver(jsep, kind, null, init));
  }

  public List<RTCRtpTransceiver> getTransceivers() {
    return transceivers.stream().filter(each -> !each.isStopped()).toList();
  }

  public List<RTCRtpSender> getSenders() {
    return getTransceivers().stream().map(RTCRtpTransceiver::sender).toList();
  }

  public List<RTCRtpReceiver> getReceivers() {
    return getTransceivers().stream().map(RTCRtpTransceiver::receiver).toList();
  }

  /// The peer sends a track.
  public void onTrack(@Nullable EventListener<RTCTrackEvent> listener) {
    handler("track", listener);
  }

  void transceivers(List<RTCRtpTransceiver> list) {
    transceivers = list;
  }

  /// An ECDSA P-256 certificate, valid for 30 days.
  public static CompletableFuture<RTCCertificate> generateCertificate() {
    return generateCertificate(new ECGenParameterSpec("secp256r1"));
  }

  /// A certificate with a key of the given kind: `ECGenParameterSpec("secp256r1")` or
  /// `RSAKeyGenParameterSpec(2048, F4)`. Fails with NotSupportedError for others.
  public static CompletableFuture<RTCCertificate> generateCertificate(
      AlgorithmParameterSpec algorithm) {
    return generateCertificate(algorithm, new RTCCertificateExpiration(null));
  }

  public static CompletableFuture<RTCCertificate> generateCertificate(
      AlgorithmParameterSpec algorithm, RTCCertificateExpiration expiration) {
    KeyType type = RTCCertificate.keyType(algorithm);
    if (type == null) {
      return CompletableFuture.failedFuture(
          DOMException.notSupported("keys by " + algorithm + " are not supported"));
    }
    CompletableFuture<RTCCertificate> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("klatsch-certificate")
        .start(() -> {
          try {
            result.complete(RTCCertificate.generate(type, RTCCertificate.lifetime(expiration)));
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  public @Nullable RTCSessionDescription localDescription() {
    Snapshot now = snapshot;
    RTCSessionDescription pending = now.pendingLocalDescription();
    return pending != null ? pending : now.currentLocalDescription();
  }

  public @Nullable RTCSessionDescription currentLocalDescription() {
    return snapshot.currentLocalDescription();
  }

  public @Nullable RTCSessionDescription pendingLocalDescription() {
    return snapshot.pendingLocalDescription();
  }

  public @Nullable RTCSessionDescription remoteDescription() {
    Snapshot now = snapshot;
    RTCSessionDescription pending = now.pendingRemoteDescription();
    return pending != null ? pending : now.currentRemoteDescription();
  }

  public @Nullable RTCSessionDescription currentRemoteDescription() {
    return snapshot.currentRemoteDescription();
  }

  public @Nullable RTCSessionDescription pendingRemoteDescription() {
    return snapshot.pendingRemoteDescription();
  }

  public RTCSignalingState signalingState() {
    return snapshot.signalingState();
  }

  public RTCIceGatheringState iceGatheringState() {
    return snapshot.iceGatheringState();
  }

  public RTCIceConnectionState iceConnectionState() {
    return snapshot.iceConnectionState();
  }

  public RTCPeerConnectionState connectionState() {
    return snapshot.connectionState();
  }

  /// Whether the peer takes candidates after its description; null until that is known.
  public @Nullable Boolean canTrickleIceCandidates() {
    return snapshot.canTrickleIceCandidates();
  }

  /// The transport of the data channels; null until they are negotiated.
  public @Nullable RTCSctpTransport sctp() {
    return snapshot.sctp();
  }

  public void onNegotiationNeeded(@Nullable EventListener<Event> listener) {
    handler("negotiationneeded", listener);
  }

  public void onIceCandidate(@Nullable EventListener<RTCPeerConnectionIceEvent> listener) {
    handler("icecandidate", listener);
  }

  public void onIceCandidateError(
      @Nullable EventListener<RTCPeerConnectionIceErrorEvent> listener) {
    handler("icecandidateerror", listener);
  }

  public void onSignalingStateChange(@Nullable EventListener<Event> listener) {
    handler("signalingstatechange", listener);
  }

  public void onIceConnectionStateChange(@Nullable EventListener<Event> listener) {
    handler("iceconnectionstatechange", listener);
  }

  public void onIceGatheringStateChange(@Nullable EventListener<Event> listener) {
    handler("icegatheringstatechange", listener);
  }

  public void onConnectionStateChange(@Nullable EventListener<Event> listener) {
    handler("connectionstatechange", listener);
  }

  public void onDataChannel(@Nullable EventListener<RTCDataChannelEvent> listener) {
    handler("datachannel", listener);
  }

  boolean isClosed() {
    return closed;
  }

  private void checkOpen() {
    if (closed) {
      throw DOMException.invalidState("the connection is closed");
    }
  }

  /// Makes a snapshot visible unless a later one is; called by tasks.
  void publish(Snapshot value) {
    synchronized (this) {
      if (!closed && value.version() > snapshot.version()) {
        snapshot = value;
      }
    }
  }

  @Override
  public String toString() {
    return "RTCPeerConnection[" + connection.name() + ", " + connectionState() + "]";
  }
}
