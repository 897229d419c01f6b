package org.klatsch.rooms;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.transfer.Access;
import org.klatsch.rooms.transfer.IncomingTransfer;
import org.klatsch.rooms.transfer.MediaAnnouncement;
import org.klatsch.rooms.transfer.TransferListener;
import org.klatsch.rooms.transfer.TransferPeer;
import org.klatsch.webrtc.MediaStreamTrack;
import org.klatsch.webrtc.RTCDataChannel;
import org.klatsch.webrtc.RTCDataChannelInit;
import org.klatsch.webrtc.RTCDataChannelState;
import org.klatsch.webrtc.RTCIceCandidate;
import org.klatsch.webrtc.RTCIceCandidateInit;
import org.klatsch.webrtc.RTCIceCandidatePair;
import org.klatsch.webrtc.RTCIceCandidateType;
import org.klatsch.webrtc.RTCPeerConnection;
import org.klatsch.webrtc.RTCPeerConnectionState;
import org.klatsch.webrtc.RTCPriorityType;
import org.klatsch.webrtc.RTCSctpTransport;
import org.klatsch.webrtc.RTCSdpType;
import org.klatsch.webrtc.RTCSessionDescription;
import org.klatsch.webrtc.RTCSessionDescriptionInit;
import org.klatsch.webrtc.RTCSignalingState;
import org.klatsch.webrtc.RTCStatsReport;

/// Another member of a room or transfer and the connection to it: perfect negotiation as in
/// `docs/rooms-protocol.md` §4.
///
/// Methods that are not public run on the client's signalling thread.
public final class RoomMember {
  /// A description takes local work only; a longer time is a fault.
  private static final long STEP_SECONDS = 30;

  /// How long an error may take to reach the other before the connection is closed.
  private static final long LAST_WORDS_SECONDS = 1;

  /// Candidates that came before their description. Real peers send some dozens.
  private static final int MAX_EARLY_CANDIDATES = 200;

  /// How often a connection that failed is made anew.
  private static final int MAX_CONNECTIONS = 6;

  private static final String SUBPROTOCOL = "klatsch.transfer.1";

  private final RoomClient client;
  private final String id;
  private final String name;
  private final boolean newcomer;
  private final MemberMedia media;
  private final List<RTCIceCandidateInit> early = new ArrayList<>();
  private int number;
  private boolean makingOffer;
  private boolean ignoringOffer;
  private boolean opened;
  private boolean gone;
  private volatile @Nullable RTCPeerConnection connection;
  private volatile @Nullable TransferPeer peer;
  private volatile @Nullable RTCDataChannel controlChannel;
  private volatile CompletableFuture<TransferPeer> readiness = new CompletableFuture<>();

  /// @param newcomer whether we are the one who found the other here
  RoomMember(RoomClient client, String id, String name, boolean newcomer) {
    this.client = client;
    this.id = id;
    this.name = name;
    this.newcomer = newcomer;
    this.media = new MemberMedia(client, this);
  }

  public String id() {
    return id;
  }

  /// To be shown to people; not unique.
  public String name() {
    return name;
  }

  /// Chat and files with this member; empty while there is no connection.
  public Optional<TransferPeer> peer() {
    TransferPeer current = peer;
    return current != null && current.ready() ? Optional.of(current) : Optional.empty();
  }

  /// Completes when chat and files may flow, now or after the connection is made. A lost connection
  /// is replaced by another, for which this is to be asked again.
  public CompletableFuture<TransferPeer> whenReady() {
    return readiness.copy();
  }

  /// How the packets travel: `host`, `srflx`, `prflx`, `relay`; empty while there is no connection.
  public String path() {
    RTCPeerConnection current = connection;
    RTCSctpTransport transport = current == null ? null : current.sctp();
    RTCIceCandidatePair pair =
        transport == null ? null : transport.transport().iceTransport().getSelectedCandidatePair();
    if (pair == null) {
      return "";
    }
    RTCIceCandidateType local = pair.local().type();
    RTCIceCandidateType remote = pair.remote().type();
    // The path is as direct as its less direct end.
    RTCIceCandidateType shown =
        remote == RTCIceCandidateType.RELAY || local == null ? remote : local;
    return shown == null ? "" : shown.toString();
  }

  /// Sends a track to this member from now on, also over connections that replace a lost one, as
  /// far as the member receives media of that kind. A track of the same source is replaced.
  public void send(MediaSource source, MediaStreamTrack track) {
    client.run(() -> media.send(source, track));
  }

  /// Statistics of the connection; fails while there is none.
  public CompletableFuture<RTCStatsReport> stats() {
    RTCPeerConnection current = connection;
    return current == null
        ? CompletableFuture.failedFuture(new IllegalStateException("not connected"))
        : current.getStats();
  }

  @Override
  public String toString() {
    return name + " (" + id + ")";
  }

