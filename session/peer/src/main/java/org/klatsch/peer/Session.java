package org.klatsch.peer;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.dtls.ApplicationDataSink;
import org.klatsch.dtls.CloseCause;
import org.klatsch.dtls.DtlsConnection;
import org.klatsch.dtls.DtlsEvent;
import org.klatsch.dtls.NegotiatedParameters;
import org.klatsch.dtls.SrtpKeyingMaterial;
import org.klatsch.ice.CandidatePair;
import org.klatsch.ice.CandidateType;
import org.klatsch.ice.IceAgent;
import org.klatsch.ice.IceCandidate;
import org.klatsch.ice.IceCredentials;
import org.klatsch.ice.IceEvent;
import org.klatsch.ice.MalformedIceException;
import org.klatsch.ice.RelayedPacket;
import org.klatsch.media.MediaEvent;
import org.klatsch.sansio.PacketCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.TransportAddress;
import org.klatsch.sansio.Work;
import org.klatsch.sctp.dcep.ChannelOptions;
import org.klatsch.sctp.dcep.DataChannel;
import org.klatsch.sctp.dcep.DataChannelEvent;
import org.klatsch.sctp.dcep.DataChannels;
import org.klatsch.sdp.CandidateAttribute;

/// One WebRTC session: ICE, DTLS over it, SCTP and data channels inside, media beside. Set up by
/// parameter records, without SDP; a plain object like all cores, that a driver, a simulator or a
/// test feeds.
///
/// ```text
///   packets ──► demultiplexer (RFC 7983) ──► ICE
///                        ├─► DTLS ──► SCTP ──► data channels ──► events
///                        └─► SRTP ──► RTP ──► frames, events
/// ```
///
/// The order of a session's life: [#apply] with the local half, addresses and gathering, [#apply]
/// with the whole agreement. The DTLS handshake begins with the first pair that ICE found valid, it
/// does not wait for the nomination. [#close] ends SCTP, then DTLS, then ICE.
public final class Session implements PacketCore<SessionEvent> {
  /// Room for an SCTP packet before encryption.
  private static final int PLAINTEXT_ROOM = 2048;

  /// IP packets of every usual path, RFC 8900 §3.1 for tunnels aside: Ethernet's.
  private static final int PATH_MTU = 1500;

  private static final int IPV4_UDP_HEADERS = 28;
  private static final int IPV6_UDP_HEADERS = 48;

  /// What a Send indication of TURN adds at most, and the longer headers on the way to the server.
  private static final int RELAY_OVERHEAD = 48 + 20;

  private final SessionOptions options;
  private final SecureRandom random;
  private final IceAgent ice;
  private final EarlyPackets early;
  private final EarlyPackets earlyMedia;
  private final SendLedger ledger = new SendLedger();
  private final ArrayDeque<SessionEvent> events = new ArrayDeque<>();
  private final ApplicationDataSink plaintextSink = this::handlePlaintext;
  private final TransmitBuffer plaintext = new TransmitBuffer(1, PLAINTEXT_ROOM);
  private final SessionCounters counters = new SessionCounters();
  private final DtlsInStun inStun;

  private @Nullable TransportParameters transport;

  /// Our credentials of the last generation that the peer has answered.
  private @Nullable IceParameters answeredLocal;

  private int appliedRemoteCandidates;
  private boolean appliedEndOfCandidates;
  private @Nullable DtlsConnection dtls;
  private DtlsState dtlsState = DtlsState.NEW;
  private boolean dtlsStarted;
  private boolean dtlsClosing;
  private @Nullable NegotiatedParameters negotiated;
  private @Nullable DataChannels channels;

  /// What [#channels] were made from.
  private @Nullable SctpParameters association;

  private @Nullable SessionMedia media;

  /// What [#wallClock] was told; 0 before.
  private long wallClockNtp;

  private long wallClockNow;
  private boolean closing;
  private boolean closed;

  /// Whether [SessionEvent.Closed] was handed out.
  private boolean farewell;

  /// Whether bytes may have been sent since the ledger was last asked.
  private boolean sent;

