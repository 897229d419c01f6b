package org.klatsch.dtls;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sansio.Timers;
import org.klatsch.sansio.TransmitBuffer;
import org.klatsch.sansio.Work;

/// One DTLS connection over one path of datagrams: the record layer, the handshake layer and alerts
/// put together. Confined to one thread; see [ProtocolCore] for how it is driven.
///
/// The order of life: construct, [#start], packets in by [#handlePacket] and out by
/// [#pollTransmit], [DtlsEvent.WorkRequested] answered by [#handleWorkDone],
/// [DtlsEvent.HandshakeCompleted], data by [#protect] and the [ApplicationDataSink], [#close] or
/// the peer's close, [DtlsEvent.Closed].
public final class DtlsConnection implements ProtocolCore<DtlsEvent> {
  private static final int WARNING = 1;
  private static final int FATAL = 2;

  /// Warnings of the peer that become events; more are counted only.
  private static final int MAX_WARNINGS = 16;

  /// How often the last alert is repeated to a peer that goes on sending: alerts get lost, and RFC
  /// 6347 §4.2.7 lets one be sent again when its cause recurs.
  private static final int MAX_FAREWELLS = 3;

  private enum Timer {
    /// Until the handshake must be complete.
    HANDSHAKE,
    /// Until nothing of a handshake of version 1.3 is repeated or answered any more.
    LINGER
  }

  private enum State {
    NEW,
    HANDSHAKING,
    CONNECTED,
    CLOSED
  }

  private final DtlsOptions options;
  private final DtlsStatistics statistics = new DtlsStatistics();
  private final Timers<Timer> timers = new Timers<>(Timer.class);
  private final RecordLayer records;
  private final FlightTransmitter flights;
  private final AckSchedule acks;
  private final HandshakeLayer handshake;
  private final EarlyBuffer earlyPackets;
  private final ArrayDeque<DtlsEvent> events = new ArrayDeque<>(4);
  private State state = State.NEW;
  private int mtu;
  private @Nullable NegotiatedParameters negotiated;
  private @Nullable Exporter exporter;

  /// An alert to be sent: level and description, 0 when none. A fatal one replaces a warning.
  private int pendingAlert;

  private boolean renegotiationRefused;
  private int warningsReported;
  private int farewellsLeft = MAX_FAREWELLS;
  private int farewell;

  /// @param random for keys, signatures and the randoms of the handshake; it must be thread-safe
  ///   when [Work] runs on other threads, as the JDK's are
  public DtlsConnection(DtlsOptions options, SecureRandom random) {
    this.options = options;
    this.mtu = options.mtu();
    this.records = new RecordLayer(options, statistics, this::handleRecord);
    this.flights = new FlightTransmitter(options, records, statistics);
    this.acks = new AckSchedule(options);
    this.handshake =
        new HandshakeLayer(
            options, random, records, flights, acks, statistics, new HandshakeOwner());
    this.earlyPackets = new EarlyBuffer(options.maxEarlyRecords(), options.maxEarlyBytes());
  }

  // ---- Commands.

  /// Begins the handshake: a client sends its first flight, a server looks at what came already.
  public void start(long now) {
    if (state != State.NEW) {
      throw new IllegalStateException("start while " + state + ", expected NEW");
    }
    state = State.HANDSHAKING;
    timers.set(Timer.HANDSHAKE, now + options.handshakeTimeout().toNanos());
    handshake.start();
    for (byte[] packet = earlyPackets.poll(); packet != null; packet = earlyPackets.poll()) {
      handleGuarded(now, packet, 0, packet.length, null);
    }
  }

  /// What the peer has announced as fingerprints of its certificate. A handshake that gets to the
  /// peer's certificate before waits there. Replaces what was given before.
  public void remoteFingerprints(long now, List<Fingerprint> fingerprints) {
    if (state == State.CLOSED) {
      return;
    }
    try {
      handshake.remoteFingerprints(now, fingerprints);
    } catch (MalformedPacketException e) {
      fail(e);
    }
  }

  /// Bytes of UDP payload that packets take at most, from path MTU discovery.
  public void mtu(int bytes) {
    if (bytes < 256) {
      throw new IllegalArgumentException("mtu " + bytes + " is less than 256");
    }
    mtu = bytes;
    flights.mtu(bytes);
  }