  /// Begins, as the newcomer.
  void connect() {
    if (gone || number >= MAX_CONNECTIONS) {
      return;
    }
    number++;
    makeConnection();
    makeChannels();
  }

  void handleDescription(int toNumber, RTCSessionDescriptionInit description) {
    boolean offer = description.type() == RTCSdpType.OFFER;
    if (!newcomer && offer && toNumber > number) {
      number = toNumber;
      makeConnection();
    }
    RTCPeerConnection current = connection;
    if (toNumber != number || current == null) {
      return;
    }
    boolean collision =
        offer && (makingOffer || current.signalingState() != RTCSignalingState.STABLE);
    ignoringOffer = !newcomer && collision;
    if (ignoringOffer) {
      return;
    }
    if (!done(current.setRemoteDescription(description))) {
      replace("the other's description was refused");
      return;
    }
    if (peer == null) {
      // Only now, so that the channels make no offer of their own, `docs/rooms-protocol.md` §4.
      makeChannels();
    }
    for (RTCIceCandidateInit candidate : early) {
      add(current, candidate);
    }
    early.clear();
    if (offer && done(current.setLocalDescription())) {
      sendDescription(current);
    }
  }

  void handleCandidate(int toNumber, @Nullable RTCIceCandidateInit candidate) {
    RTCPeerConnection current = connection;
    if (toNumber < number || ignoringOffer || candidate == null) {
      // The end of candidates needs no answer: ICE ends by its own timers, RFC 8838 §14.
      return;
    }
    if (toNumber > number || current == null || current.remoteDescription() == null) {
      if (early.size() < MAX_EARLY_CANDIDATES) {
        early.add(candidate);
      }
      return;
    }
    add(current, candidate);
  }

  void handleReset(int toNumber) {
    if (newcomer && toNumber == number) {
      replace("the other asked for a new connection");
    }
  }

  /// The member has left, or we do.
  void close() {
    gone = true;
    closeConnection();
  }

  private static void add(RTCPeerConnection to, RTCIceCandidateInit candidate) {
    // A candidate of a form that we do not know is no reason to stop.
    done(to.addIceCandidate(candidate));
  }

  private void makeConnection() {
    closeConnection();
    if (!newcomer) {
      early.removeIf(_ -> connection != null);
    }
    RTCPeerConnection made = client.newConnection();
    connection = made;
    makingOffer = false;
    ignoringOffer = false;
    opened = false;
    made.onNegotiationNeeded(_ -> client.run(() -> negotiate(made)));
    made.onIceCandidate(event -> {
      RTCIceCandidate candidate = event.candidate();
      client.run(() -> sendCandidate(made, candidate));
    });
    made.onTrack(event -> {
      if (connection == made) {
        client.listener().trackReceived(this, event);
      }
    });
    made.onSignalingStateChange(_ -> {
      if (made.signalingState() == RTCSignalingState.STABLE) {
        client.run(() -> media.handleStable(made));
      }
    });
    made.onConnectionStateChange(_ -> {
      if (made.connectionState() == RTCPeerConnectionState.FAILED) {
        client.run(() -> {
          if (connection == made) {
            replace("no path to the other was found, or it was lost");
          }
        });
      }
    });
  }

  private void makeChannels() {
    RTCPeerConnection made = connection;
    if (made == null) {
      return;
    }
    RTCDataChannelInit init =
        new RTCDataChannelInit().withNegotiated(true).withProtocol(SUBPROTOCOL);
    RTCDataChannel control =
        made.createDataChannel("control", init.withId(0).withPriority(RTCPriorityType.HIGH));
    RTCDataChannel bulk = made.createDataChannel("bulk", init.withId(1));
    Listener listening = new Listener(made);
    TransferPeer bound =
        new TransferPeer(
            new PeerChannel(made, control),
            new PeerChannel(made, bulk),
            client.options().transfer(),
            listening,
            client.random());
    listening.bound = bound;
    peer = bound;
    controlChannel = control;
    control.onMessage(event -> {
      String text = event.text();
      if (text == null) {
        bound.handleWrongKind();
      } else {
        bound.handleControl(text);
      }
    });
    bulk.onMessage(event -> {
      byte[] bytes = event.bytes();
      if (bytes == null) {
        bound.handleWrongKind();
      } else {
        bound.handleBulk(bytes, 0, bytes.length);
      }
    });
    control.onBufferedAmountLow(_ -> bound.handleBufferedAmountLow());
    bulk.onBufferedAmountLow(_ -> bound.handleBufferedAmountLow());
    // Opens before the first message is delivered, as all listeners of a connection run in order.
    control.onOpen(_ -> open(made, control, bulk, bound));
    bulk.onOpen(_ -> open(made, control, bulk, bound));
    control.onClose(_ -> bound.handleClosed());
    bulk.onClose(_ -> bound.handleClosed());
  }