  /// @param random for keys, cookies and ICE's tie-breaker
  public Session(SessionOptions options, SecureRandom random) {
    this.options = options;
    this.random = random;
    this.ice = new IceAgent(options.ice(), random);
    this.inStun = new DtlsInStun(options.dtlsInStun(), counters, this::handleDtls);
    if (options.dtlsInStun() != ExtensionUse.OFF) {
      ice.setCheckExtension(inStun);
    }
    this.early = new EarlyPackets(options.maxEarlyPackets(), options.maxEarlyBytes());
    this.earlyMedia =
        new EarlyPackets(options.maxEarlyMediaPackets(), options.maxEarlyMediaBytes());
  }

  /// The ICE agent: local addresses, gathering and resolved names go to it directly.
  public IceAgent ice() {
    return ice;
  }

  /// The data channels, null until an association is agreed on.
  public @Nullable DataChannels channels() {
    return channels;
  }

  /// Whether SCTP begins with the INIT chunks of the descriptions.
  public boolean skipsSctpHandshake() {
    SctpParameters agreed = association;
    return agreed != null && agreed.remoteInit() != null && options.sctpInit() != null;
  }

  /// The media, null until audio or video is agreed on.
  public @Nullable SessionMedia media() {
    return media;
  }

  /// Tells the wall clock, for the reports of media: at the beginning and when it was set anew.
  ///
  /// @param ntpTime what it shows at `now`, as an NTP timestamp
  public void wallClock(long now, long ntpTime) {
    wallClockNow = now;
    wallClockNtp = ntpTime;
    SessionMedia current = media;
    if (current != null) {
      current.transport().wallClock(now, ntpTime);
    }
  }

  public DtlsState dtlsState() {
    return dtlsState;
  }

  /// What the DTLS handshake agreed on; null until connected.
  public @Nullable NegotiatedParameters negotiated() {
    return negotiated;
  }

  /// Packets and bytes of the session.
  public SessionCounters counters() {
    return counters;
  }

  /// Whether [#close] was called.
  public boolean isClosing() {
    return closing;
  }

  /// Takes the agreement as it stands: what is new in it takes effect.
  public void apply(long now, SessionParameters parameters) {
    if (closing) {
      return;
    }
    SctpParameters sctp = parameters.sctp();
    TransportParameters next =
        sctp != null
            ? parameters.transport(sctp.mid())
            : parameters.transports().isEmpty() ? null : parameters.transports().getFirst();
    if (next == null) {
      return;
    }
    applyIce(now, next);
    transport = next;
    applyDtls(now, next);
    if (sctp != null) {
      applySctp(now, sctp);
    }
    applyMedia(now, parameters.media(), next);
    startDtls(now);
    process(now);
  }

  private void applyIce(long now, TransportParameters next) {
    TransportParameters previous = transport;
    IceParameters local = next.localIce();
    if (previous == null) {
      ice.setCredentials(credentials(local));
      ice.setRole(now, role(next.iceRole()));
    } else if (!previous.localIce().sameGeneration(local)) {
      if (answeredLocal != null && local.sameGeneration(answeredLocal)) {
        // The offer that wanted the restart was rolled back.
        ice.cancelRestart();
      } else {
        ice.restart(now, credentials(local));
        ice.setRole(now, role(next.iceRole()));
      }
    }
    IceParameters remote = next.remoteIce();
    if (remote == null) {
      return;
    }
    inStun.peerOptions(remote.options());
    IceParameters known = previous == null ? null : previous.remoteIce();
    if (known == null || !known.sameGeneration(remote)) {
      ice.setRemoteParameters(
          now, remote.usernameFragment(), remote.password(), remote.lite(), remote.options());
      answeredLocal = local;
      appliedRemoteCandidates = 0;
      appliedEndOfCandidates = false;
    }
    List<CandidateAttribute> candidates = next.remoteCandidates();
    while (appliedRemoteCandidates < candidates.size()) {
      CandidateAttribute attribute = candidates.get(appliedRemoteCandidates++);
      try {
        ice.addRemoteCandidate(now, IceCandidate.parse(attribute.toString()));
      } catch (MalformedIceException e) {
        counters.dropCandidate();
      }
    }
    if (next.endOfRemoteCandidates() && !appliedEndOfCandidates) {
      appliedEndOfCandidates = true;
      ice.endOfRemoteCandidates(now);
    }
  }