  /// Ends the connection: close_notify goes out, nothing is taken in any more.
  public void close(long now) {
    if (state == State.CLOSED) {
      return;
    }
    boolean started = state != State.NEW;
    end(new CloseCause(CloseCause.Kind.CLOSED_LOCALLY, null, "closed"));
    if (started) {
      sayFarewell(WARNING, AlertDescription.CLOSE_NOTIFY);
    }
  }

  /// Encrypts with new keys from now on, RFC 9147 §8; under version 1.2, which has no such thing,
  /// nothing happens. It happens by itself after [DtlsOptions#maxRecordsPerKey] records.
  ///
  /// @param both whether the peer is asked for the same
  public void updateKeys(boolean both) {
    if (state == State.CONNECTED) {
      handshake.updateKeys(both);
    }
  }

  /// Gives back work that [DtlsEvent.WorkRequested] handed out, after it has run.
  public void handleWorkDone(long now, Work work) {
    if (state == State.CLOSED) {
      return;
    }
    try {
      handshake.handleWorkDone(now, work);
    } catch (MalformedPacketException e) {
      fail(e);
    }
  }

  // ---- Application data.

  /// Encrypts application data as one record at the position of `out` and commits it as a packet.
  ///
  /// @return false when there is no connection (counted) or `out` has no room
  public boolean protect(byte[] data, int offset, int length, TransmitBuffer out) {
    if (state != State.CONNECTED || records.isExhausted()) {
      statistics.drop(DropReason.UNSENDABLE_DATA);
      return false;
    }
    if (length > records.sendLimit()) {
      throw new IllegalArgumentException(
          "a record of " + length + " bytes, at most " + records.sendLimit() + " are allowed");
    }
    if (out.isFull() || out.remaining() < length + records.overhead()) {
      return false;
    }
    int written =
        records.seal(
            ContentType.APPLICATION_DATA, data, offset, length, out.array(), out.position());
    out.commit(written);
    statistics.applicationBytesSent += length;
    if (records.writing().nextSequence() == options.maxRecordsPerKey()) {
      handshake.updateKeys(false);
    }
    return true;
  }

  /// Bytes that a record takes beyond its content; for the cipher with the longest one until the
  /// handshake is complete.
  public int recordOverhead() {
    return state == State.CONNECTED
        ? records.overhead()
        : RecordHeader.LENGTH + Aead.AES_128_GCM.explicitNonceLength() + Aead.TAG_LENGTH;
  }

  /// How many bytes [#protect] may be given so that the packet takes at most `packet` bytes.
  public int maxApplicationData(int packet) {
    return Math.min(packet - recordOverhead(), records.sendLimit());
  }

  /// Hands over application data that came before [DtlsEvent.HandshakeCompleted] was polled; to be
  /// called on that event. Does nothing before it. A later [#handlePacket] does it too.
  public void deliverEarlyData(long now, ApplicationDataSink sink) {
    if (state == State.CONNECTED && records.isApplicationDataOpen()) {
      try {
        records.handleEarlyRecords(now, sink);
      } catch (MalformedPacketException e) {
        fail(e);
      }
    }
  }

  // ---- From below.

  /// Handles a packet; its bytes are borrowed. Application data in it goes to `sink` before this
  /// returns.
  public void handlePacket(
      long now, byte[] packet, int offset, int length, ApplicationDataSink sink) {
    switch (state) {
      case NEW -> {
        if (earlyPackets.add(packet, offset, length)) {
          statistics.earlyRecordsKept++;
        } else {
          statistics.drop(DropReason.EARLY_BUFFER_FULL);
        }
      }
      case HANDSHAKING -> handleGuarded(now, packet, offset, length, sink);
      case CONNECTED -> {
        if (records.hasEarlyRecords()) {
          deliverEarlyData(now, sink);
        }
        handleGuarded(now, packet, offset, length, sink);
      }
      case CLOSED -> {
        statistics.drop(DropReason.CLOSED);
        if (farewell != 0
            && farewellsLeft > 0
            && length > 0
            && RecordHeader.type(packet, offset) != ContentType.ALERT) {
          farewellsLeft--;
          pendingAlert = farewell;
        }
      }
    }
  }

  /// The one place where bad input ends up: what is fatal ends the connection with an alert.
  private void handleGuarded(
      long now, byte[] packet, int offset, int length, @Nullable ApplicationDataSink sink) {
    try {
      records.handleDatagram(now, packet, offset, length, sink);
    } catch (MalformedPacketException e) {
      fail(e);
    }
  }

