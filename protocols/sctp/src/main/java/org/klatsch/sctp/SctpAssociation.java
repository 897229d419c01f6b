package org.klatsch.sctp;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sctp.packet.Chunk;
import org.klatsch.sctp.packet.ChunkType;
import org.klatsch.sctp.packet.CommonHeader;
import org.klatsch.sctp.packet.DataChunk;
import org.klatsch.sctp.packet.DropReason;
import org.klatsch.sctp.packet.ErrorCause;
import org.klatsch.sctp.packet.ForwardTsnChunk;
import org.klatsch.sctp.packet.InitChunk;
import org.klatsch.sctp.packet.SackChunk;
import org.klatsch.sctp.packet.SctpMalformedException;
import org.klatsch.sctp.packet.Wire;
import org.klatsch.sctp.rx.DataReceiver;
import org.klatsch.sctp.tx.CongestionControl;
import org.klatsch.sctp.tx.DataSender;
import org.klatsch.sctp.tx.RetransmissionTimeout;
import org.klatsch.sctp.tx.SendQueue;

/// One SCTP association over one path, RFC 9260 with partial reliability (RFC 3758, 7496), message
/// interleaving (RFC 8260), stream reconfiguration (RFC 6525), zero checksum (RFC 9653), path MTU
/// discovery (RFC 8899) and time-based loss detection (RFC 8985).
///
/// Meant to run over DTLS (RFC 8261): addresses play no part, and there is no multi-homing. Either
/// side connects, or both. An association that ended stays ended.
public final class SctpAssociation implements ProtocolCore<SctpEvent> {
  /// The states of RFC 9260 §4.
  public enum State {
    CLOSED,
    COOKIE_WAIT,
    COOKIE_ECHOED,
    ESTABLISHED,
    SHUTDOWN_PENDING,
    SHUTDOWN_SENT,
    SHUTDOWN_RECEIVED,
    SHUTDOWN_ACK_SENT
  }

  /// What a delivered message holds of the receive window beside its length.
  public static final int MESSAGE_OVERHEAD = (int) DataReceiver.MESSAGE_OVERHEAD;

  /// Chunks in packets above the base size lost in a row that tell a black hole from a full queue.
  private static final int BLACK_HOLE_PACKETS = 32;

  private final SctpOptions options;
  private final ArrayDeque<SctpEvent> events = new ArrayDeque<>(4);
  private final CRC32C crc = new CRC32C();
  private final ControlQueue control = new ControlQueue();
  private final RetransmissionTimeout rto;
  private final CongestionControl congestionControl;
  private final SendQueue queue;
  private final DataSender sender;
  private final DataReceiver receiver;
  private final Handshake handshake;
  private final PathSupervision path;
  private final Reconfiguration reconfiguration;
  private final ShutdownSequence shutdown;
  private final InboundPackets inbound;
  private State state = State.CLOSED;
  private boolean ended;
  private int peerTag;
  private int outgoingStreams;
  private int incomingStreams;
  private boolean interleaved;
  private boolean partialReliability;
  private boolean zeroChecksum;
  private long packetsSent;
  private long packetsReceived;
  private long bytesSent;
  private long bytesReceived;
  private long messagesReceived;

  /// @param random for tags and the key of state cookies
  public SctpAssociation(SctpOptions options, SecureRandom random) {
    this.options = options;
    this.rto =
        new RetransmissionTimeout(
            options.rtoInitial().toNanos(), options.rtoMin().toNanos(), options.rtoMax().toNanos());
    this.congestionControl = options.congestionControl().create(options.basePacketSize());
    this.queue = new SendQueue(id -> events.add(new SctpEvent.BufferedAmountLow(id)));
    this.sender =
        new DataSender(queue, congestionControl, rto, options.basePacketSize(), options.pacing());
    this.receiver =
        new DataReceiver(
            options.receiveWindow(),
            options.maxReceivedMessageSize(),
            options.sackDelay().toNanos(),
            this::deliver);
    this.handshake = new Handshake(options, random, control, this);
    this.path = new PathSupervision(options, random, rto);
    this.reconfiguration =
        new Reconfiguration(queue, sender, receiver, rto, control, new ReconfigurationHost());
    this.shutdown = new ShutdownSequence(this, control, sender, receiver, rto, options);
    this.inbound =
        new InboundPackets(
            this, options, control, handshake, sender, receiver, path, reconfiguration, shutdown);
  }