  private static IceCredentials credentials(IceParameters parameters) {
    return new IceCredentials(parameters.usernameFragment(), parameters.password());
  }

  private static org.klatsch.ice.IceRole role(IceRole role) {
    return role == IceRole.CONTROLLING
        ? org.klatsch.ice.IceRole.CONTROLLING
        : org.klatsch.ice.IceRole.CONTROLLED;
  }

  private void applyDtls(long now, TransportParameters next) {
    DtlsParameters remote = next.remoteDtls();
    DtlsRole role = next.localDtls().role();
    if (remote == null || role == DtlsRole.AUTO || dtls != null) {
      return;
    }
    DtlsConnection connection = Cores.dtls(now, options, role, remote, random);
    dtls = connection;
    inStun.connection(connection);
  }

  private void applySctp(long now, SctpParameters sctp) {
    DataChannels current = channels;
    if (current == null) {
      current = Cores.channels(options, sctp, random);
      channels = current;
      association = sctp;
      if (dtlsState == DtlsState.CONNECTED) {
        connectSctp(now);
      }
    }
    TransportParameters known = transport;
    if (known != null && known.localDtls().role() != DtlsRole.AUTO) {
      current.dtlsRole(now, known.localDtls().role() == DtlsRole.CLIENT);
    }
    current.maxMessageSize(sctp.remoteMaxMessageSize());
  }

  /// Takes the m-sections on the transport of this session.
  private void applyMedia(long now, List<MediaParameters> agreed, TransportParameters next) {
    SessionMedia current = media;
    if (current == null) {
      if (agreed.isEmpty()) {
        return;
      }
      current = new SessionMedia(options, counters, random);
      if (wallClockNtp != 0) {
        current.transport().wallClock(wallClockNow, wallClockNtp);
      }
      media = current;
    }
    current.apply(agreed.stream().filter(each -> next.mids().contains(each.mid())).toList());
    connectMedia(now);
  }

  /// Begins media once the keys are there, RFC 5764 §4.2.
  private void connectMedia(long now) {
    SessionMedia current = media;
    DtlsConnection connection = dtls;
    TransportParameters known = transport;
    if (current == null
        || current.isConnected()
        || connection == null
        || known == null
        || dtlsState != DtlsState.CONNECTED) {
      return;
    }
    SrtpKeyingMaterial material = connection.exportSrtpKeyingMaterial();
    if (material == null
        || !current.connect(now, material, known.localDtls().role() == DtlsRole.CLIENT)) {
      return;
    }
    while (!earlyMedia.isEmpty()) {
      byte[] packet = earlyMedia.poll();
      current.handlePacket(now, PacketKind.of(packet, 0, packet.length), packet, 0, packet.length);
    }
  }

  /// Begins the handshake: a server listens as soon as it knows whom to expect, a client needs a
  /// pair to send on, or checks that carry what it sends.
  private void startDtls(long now) {
    DtlsConnection connection = dtls;
    TransportParameters known = transport;
    if (connection == null || dtlsStarted || known == null) {
      return;
    }
    if (known.localDtls().role() == DtlsRole.CLIENT
        && ice.selectedPair() == null
        && !inStun.isActive()) {
      return;
    }
    dtlsStarted = true;
    connection.start(now);
    announceConnecting();
    while (!early.isEmpty()) {
      byte[] packet = early.poll();
      connection.handlePacket(now, packet, 0, packet.length, plaintextSink);
    }
  }

  /// The handshake counts as under way once a packet of it can come: a server that has started only
  /// listens.
  private void announceConnecting() {
    if (dtlsStarted && dtlsState == DtlsState.NEW && ice.selectedPair() != null) {
      dtlsState(DtlsState.CONNECTING, null, List.of());
    }
  }

  /// Opens a channel. It waits for the association if need be.
  ///
  /// @throws IllegalStateException before an association is agreed on, or when no id is free
  public DataChannel openChannel(long now, String label, ChannelOptions channelOptions) {
    return agreed().open(now, label, channelOptions);
  }