  private void handleRecord(
      long now,
      int type,
      int epoch,
      byte[] data,
      int offset,
      int length,
      @Nullable ApplicationDataSink sink)
      throws MalformedPacketException {
    if (state == State.CLOSED) {
      statistics.drop(DropReason.CLOSED);
      return;
    }
    switch (type) {
      case ContentType.APPLICATION_DATA -> {
        // Epoch 2 is that of handshake messages under version 1.3; 1.2 gets to epoch 1 only.
        if (epoch == 0 || epoch == 2 || sink == null) {
          statistics.drop(DropReason.UNEXPECTED_CONTENT);
        } else {
          statistics.applicationBytesReceived += length;
          sink.handleApplicationData(now, data, offset, length);
        }
      }
      case ContentType.HANDSHAKE -> handshake.handleRecord(now, epoch, data, offset, length);
      case ContentType.ALERT -> handleAlert(data, offset, length);
      case ContentType.ACK -> handshake.handleAck(epoch, now, data, offset, length);
      // ChangeCipherSpec says nothing that the epoch in every record header does not say.
      default -> {
        if (length != 1 || epoch != 0) {
          statistics.drop(DropReason.UNEXPECTED_CONTENT);
        }
      }
    }
  }

  private void handleAlert(byte[] data, int offset, int length) {
    if (length != 2 || (data[offset] != WARNING && data[offset] != FATAL)) {
      statistics.drop(DropReason.IGNORED_ALERT);
      return;
    }
    AlertDescription alert = AlertDescription.ofCode(data[offset + 1] & 0xff);
    // Version 1.3 knows no warnings but these two, whatever the first byte says: RFC 8446 §6.
    boolean fatal =
        data[offset] == FATAL
            || (acks.isEnabled()
                && alert != AlertDescription.CLOSE_NOTIFY
                && alert != AlertDescription.USER_CANCELED);
    boolean ends = fatal || alert == AlertDescription.CLOSE_NOTIFY;
    if (!ends && ++warningsReported > MAX_WARNINGS) {
      statistics.drop(DropReason.IGNORED_ALERT);
      return;
    }
    events.add(new DtlsEvent.AlertReceived(fatal, alert));
    if (alert == AlertDescription.CLOSE_NOTIFY) {
      end(new CloseCause(CloseCause.Kind.CLOSED_BY_PEER, null, "the peer closed"));
      // Answered with our own, RFC 5246 §7.2.1.
      sayFarewell(WARNING, AlertDescription.CLOSE_NOTIFY);
    } else if (fatal) {
      end(new CloseCause(CloseCause.Kind.ALERT_RECEIVED, alert, "the peer sent " + alert));
    }
  }

  private void fail(MalformedPacketException e) {
    AlertDescription alert =
        e instanceof DtlsException refused ? refused.alert() : AlertDescription.DECODE_ERROR;
    String message = e.getMessage() == null ? alert.toString() : e.getMessage();
    end(new CloseCause(CloseCause.Kind.FAILED_LOCALLY, alert, message));
    sayFarewell(FATAL, alert);
  }

  private void sayFarewell(int level, AlertDescription alert) {
    farewell = level << 8 | alert.code();
    pendingAlert = farewell;
  }

  private void end(CloseCause cause) {
    state = State.CLOSED;
    timers.cancelAll();
    flights.cancel();
    handshake.stop();
    records.forgetEarlyRecords();
    earlyPackets.clear();
    events.add(new DtlsEvent.Closed(cause));
  }

  private final class HandshakeOwner implements HandshakeLayer.Owner {
    @Override
    public void requestWork(Work work) {
      events.add(new DtlsEvent.WorkRequested(work));
    }

    @Override
    public void handleKeysInstalled(long now) throws MalformedPacketException {
      records.handleEarlyRecords(now, null);
    }

    @Override
    public void completeHandshake(long now, NegotiatedParameters parameters, Exporter keys) {
      state = State.CONNECTED;
      negotiated = parameters;
      exporter = keys;
      timers.cancel(Timer.HANDSHAKE);
      records.retireInitialEpoch();
      if (parameters.version() == ProtocolVersion.DTLS_1_3) {
        // A client's last flight waits for its ACK, a server's ACK for its loss.
        timers.set(Timer.LINGER, now + options.handshakeTimeout().toNanos());
      } else if (options.role() == DtlsRole.CLIENT) {
        flights.cancel();
      }
      events.add(new DtlsEvent.HandshakeCompleted(parameters));
    }