  /// An association whose INIT chunk is told to the peer by signalling before the association is
  /// needed.
  ///
  /// @param localInit from [#newInit], with the same settings but for ports and message sizes
  public SctpAssociation(SctpOptions options, SecureRandom random, byte[] localInit) {
    this(options, random);
    handshake.use(parseInit(localInit));
  }

  /// An INIT chunk, header included, for an association to come.
  public static byte[] newInit(SctpOptions options, SecureRandom random) {
    return new SctpAssociation(options, random).localInit();
  }

  /// Whether these bytes are an INIT chunk that can be taken.
  public static boolean isInit(byte[] bytes) {
    try {
      parseInit(bytes);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static InitChunk parseInit(byte[] init) {
    if (init.length < Chunk.HEADER_LENGTH
        || init[0] != ChunkType.INIT
        || Wire.u16(init, 2) > init.length) {
      throw new IllegalArgumentException("not an INIT chunk, " + init.length + " bytes");
    }
    try {
      InitChunk chunk = InitChunk.parse(init, 0, Wire.u16(init, 2));
      if (!Handshake.isUsable(chunk)) {
        throw new IllegalArgumentException("not a usable INIT chunk: " + chunk);
      }
      return chunk;
    } catch (SctpMalformedException e) {
      throw new IllegalArgumentException("not a usable INIT chunk: " + e.getMessage(), e);
    }
  }

  /// The settings it was made with.
  public SctpOptions options() {
    return options;
  }

  public State state() {
    return state;
  }

  /// Whether the association ended, with [SctpEvent.Closed], and can no longer be used.
  public boolean isEnded() {
    return ended;
  }

  /// Sends INIT; both sides may, RFC 9260 §5.2.1.
  ///
  /// @throws IllegalStateException when the association ended
  public void connect(long now) {
    requireNotEnded();
    if (state == State.CLOSED) {
      state = State.COOKIE_WAIT;
      handshake.start(now);
    }
  }

  /// Our INIT chunk, header included, for the peer to take by signalling instead of the handshake.
  public byte[] localInit() {
    return handshake.initChunk();
  }

  /// Establishes the association with the peer's INIT chunk from signalling; the peer must have
  /// taken [#localInit()].
  ///
  /// @throws IllegalArgumentException when `init` is no valid INIT chunk
  public void acceptRemoteInit(long now, byte[] init) {
    requireNotEnded();
    if (state != State.CLOSED && state != State.COOKIE_WAIT) {
      throw new IllegalStateException("state is " + state + ", the association is set up already");
    }
    handshake.accept(now, parseInit(init));
  }

  /// Queues a message without copying: `data` belongs to the association from now on unless false
  /// is returned. May be called before the association is established.
  ///
  /// @return false when the send buffer is full
  /// @throws IllegalArgumentException for an empty message or a stream that was not negotiated
  /// @throws IllegalStateException when the association is shutting down or ended
  public boolean send(
      long now, int streamId, int ppid, byte[] data, int offset, int length, SendOptions how) {
    return send(now, streamId, ppid, data, offset, length, length, how);
  }

  /// As [#send(long, int, int, byte\[\], int, int, SendOptions)].
  ///
  /// @param counted by how much the stream's buffered amount grows; 0 for what the application did
  ///   not write itself
  public boolean send(
      long now,
      int streamId,
      int ppid,
      byte[] data,
      int offset,
      int length,
      int counted,
      SendOptions how) {
    requireNotEnded();
    if (state.ordinal() > State.ESTABLISHED.ordinal()) {
      throw new IllegalStateException("state is " + state + ", nothing may be sent any more");
    }
    if (length < 1 || offset < 0 || length > data.length - offset) {
      throw new IllegalArgumentException(
          "offset " + offset + ", length " + length + " of an array of " + data.length);
    }
    int streams = state == State.ESTABLISHED ? outgoingStreams : options.outgoingStreams();
    if (streamId < 0 || streamId >= streams) {
      throw new IllegalArgumentException("stream " + streamId + " is not in 0 to " + (streams - 1));
    }
    // A message above the limit still goes when nothing else is held, or it never could.
    long held = sender.heldBytes();
    if (held > 0 && held + length > options.sendBufferLimit()) {
      return false;
    }
    Duration lifetime = how.lifetime();
    long expiresAt = lifetime == null ? Long.MAX_VALUE : saturatedAdd(now, lifetime);
    queue.add(
        streamId,
        ppid,
        data,
        offset,
        length,
        counted,
        how.unordered(),
        how.maxRetransmits(),
        expiresAt);
    return true;
  }

  /// Bytes queued on a stream and not yet handed to the network.
  public long bufferedAmount(int streamId) {
    return queue.bufferedAmount(streamId);
  }

  /// Bytes queued on all streams.
  public long bufferedAmount() {
    return queue.bufferedAmount();
  }

  /// Bytes that may still be queued before `send` refuses.
  public long sendBufferFree() {
    return Math.max(0, options.sendBufferLimit() - sender.heldBytes());
  }

  /// Sets the amount at or below which [SctpEvent.BufferedAmountLow] is reported when it is crossed
  /// from above.
  public void bufferedAmountLowThreshold(int streamId, long bytes) {
    queue.lowThreshold(streamId, bytes);
  }

  /// Sets a stream's share of the bandwidth among the streams with data, RFC 8260 §3.6.
  ///
  /// @param weight 1 to 65535; 256 is what streams have from the start
  public void priority(int streamId, int weight) {
    if (weight < 1 || weight > 0xffff) {
      throw new IllegalArgumentException("weight " + weight + " is not in 1 to 65535");
    }
    queue.weight(streamId, weight);
  }

  /// Gives back receive window, [SctpEvent.Message#windowBytes()] for each message.
  public void consumed(long now, int bytes) {
    receiver.consumed(bytes);
  }

  /// Resets streams once their queued data is sent, RFC 6525 §5.1.2;
  /// [SctpEvent.OutgoingStreamsReset] follows.
  public void resetOutgoingStreams(long now, int... streamIds) {
    requireNotEnded();
    reconfiguration.resetOutgoing(streamIds);
  }

  /// Asks for more streams, RFC 6525 §5.1.5 and §5.1.6; [SctpEvent.StreamsAdded] follows unless the
  /// peer refuses.
  public void addStreams(long now, int outgoing, int incoming) {
    requireNotEnded();
    if (outgoing < 0 || incoming < 0 || outgoing > 0xffff || incoming > 0xffff) {
      throw new IllegalArgumentException("outgoing " + outgoing + ", incoming " + incoming);
    }
    reconfiguration.addStreams(outgoing, incoming);
  }

  /// Ends in good order once everything is delivered, RFC 9260 §9.2. Repeated calls do nothing.
  public void shutdown(long now) {
    if (ended) {
      return;
    }
    if (state == State.ESTABLISHED) {
      state = State.SHUTDOWN_PENDING;
      shutdown.advance(now);
    } else if (state.ordinal() < State.ESTABLISHED.ordinal()) {
      abort(now, "shut down before it was established");
    }
  }

  /// Ends at once, RFC 9260 §9.1.
  public void abort(long now, String reason) {
    abort(ErrorCause.of(ErrorCause.USER_INITIATED_ABORT, reason), reason);
  }

  void abort(ErrorCause cause, String detail) {
    if (ended) {
      return;
    }
    if (peerTag != 0) {
      control.addStandalone(
          peerTag, ErrorCause.encodeChunk(ChunkType.ABORT, 0, List.of(cause)), false);
    }
    close(new SctpCloseCause(SctpCloseCause.Kind.ABORTED, cause.code(), detail));
  }

  /// Sets the largest packet that path MTU discovery tries: what the record layer and the interface
  /// leave of their MTU.
  public void maxPacketSize(long now, int bytes) {
    path.mtu.max(now, Math.min(bytes, 0xffff));
    sender.packetSize(path.mtu.current());
  }

  /// The packets take another path from now on: what was learned about the old one is void.
  public void handlePathChanged(long now) {
    if (!ended && state.ordinal() >= State.ESTABLISHED.ordinal()) {
      path.mtu.handlePathChanged(now);
      sender.packetSize(path.mtu.current());
      sender.handlePathChanged(now);
    }
  }

  /// The current packet size.
  public int packetSize() {
    return path.mtu.current();
  }

  public int outgoingStreams() {
    return outgoingStreams;
  }

  public int incomingStreams() {
    return incomingStreams;
  }

  /// Whether messages are interleaved, RFC 8260.
  public boolean isInterleaved() {
    return interleaved;
  }

  /// Whether packets leave without CRC32c, RFC 9653.
  public boolean sendsZeroChecksum() {
    return zeroChecksum;
  }

  public SctpStatistics statistics() {
    return new SctpStatistics(
        congestionControl.cwnd(),
        congestionControl.ssthresh(),
        sender.inFlight(),
        rto.srtt(),
        sender.minRtt(),
        rto.rto(),
        sender.peerWindow(),
        receiver.window(),
        path.mtu.current(),
        packetsSent,
        packetsReceived,
        bytesSent,
        bytesReceived,
        sender.messagesSent(),
        messagesReceived,
        sender.messagesAbandoned(),
        sender.chunksRetransmitted(),
        sender.timeouts(),
        sender.tailProbes(),
        receiver.duplicates(),
        control.drops());
  }

  /// Takes a packet, borrowed for the call. Bad ones are counted and dropped.
  public void handlePacket(long now, byte[] packet, int offset, int length) {
    packetsReceived++;
    bytesReceived += length;
    try {
      inbound.receive(now, packet, offset, length);
    } catch (SctpMalformedException e) {
      control.drop(e.reason());
    }
    if (!ended) {
      shutdown.advance(now);
      if (receiver.isOversized()) {
        abort(
            ErrorCause.of(ErrorCause.OUT_OF_RESOURCE, "message too long"),
            "the peer sent a message above " + options.maxReceivedMessageSize() + " bytes");
      }
    }
  }

  /// Takes a parsed SACK.
  void handleSack(long now, SackChunk chunk) {
    if (!sender.handleSack(now, chunk)) {
      control.drop(DropReason.STALE_SACK);
      return;
    }
    if (sender.largePacketsLost() >= BLACK_HOLE_PACKETS) {
      leaveLargePackets(now);
    }
    path.handleProgress(now);
  }

  private void leaveLargePackets(long now) {
    path.mtu.handleBlackHole(now);
    sender.packetSize(path.mtu.current());
    sender.resetLargePacketsLost();
  }

  /// Takes SHUTDOWN's cumulative TSN as a SACK without gaps, RFC 9260 §9.2.
  void handleCumulativeAck(long now, int cumulativeTsn) throws SctpMalformedException {
    byte[] sack = new byte[SackChunk.HEADER_LENGTH];
    SackChunk.writeHeader(sack, 0, cumulativeTsn, Math.max(1, sender.peerWindow()), 0, 0);
    SackChunk chunk = new SackChunk();
    chunk.parse(sack, 0, sack.length);
    handleSack(now, chunk);
  }

  private void deliver(int streamId, int ppid, boolean unordered, byte[] data) {
    messagesReceived++;
    events.add(new SctpEvent.Message(streamId, ppid, unordered, data));
  }

  @Override
  public void handleTimeout(long now) {
    if (ended) {
      return;
    }
    handshake.handleTimeout(now);
    receiver.handleTimeout(now);
    if (sender.nextTimeout() <= now && sender.handleTimeout(now)) {
      if (sender.largePacketsLost() > 0) {
        leaveLargePackets(now);
      }
      countError();
    }
    if (path.nextTimeout() <= now && path.handleTimeout(now)) {
      countError();
    }
    reconfiguration.handleTimeout(now);
    shutdown.handleTimeout(now);
  }

  void countError() {
    if (path.countError() && !ended) {
      close(
          new SctpCloseCause(
              SctpCloseCause.Kind.PEER_UNREACHABLE,
              0,
              "nothing acknowledged after " + path.errors() + " attempts"));
    }
  }

  @Override
  public long nextTimeout() {
    if (ended) {
      return NEVER;
    }
    return Math.min(
        Math.min(
            Math.min(handshake.nextTimeout(), receiver.nextTimeout()),
            Math.min(sender.nextTimeout(), path.nextTimeout())),
        Math.min(reconfiguration.nextTimeout(), shutdown.nextTimeout()));
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    ControlQueue.Standalone standalone = control.pollStandalone();
    if (standalone != null) {
      writeStandalone(standalone, out);
      return true;
    }
    if (ended || state.ordinal() < State.ESTABLISHED.ordinal()) {
      return false;
    }
    if (state == State.ESTABLISHED) {
      reconfiguration.poll(now);
    }
    boolean data = sendsData() && sender.wantsToSend(now);
    if (!data && !receiver.isSackDue() && !control.hasChunks() && !path.isHeartbeatDue()) {
      ForwardTsnChunk forward = sender.pollForwardTsn(now, options.basePacketSize() / 2);
      if (forward == null) {
        return path.isProbeDue(now) && writeProbe(now, out);
      }
      control.add(forward.encode());
    }
    return writePacket(now, out, data);
  }

  private void writeStandalone(ControlQueue.Standalone packet, TransmitBuffer out) {
    int start = out.position();
    byte[] array = out.array();
    int length = CommonHeader.LENGTH + packet.chunk().length;
    if (length > out.remaining()) {
      control.drop(DropReason.QUEUE_FULL);
      out.commit(0);
      return;
    }
    CommonHeader.write(
        array, start, options.localPort(), options.remotePort(), packet.verificationTag());
    System.arraycopy(packet.chunk(), 0, array, start + CommonHeader.LENGTH, packet.chunk().length);
    commit(out, length, packet.needsChecksum() || !zeroChecksum);
  }

  private boolean writePacket(long now, TransmitBuffer out, boolean data) {
    byte[] array = out.array();
    int start = out.position();
    int base = start + Math.min(path.mtu.base(), out.remaining());
    int large = start + Math.min(path.mtu.current(), out.remaining());
    int position = start + CommonHeader.LENGTH;
    CommonHeader.write(array, start, options.localPort(), options.remotePort(), peerTag);
    // COOKIE ACK and answers go first, RFC 9260 §6.10: control before data.
    for (byte[] chunk = control.peekChunk(); chunk != null; chunk = control.peekChunk()) {
      boolean first = position == start + CommonHeader.LENGTH;
      if (chunk.length > base - position
          && !(first && chunk.length <= out.remaining() - CommonHeader.LENGTH)) {
        break;
      }
      System.arraycopy(chunk, 0, array, position, chunk.length);
      position += chunk.length;
      control.removeChunk();
    }
    if (receiver.isSackDue() || data && receiver.hasUnacknowledged()) {
      int room = base - position;
      if (room >= SackChunk.HEADER_LENGTH) {
        position += receiver.writeSack(array, position, room);
      }
    }
    ForwardTsnChunk forward = sender.pollForwardTsn(now, base - position);
    if (forward != null) {
      byte[] chunk = forward.encode();
      System.arraycopy(chunk, 0, array, position, chunk.length);
      position += chunk.length;
    }
    if (path.isHeartbeatDue() && base - position >= 32) {
      position = path.writeHeartbeat(now, array, position);
    }
    if (data) {
      position = sender.write(now, array, position, base, large);
    }
    int length = position - start;
    if (length == CommonHeader.LENGTH) {
      return false;
    }
    commit(out, length, !zeroChecksum);
    return true;
  }

  private boolean writeProbe(long now, TransmitBuffer out) {
    int size = path.mtu.probeSize();
    if (size > out.remaining()) {
      return false;
    }
    int start = out.position();
    CommonHeader.write(out.array(), start, options.localPort(), options.remotePort(), peerTag);
    path.writeProbe(now, out.array(), start + CommonHeader.LENGTH, start + size, size);
    commit(out, size, !zeroChecksum);
    return true;
  }

  private void commit(TransmitBuffer out, int length, boolean withChecksum) {
    if (withChecksum) {
      CommonHeader.seal(crc, out.array(), out.position(), length);
    }
    packetsSent++;
    bytesSent += length;
    out.commit(length);
  }

  @Override
  public @Nullable SctpEvent pollEvent() {
    return events.pollFirst();
  }

  boolean hasPartialReliability() {
    return partialReliability;
  }

  int peerTag() {
    return peerTag;
  }

  void peerTag(int tag) {
    peerTag = tag;
  }

  void state(State next) {
    state = next;
  }

  /// Enters ESTABLISHED with what the peer announced.
  void establish(
      long now,
      int tag,
      int peerInitialTsn,
      long peerWindow,
      int peerOutboundStreams,
      int peerInboundStreams,
      InitChunk.Features peer) {
    peerTag = tag;
    outgoingStreams = Math.min(options.outgoingStreams(), peerInboundStreams);
    incomingStreams = Math.min(options.incomingStreams(), peerOutboundStreams);
    interleaved = options.interleaving() && peer.interleaving();
    partialReliability = options.partialReliability() && peer.partialReliability();
    zeroChecksum = options.zeroChecksum() && peer.zeroChecksum();
    sender.start(
        handshake.localInitialTsn(),
        peerWindow,
        options.basePacketSize() - CommonHeader.LENGTH - DataChunk.headerLength(interleaved) & ~3,
        interleaved,
        partialReliability);
    receiver.start(peerInitialTsn, interleaved);
    reconfiguration.start(handshake.localInitialTsn(), peerInitialTsn, peer.reconfiguration());
    handshake.stop();
    path.start(now);
    boolean restarted = state.ordinal() >= State.ESTABLISHED.ordinal();
    state = State.ESTABLISHED;
    events.add(
        restarted
            ? new SctpEvent.Restarted(outgoingStreams, incomingStreams)
            : new SctpEvent.Connected(outgoingStreams, incomingStreams));
  }

  /// The peer lost the association and made a new one: what was queued for the old one is dropped.
  void handleRestart() {
    sender.clearQueue();
    reconfiguration.clear();
    shutdown.stop();
  }

  void close(SctpCloseCause cause) {
    if (ended) {
      return;
    }
    ended = true;
    state = State.CLOSED;
    handshake.stop();
    path.stop();
    reconfiguration.clear();
    shutdown.stop();
    control.clearChunks();
    sender.clearQueue();
    events.add(new SctpEvent.Closed(cause));
  }

  boolean receivesData() {
    return state == State.ESTABLISHED
        || state == State.SHUTDOWN_PENDING
        || state == State.SHUTDOWN_SENT;
  }

  private boolean sendsData() {
    return state == State.ESTABLISHED
        || state == State.SHUTDOWN_PENDING
        || state == State.SHUTDOWN_RECEIVED;
  }

  private void requireNotEnded() {
    if (ended) {
      throw new IllegalStateException("the association ended");
    }
  }

  private static long saturatedAdd(long now, Duration duration) {
    // Lifetimes above a century are as good as none, and toNanos would overflow.
    return duration.compareTo(Duration.ofDays(36_500)) > 0
        ? Long.MAX_VALUE
        : now + duration.toNanos();
  }

  private final class ReconfigurationHost implements Reconfiguration.Host {
    @Override
    public void emit(SctpEvent event) {
      events.add(event);
    }

    @Override
    public int outgoingStreams() {
      return outgoingStreams;
    }

    @Override
    public int incomingStreams() {
      return incomingStreams;
    }

    @Override
    public int maxIncomingStreams() {
      return options.incomingStreams();
    }

    @Override
    public void streams(int outgoing, int incoming) {
      outgoingStreams = outgoing;
      incomingStreams = incoming;
      events.add(new SctpEvent.StreamsAdded(outgoing, incoming));
    }

    @Override
    public void countError(long now) {
      SctpAssociation.this.countError();
    }
  }
}