  /// Sends a message; `data` belongs to the session from now on.
  ///
  /// @throws IllegalStateException when the channel is not open
  public void send(
      long now, DataChannel channel, boolean text, byte[] data, int offset, int length) {
    ledger.send(now, channel, text, data, offset, length);
  }

  /// Closes a channel after what was sent on it.
  public void closeChannel(long now, DataChannel channel) {
    ledger.close(now, channel);
  }

  /// Gives back receive window that delivered messages held.
  public void consumed(long now, int windowBytes) {
    DataChannels current = channels;
    if (current != null) {
      current.association().consumed(now, windowBytes);
    }
  }

  private DataChannels agreed() {
    DataChannels current = channels;
    if (current == null) {
      throw new IllegalStateException("no SCTP association is agreed on");
    }
    return current;
  }

  /// Ends the session: SCTP is aborted, DTLS says close_notify. [SessionEvent.Closed] follows when
  /// that has been polled.
  public void close(long now) {
    if (closing) {
      return;
    }
    closing = true;
    SessionMedia streams = media;
    if (streams != null) {
      streams.close(now);
    }
    DataChannels current = channels;
    if (current != null && dtlsState == DtlsState.CONNECTED) {
      current.association().abort(now, "closed");
    }
  }

  /// Takes back work of [SessionEvent.WorkRequested].
  public void handleWorkDone(long now, Work work) {
    DtlsConnection connection = dtls;
    if (connection != null) {
      connection.handleWorkDone(now, work);
      process(now);
    }
  }

  @Override
  public void handlePacket(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    if (closed) {
      return;
    }
    counters.received(length);
    if (ice.relays().isFromServer(local, remote, buffer, offset, length)) {
      RelayedPacket inner = ice.relays().unwrap(now, local, remote, buffer, offset, length);
      if (inner != null) {
        receive(now, inner.local(), inner.remote(), ecn, buffer, inner.offset(), inner.length());
      }
    } else {
      receive(now, local, remote, ecn, buffer, offset, length);
    }
    process(now);
  }

  @Override
  public void handleStreamClosed(long now, TransportAddress local, TransportAddress remote) {
    if (!closed) {
      ice.handleStreamClosed(now, local, remote);
      process(now);
    }
  }

  private void receive(
      long now,
      TransportAddress local,
      TransportAddress remote,
      int ecn,
      byte[] buffer,
      int offset,
      int length) {
    PacketKind kind = PacketKind.of(buffer, offset, length);
    switch (kind) {
      case STUN -> ice.handlePacket(now, local, remote, ecn, buffer, offset, length);
      case DTLS -> {
        if (dtlsStarted) {
          if (!ice.isKnownRemote(local, remote)) {
            // RFC 8842 §5.1 with RFC 8445 §12: data only where a check has been.
            counters.dropStranger();
            return;
          }
          ice.notePacketReceived(now, local, remote, length);
          inStun.received(buffer, offset, length);
        }
        handleDtls(now, buffer, offset, length);
      }
      case RTP, RTCP -> {
        if (!ice.isKnownRemote(local, remote)) {
          counters.dropStranger();
          return;
        }
        ice.notePacketReceived(now, local, remote, length);
        handleMedia(now, kind, buffer, offset, length);
      }
      case TURN_CHANNEL, UNKNOWN -> counters.dropUnexpected();
    }
  }

  private void handleDtls(long now, byte[] buffer, int offset, int length) {
    DtlsConnection connection = dtls;
    if (connection != null && dtlsStarted) {
      connection.handlePacket(now, buffer, offset, length, plaintextSink);
    } else if (!early.keep(buffer, offset, length)) {
      counters.dropEarly();
    }
  }

  private void handleMedia(long now, PacketKind kind, byte[] buffer, int offset, int length) {
    SessionMedia current = media;
    if (current != null && current.isConnected()) {
      inStun.applicationDataReceived();
      current.handlePacket(now, kind, buffer, offset, length);
    } else if (closing
        || dtlsState == DtlsState.CONNECTED
        || dtlsState == DtlsState.CLOSED
        || dtlsState == DtlsState.FAILED) {
      counters.dropUnexpected();
    } else if (earlyMedia.keep(buffer, offset, length)) {
      counters.keepEarlyMedia();
    } else {
      counters.dropEarlyMedia();
    }
  }