    /// RFC 5246 §7.2.2: a warning; once is enough.
    @Override
    public void refuseRenegotiation() {
      if (!renegotiationRefused && pendingAlert == 0) {
        renegotiationRefused = true;
        pendingAlert = WARNING << 8 | AlertDescription.NO_RENEGOTIATION.code();
      }
    }
  }

  // ---- Timers and outputs.

  @Override
  public void handleTimeout(long now) {
    for (Timer due = timers.pollExpired(now); due != null; due = timers.pollExpired(now)) {
      if (due == Timer.HANDSHAKE) {
        end(new CloseCause(CloseCause.Kind.TIMED_OUT, null, "the handshake took too long"));
      } else {
        handshake.endLinger();
      }
    }
    flights.handleTimeout(now);
    acks.handleTimeout(now);
  }

  @Override
  public long nextTimeout() {
    return Math.min(timers.next(), Math.min(flights.nextTimeout(), acks.nextTimeout()));
  }

  @Override
  public boolean pollTransmit(long now, TransmitBuffer out) {
    if (flights.pollTransmit(now, out)) {
      return true;
    }
    if (acks.pollTransmit(records, out)) {
      return true;
    }
    if (pendingAlert == 0) {
      return false;
    }
    byte[] alert = {(byte) (pendingAlert >>> 8), (byte) pendingAlert};
    pendingAlert = 0;
    out.commit(records.seal(ContentType.ALERT, alert, 0, 2, out.array(), out.position()));
    return true;
  }

  @Override
  public @Nullable DtlsEvent pollEvent() {
    DtlsEvent event = events.poll();
    if (event instanceof DtlsEvent.HandshakeCompleted) {
      records.openApplicationData();
    }
    return event;
  }

  /// The flight that waits for an answer, as datagrams of at most `maxBytes`: for carrying it some
  /// other way than by [#pollTransmit], such as inside STUN. Empty when nothing waits. Every call
  /// takes new record numbers.
  public List<byte[]> pendingFlight(int maxBytes) {
    return flights.datagrams(maxBytes);
  }

  /// Tells flights apart: another number is another flight, 0 is none.
  public int pendingFlightNumber() {
    return flights.flightNumber();
  }

  /// All of [#pendingFlight] has been sent: [#pollTransmit] does not send the flight until it has
  /// to be repeated.
  public void pendingFlightSent(long now) {
    flights.sent(now);
  }

  /// Writes a record of any type with the present keys.
  ///
  /// @return bytes written
  int seal(int type, byte[] content, byte[] out) {
    return records.seal(type, content, 0, content.length, out, 0);
  }

  // ---- Getters.

  public DtlsRole role() {
    return options.role();
  }

  /// Whether application data can be sent.
  public boolean isConnected() {
    return state == State.CONNECTED;
  }

  public boolean isClosed() {
    return state == State.CLOSED;
  }

  /// Bytes of UDP payload that packets take at most.
  public int mtu() {
    return mtu;
  }

  /// What the handshake agreed on; null before it is complete.
  public @Nullable NegotiatedParameters negotiated() {
    return negotiated;
  }

  public DtlsStatistics statistics() {
    return statistics;
  }

  /// Keying material for another protocol, RFC 5705 §4, without a context.
  ///
  /// @throws IllegalStateException before the handshake is complete
  public byte[] exportKeyingMaterial(String label, int length) {
    return exporter().export(label, new byte[0], false, length);
  }

  /// Keying material with a context, which may be empty; that gives other bytes than none.
  public byte[] exportKeyingMaterial(String label, byte @Nullable [] context, int length) {
    return context == null
        ? exportKeyingMaterial(label, length)
        : exporter().export(label, context, true, length);
  }

  /// SRTP's keys, RFC 5764 §4.2; null when use_srtp was not negotiated.
  public @Nullable SrtpKeyingMaterial exportSrtpKeyingMaterial() {
    Exporter keys = exporter();
    SrtpProfile profile = negotiated == null ? null : negotiated.srtpProfile();
    return profile == null
        ? null
        : SrtpKeyingMaterial.cut(
            profile,
            keys.export(
                SrtpKeyingMaterial.LABEL, new byte[0], false, SrtpKeyingMaterial.length(profile)));
  }

  private Exporter exporter() {
    if (exporter == null) {
      throw new IllegalStateException("keys are exported while " + state + ", expected CONNECTED");
    }
    return exporter;
  }
}