  private void open(
      RTCPeerConnection made, RTCDataChannel control, RTCDataChannel bulk, TransferPeer bound) {
    if (opened
        || control.readyState() != RTCDataChannelState.OPEN
        || bulk.readyState() != RTCDataChannelState.OPEN) {
      return;
    }
    opened = true;
    Optional<Access> access = access(made);
    if (access.isPresent()) {
      bound.handleOpen(access.get());
    } else {
      bound.close();
    }
  }

  /// Fingerprints are those that DTLS saw, never those that the server passed on alone.
  private Optional<Access> access(RTCPeerConnection made) {
    RTCSessionDescription local = made.localDescription();
    RTCSctpTransport transport = made.sctp();
    Optional<byte[]> own =
        local == null ? Optional.empty() : Fingerprints.ofDescription(local.sdp());
    Optional<byte[]> other =
        transport == null
            ? Optional.empty()
            : Fingerprints.ofCertificates(transport.transport().getRemoteCertificates());
    return client.access(own, other);
  }

  private void negotiate(RTCPeerConnection made) {
    if (connection != made || gone) {
      return;
    }
    makingOffer = true;
    boolean described = done(made.setLocalDescription());
    makingOffer = false;
    if (described && connection == made) {
      sendDescription(made);
    }
  }

  private void sendDescription(RTCPeerConnection made) {
    RTCSessionDescription local = made.localDescription();
    if (local != null) {
      client.sendDescription(id, number, local);
    }
  }

  private void sendCandidate(RTCPeerConnection made, @Nullable RTCIceCandidate candidate) {
    if (connection == made && !gone) {
      client.sendCandidate(id, number, candidate == null ? null : candidate.toInit());
    }
  }

  /// The connection is of no use: the newcomer makes another, the host asks for it.
  private void replace(String message) {
    if (gone) {
      return;
    }
    client.tell(listener -> listener.memberLost(this, "connection", message));
    closeConnection();
    if (newcomer) {
      connect();
    } else {
      client.sendReset(id, number);
    }
  }

  private void closeConnection() {
    RTCPeerConnection old = release();
    if (old != null) {
      old.close();
    }
  }

  /// Closes when the error that was sent last has arrived: closing a channel delivers what it holds
  /// (RFC 8831 §6.7), closing a connection does not.
  private void closeAfterLastWords() {
    RTCDataChannel control = controlChannel;
    RTCPeerConnection old = release();
    if (old != null && control != null) {
      control.onClose(_ -> old.close());
      control.close();
      CompletableFuture.delayedExecutor(LAST_WORDS_SECONDS, TimeUnit.SECONDS).execute(old::close);
    }
  }

  private @Nullable RTCPeerConnection release() {
    media.end();
    TransferPeer bound = peer;
    peer = null;
    controlChannel = null;
    if (readiness.isDone()) {
      readiness = new CompletableFuture<>();
    }
    if (bound != null) {
      bound.close();
    }
    RTCPeerConnection old = connection;
    connection = null;
    return old;
  }

  private static boolean done(CompletableFuture<?> step) {
    try {
      step.orTimeout(STEP_SECONDS, TimeUnit.SECONDS).join();
      return true;
    } catch (CompletionException e) {
      System.getLogger(RoomMember.class.getName())
          .log(System.Logger.Level.DEBUG, "negotiation step failed", e);
      return false;
    }
  }

  /// Passes on what the peer tells, as long as it is the current one.
  private final class Listener implements TransferListener {
    private final RTCPeerConnection of;
    private volatile @Nullable TransferPeer bound;

    Listener(RTCPeerConnection of) {
      this.of = of;
    }

    @Override
    public void ready() {
      TransferPeer through = bound;
      if (through != null) {
        readiness.complete(through);
        client.run(() -> {
          if (connection == of) {
            media.begin(of, through);
          }
        });
      }
      client.listener().memberReady(RoomMember.this);
    }

    @Override
    public void chatReceived(String text, long time) {
      client.listener().chatReceived(RoomMember.this, text, time);
    }

    @Override
    public void mediaAnnounced(MediaAnnouncement announcement) {
      client.run(() -> {
        if (connection == of) {
          media.handleAnnouncement(announcement);
        }
      });
    }

    @Override
    public void filesOffered(IncomingTransfer offer) {
      client.listener().filesOffered(RoomMember.this, offer);
    }

    @Override
    public void closed(String reason, String message) {
      client.run(() -> {
        if (connection == of && !gone) {
          client.tell(listener -> listener.memberLost(RoomMember.this, reason, message));
          if (reason.equals("connection")) {
            closeConnection();
          } else {
            closeAfterLastWords();
          }
          // A lost channel is replaced; an error of the protocol would only come again.
          if (reason.equals("connection") && newcomer) {
            connect();
          } else if (reason.equals("connection")) {
            client.sendReset(id, number);
          }
        }
      });
    }
  }
}