  private void handlePlaintext(long now, byte[] data, int offset, int length) {
    DataChannels current = channels;
    if (current == null || closing) {
      counters.dropUnexpected();
      return;
    }
    inStun.applicationDataReceived();
    tap(now, false, data, offset, length);
    current.handlePacket(now, data, offset, length);
    sent = true;
  }

  private void tap(long now, boolean outgoing, byte[] data, int offset, int length) {
    PlaintextTap tap = options.tap();
    CandidatePair pair = ice.selectedPair();
    if (tap != null && pair != null) {
      tap.packet(now, outgoing, pair.localAddress(), pair.remoteAddress(), data, offset, length);
    }
  }

  @Override
  public void handleTimeout(long now) {
    if (closed) {
      return;
    }
    ice.handleTimeout(now);
    DtlsConnection connection = dtls;
    if (connection != null) {
      connection.handleTimeout(now);
    }
    DataChannels current = channels;
    if (current != null) {
      current.handleTimeout(now);
      sent = true;
    }
    SessionMedia streams = media;
    if (streams != null) {
      streams.handleTimeout(now);
    }
    process(now);
  }

  @Override
  public long nextTimeout() {
    if (closed) {
      return NEVER;
    }
    long next = ice.nextTimeout();
    DtlsConnection connection = dtls;
    if (connection != null) {
      next = Math.min(next, connection.nextTimeout());
    }
    if (ice.selectedPair() == null) {
      // Whatever is due cannot be sent. The handshake may be complete already, by checks.
      return next;
    }
    DataChannels current = channels;
    if (current != null) {
      next = Math.min(next, current.nextTimeout());
    }
    SessionMedia streams = media;
    if (streams != null) {
      next = Math.min(next, streams.nextTimeout());
    }
    return next;
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    if (closed) {
      // Allocations on TURN servers are given back last.
      return ice.pollTransmit(now, out);
    }
    int before = out.packetCount();
    if (!closing && ice.pollTransmit(now, out)) {
      counters.sent(out.packetLength(before));
      return true;
    }
    CandidatePair pair = ice.selectedPair();
    DtlsConnection connection = dtls;
    if (pair == null || connection == null) {
      finishClosing(now);
      return false;
    }
    out.route(pair.localAddress(), pair.remoteAddress());
    if (inStun.pollTransmit(now, out)
        || connection.pollTransmit(now, out)
        || pollMedia(now, out)
        || pollSctp(now, connection, out)) {
      if (ice.relays().wrap(now, out)) {
        counters.sent(out.packetLength(before));
        ice.notePacketSent(now, out.packetLength(before));
      }
      return true;
    }
    if (closing && !dtlsClosing) {
      dtlsClosing = true;
      connection.close(now);
      if (connection.pollTransmit(now, out)) {
        if (ice.relays().wrap(now, out)) {
          counters.sent(out.packetLength(before));
        }
        return true;
      }
    }
    finishClosing(now);
    return false;
  }

  /// Before data, which fills whatever is left.
  private boolean pollMedia(long now, TransmitBuffer out) {
    SessionMedia current = media;
    return current != null && !dtlsClosing && current.pollTransmit(now, out);
  }

  private boolean pollSctp(long now, DtlsConnection connection, TransmitBuffer out) {
    DataChannels current = channels;
    if (current == null || dtlsState != DtlsState.CONNECTED || dtlsClosing) {
      return false;
    }
    ledger.flush(now);
    plaintext.clear();
    if (!current.pollTransmit(now, plaintext)) {
      return false;
    }
    int length = plaintext.packetLength(0);
    tap(now, true, plaintext.array(), 0, length);
    sent = true;
    return connection.protect(plaintext.array(), 0, length, out);
  }

  private void finishClosing(long now) {
    if (closing && !closed) {
      closed = true;
      process(now);
      ice.close(now);
    }
  }

  @Override
  public @Nullable SessionEvent pollEvent() {
    SessionEvent event = events.poll();
    if (event != null) {
      return event;
    }
    DataChannels current = channels;
    if (current != null) {
      DataChannelEvent next = current.pollEvent();
      if (next != null) {
        if (next instanceof DataChannelEvent.Closed gone) {
          ledger.forget(gone.channel());
        }
        return new SessionEvent.Channels(next);
      }
    }
    SessionMedia streams = media;
    if (streams != null) {
      MediaEvent next = streams.pollEvent();
      if (next != null) {
        return new SessionEvent.Media(next);
      }
    }
    if (sent) {
      sent = false;
      ledger.report(events);
      event = events.poll();
    }
    if (event == null && closed && !farewell) {
      farewell = true;
      return new SessionEvent.Closed();
    }
    return event;
  }

  /// Passes on what the parts have to say to each other.
  private void process(long now) {
    for (IceEvent event = ice.pollEvent(); event != null; event = ice.pollEvent()) {
      if (event instanceof IceEvent.SelectedPairChanged) {
        counters.pairChanged();
        events.add(new SessionEvent.Ice(event));
        startDtls(now);
        announceConnecting();
        pathChanged(now);
      } else {
        events.add(new SessionEvent.Ice(event));
      }
    }
    startDtls(now);
    DtlsConnection connection = dtls;
    if (connection != null) {
      for (DtlsEvent event = connection.pollEvent();
          event != null;
          event = connection.pollEvent()) {
        handleDtls(now, connection, event);
      }
    }
  }

  private void handleDtls(long now, DtlsConnection connection, DtlsEvent event) {
    switch (event) {
      case DtlsEvent.HandshakeCompleted completed -> {
        negotiated = completed.parameters();
        if (dtlsState == DtlsState.NEW) {
          // Checks carried all of it before there was a pair.
          dtlsState(DtlsState.CONNECTING, null, List.of());
        }
        inStun.handshakeCompleted();
        dtlsState(DtlsState.CONNECTED, null, completed.parameters().peerCertificates());
        connectSctp(now);
        connectMedia(now);
        connection.deliverEarlyData(now, plaintextSink);
      }
      case DtlsEvent.WorkRequested requested ->
          events.add(new SessionEvent.WorkRequested(requested.work()));
      case DtlsEvent.AlertReceived _ -> {
        // A fatal one is followed by Closed.
      }
      case DtlsEvent.Closed ended -> {
        DataChannels current = channels;
        if (current != null) {
          // Nothing can be sent any more: the peer learns nothing of it.
          current.association().abort(now, "the DTLS connection ended");
        }
        SessionMedia streams = media;
        if (streams != null) {
          streams.disconnect(now);
        }
        inStun.end();
        dtlsState(
            ended.cause().isOrderly() ? DtlsState.CLOSED : DtlsState.FAILED,
            ended.cause(),
            List.of());
      }
    }
  }

  private void dtlsState(
      DtlsState state,
      @Nullable CloseCause cause,
      List<java.security.cert.X509Certificate> certificates) {
    dtlsState = state;
    events.add(new SessionEvent.DtlsStateChanged(state, cause, certificates));
  }

  private void connectSctp(long now) {
    DataChannels current = channels;
    SctpParameters agreed = association;
    if (current != null && agreed != null) {
      pathChanged(now);
      Cores.connect(now, current, options, agreed);
    }
  }

  /// Tells the association how long its packets may be, and that its measurements belong to another
  /// path.
  private void pathChanged(long now) {
    DataChannels current = channels;
    DtlsConnection connection = dtls;
    CandidatePair pair = ice.selectedPair();
    if (current == null || connection == null || pair == null || negotiated == null) {
      return;
    }
    int headers = pair.remoteAddress().isIpv4() ? IPV4_UDP_HEADERS : IPV6_UDP_HEADERS;
    if (pair.local().type() == CandidateType.RELAYED) {
      headers += RELAY_OVERHEAD;
    }
    int size = PATH_MTU - headers - connection.recordOverhead();
    current.association().maxPacketSize(now, size & ~3);
    current.association().handlePathChanged(now);
  }
}
