package org.klatsch.dtls;

import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.MalformedPacketException;
import org.klatsch.sansio.PacketReader;
import org.klatsch.sansio.Work;

/// The handshake layer, RFC 6347 §4.2 and RFC 9147 §5: fragments in, whole messages to the state
/// machine, its flights out; and what the state machines of all versions share: the transcript,
/// numbering, waiting for a computation or for the peer's fingerprint.
final class HandshakeLayer {
  /// What the connection does for the handshake.
  interface Owner {
    /// Hands a computation to the driver.
    void requestWork(Work work);

    /// The handshake is complete.
    void completeHandshake(long now, NegotiatedParameters parameters, Exporter exporter)
        throws MalformedPacketException;

    /// New keys are installed: look at what came early.
    void handleKeysInstalled(long now) throws MalformedPacketException;

    /// The peer began another handshake, which we do not want.
    void refuseRenegotiation();
  }

  private final DtlsOptions options;
  private final SecureRandom random;
  private final RecordLayer records;
  private final FlightTransmitter flights;
  private final DtlsStatistics statistics;
  private final Owner owner;
  private final Transcript transcript = new Transcript();
  private final Reassembler reassembler;
  private final AckSchedule acks;
  private @Nullable Handshake state;
  private @Nullable CryptoWork<?> work;
  private @Nullable Pause pause;
  private @Nullable List<Fingerprint> fingerprints;
  private int nextSendSequence;
  private boolean advancing;
  private boolean keysInstalled;
  private boolean completed;

  /// Messages of earlier epochs are not believed any more.
  private int minimumEpoch;

  /// Goes on when the peer's fingerprint is known.
  private record Pause(
      X509Certificate certificate, CryptoWork.Continuation<Boolean> continuation) {}

  HandshakeLayer(
      DtlsOptions options,
      SecureRandom random,
      RecordLayer records,
      FlightTransmitter flights,
      AckSchedule acks,
      DtlsStatistics statistics,
      Owner owner) {
    this.options = options;
    this.random = random;
    this.records = records;
    this.flights = flights;
    this.acks = acks;
    this.statistics = statistics;
    this.owner = owner;
    this.reassembler = new Reassembler(options.maxHandshakeMessage(), options.maxHandshakeBuffer());
  }

  void start() {
    if (options.role() == DtlsRole.CLIENT) {
      ClientStart start = new ClientStart(this);
      state = start;
      start.begin();
    } else {
      state = new ServerStart(this);
    }
  }

  // ---- From the record layer.

  /// Handles the content of a handshake record: one or more messages or fragments.
  void handleRecord(long now, int epoch, byte[] array, int offset, int length)
      throws MalformedPacketException {
    PacketReader in = new PacketReader(array, offset, length);
    boolean repeated = false;
    boolean flightRepeated = false;
    boolean whole = true;
    while (in.hasRemaining()) {
      if (in.remaining() < HandshakeHeader.LENGTH) {
        statistics.drop(DropReason.MALFORMED_FRAGMENT);
        whole = false;
        break;
      }
      HandshakeHeader header = HandshakeHeader.parse(in);
      if (header.fragmentLength() > in.remaining()) {
        statistics.drop(DropReason.MALFORMED_FRAGMENT);
        whole = false;
        break;
      }
      if (isOfForgottenClient(header)) {
        forgetClientHello(header.messageSequence());
      }
      Reassembler.Outcome outcome =
          completed ? judgeAfterCompletion(header) : add(epoch, header, array, in.position());
      switch (outcome) {
        case KEPT -> {
          if (completed) {
            statistics.drop(DropReason.RENEGOTIATION_REFUSED);
            owner.refuseRenegotiation();
          }
        }
        case REPEATED -> {
          statistics.drop(DropReason.HANDSHAKE_REPEATED);
          repeated = true;
          flightRepeated |= endsFlight(header);
        }
        case MALFORMED -> statistics.drop(DropReason.MALFORMED_FRAGMENT);
        case TOO_FAR_AHEAD -> statistics.drop(DropReason.HANDSHAKE_TOO_FAR_AHEAD);
        case FULL -> statistics.drop(DropReason.HANDSHAKE_BUFFER_FULL);
      }
      whole &= outcome == Reassembler.Outcome.KEPT || outcome == Reassembler.Outcome.REPEATED;
      in.skip(header.fragmentLength());
    }
    if (whole) {
      acks.received(now, epoch, records.currentSequence());
    }
    if (flightRepeated) {
      flights.peerRepeated(now);
    }
    if (repeated && !flights.hasFlight()) {
      acks.sendNow();
    }
    advance(now);
  }

  /// A server that keeps nothing of a client before its cookie may have another object answer the
  /// second ClientHello, which has the next number.
  private boolean isOfForgottenClient(HandshakeHeader header) {
    return header.messageSequence() > 0
        && header.type() == HandshakeType.CLIENT_HELLO.code()
        && options.helloVerification() != null
        && state instanceof ServerStart
        && reassembler.isUntouched();
  }

  private Reassembler.Outcome add(int epoch, HandshakeHeader header, byte[] array, int offset) {
    return epoch < minimumEpoch && reassembler.judge(header) != Reassembler.Outcome.REPEATED
        ? Reassembler.Outcome.MALFORMED
        : reassembler.add(epoch, header, array, offset);
  }

  /// Handles an ACK. One that is not protected counts for nothing.
  void handleAck(int epoch, long now, byte[] array, int offset, int length)
      throws MalformedPacketException {
    if (!acks.isEnabled() || epoch == 0) {
      statistics.drop(DropReason.IGNORED_ACK);
      return;
    }
    boolean news = false;
    for (Ack.RecordNumber number :
        Ack.parse(new PacketReader(array, offset, length)).recordNumbers()) {
      // RFC 9147 §7: sent in the epoch of the records acknowledged, or a later one.
      news |= number.epoch() <= epoch && flights.acknowledge(number);
    }
    if (flights.isAcknowledged()) {
      flights.cancel();
      if (state instanceof PostHandshake13 post) {
        post.handleAcknowledged();
      }
    } else if (news) {
      flights.sendRest(now);
    }
  }

  /// Nothing of the handshake comes again: its keys are forgotten. A KeyUpdate that has no answer
  /// yet goes on with those it needs.
  void endLinger() {
    if (state instanceof PostHandshake13 post && !post.isUpdating()) {
      flights.cancel();
      post.handleAcknowledged();
    }
    records.retireHandshakeEpoch();
  }

  /// Begins to write with new keys, if the version can: RFC 9147 §8.
  ///
  /// @param both whether the peer is asked for the same
  void updateKeys(boolean both) {
    if (state instanceof PostHandshake13 post) {
      post.updateKeys(both);
    }
  }

  /// After the handshake only its last message may come again. Anything else begins another
  /// handshake, whose numbers start at 0 again, RFC 6347 §4.2.2.
  private Reassembler.Outcome judgeAfterCompletion(HandshakeHeader header) {
    return header.type() == HandshakeType.FINISHED.code()
        ? reassembler.judge(header)
        : Reassembler.Outcome.KEPT;
  }

  /// Whether a repeated fragment ends the newest message we handled: then the peer has sent all of
  /// its flight again.
  private boolean endsFlight(HandshakeHeader header) {
    return header.messageSequence() == reassembler.nextSequence() - 1
        && header.fragmentOffset() + header.fragmentLength() == header.length();
  }

  private void advance(long now) throws MalformedPacketException {
    if (advancing) {
      return;
    }
    advancing = true;
    try {
      while (state != null && work == null && pause == null) {
        if (keysInstalled) {
          keysInstalled = false;
          owner.handleKeysInstalled(now);
          continue;
        }
        HandshakeMessage message = reassembler.poll();
        if (message == null) {
          return;
        }
        state.handle(now, message);
      }
    } finally {
      advancing = false;
    }
  }

  void handleWorkDone(long now, Work done) throws MalformedPacketException {
    if (done != work) {
      throw new IllegalArgumentException("work that this connection did not ask for, or not last");
    }
    CryptoWork<?> finished = work;
    work = null;
    finished.resume(now);
    advance(now);
  }

  // ---- For the state machines.

  DtlsOptions options() {
    return options;
  }

  SecureRandom random() {
    return random;
  }

  RecordLayer records() {
    return records;
  }

  Transcript transcript() {
    return transcript;
  }

  DtlsStatistics statistics() {
    return statistics;
  }

  /// Lets another state machine go on.
  void become(Handshake next) {
    state = next;
  }

  /// Has something computed; until `then` runs no message is handled.
  <T> void compute(CryptoWork.Computation<T> computation, CryptoWork.Continuation<T> then) {
    CryptoWork<T> requested = new CryptoWork<>(computation, then);
    work = requested;
    owner.requestWork(requested);
  }

  /// A message of ours with the next sequence number, noted in the transcript.
  HandshakeMessage message(HandshakeType type, int epoch, byte[] body) {
    HandshakeMessage message = new HandshakeMessage(type.code(), nextSendSequence++, epoch, body);
    transcript.add(message);
    return message;
  }

  /// A message after the handshake, which no transcript has.
  HandshakeMessage laterMessage(HandshakeType type, int epoch, byte[] body) {
    return new HandshakeMessage(type.code(), nextSendSequence++, epoch, body);
  }

  void send(Flight flight, boolean awaitsAnswer) {
    acks.clear();
    flights.send(flight, awaitsAnswer);
  }

  /// Sends after the handshake: acknowledgements that are due stay so.
  void sendLater(Flight flight) {
    flights.send(flight, true);
  }

  /// Whether a flight of ours is not answered or acknowledged yet.
  boolean hasFlight() {
    return flights.hasFlight();
  }

  /// The peer's next flight has begun, so it has got ours: RFC 9147 §7.1.
  void forgetFlight() {
    flights.cancel();
  }

  /// Goes on under the rules of version 1.3.
  void becomeVersion13() {
    transcript.useShortHeaders();
    acks.enable();
  }

  /// Acknowledges what came, as no flight of ours will.
  void acknowledge() {
    acks.sendNow();
  }

  /// Believes no message of an earlier epoch any more, under version 1.3.
  void requireEpoch(int epoch) {
    minimumEpoch = epoch;
    reassembler.expect(reassembler.nextSequence());
  }

  /// The peer's whole flight is there, so it has got ours.
  void answered() {
    flights.answered();
  }

  /// Goes back to before the ClientHello, for a server that answered it with a cookie.
  void forgetClientHello(int messageSequence) {
    reassembler.expect(messageSequence);
    transcript.clear();
    nextSendSequence = messageSequence;
  }

  /// Makes new keys known. Records that came before them are looked at when the state machine is
  /// done with the present message.
  void install(ReadEpoch epoch) {
    records.install(epoch);
    keysInstalled = true;
  }

  /// Compares the peer's certificate with its fingerprint; when that is not known yet, the
  /// handshake waits here. RFC 8122 §6.2: the alert is bad_certificate.
  void authenticate(
      long now, X509Certificate certificate, CryptoWork.Continuation<Boolean> continuation)
      throws MalformedPacketException {
    if (options.peerAuthentication() == DtlsOptions.PeerAuthentication.NONE) {
      continuation.resume(now, true);
    } else if (fingerprints == null) {
      pause = new Pause(certificate, continuation);
      flights.answered();
    } else if (Fingerprint.anyMatches(fingerprints, certificate)) {
      continuation.resume(now, true);
    } else {
      throw DtlsException.fatal(
          AlertDescription.BAD_CERTIFICATE,
          "the peer's certificate matches none of the announced fingerprints " + fingerprints);
    }
  }

  void remoteFingerprints(long now, List<Fingerprint> announced) throws MalformedPacketException {
    fingerprints = List.copyOf(announced);
    Pause waiting = pause;
    if (waiting != null) {
      pause = null;
      authenticate(now, waiting.certificate(), waiting.continuation());
      advance(now);
    }
  }

  /// Releases all that only the handshake needs.
  void complete(long now, NegotiatedParameters parameters, Exporter exporter)
      throws MalformedPacketException {
    state = null;
    completed = true;
    transcript.clear();
    owner.completeHandshake(now, parameters, exporter);
  }

  /// The same for version 1.3, where messages may come later.
  void complete(long now, NegotiatedParameters parameters, Exporter exporter, PostHandshake13 next)
      throws MalformedPacketException {
    state = next;
    transcript.clear();
    acks.endHandshake();
    owner.completeHandshake(now, parameters, exporter);
  }

  void stop() {
    acks.clear();
    state = null;
    work = null;
    pause = null;
  }

  void keyLog(byte[] clientRandom, KeySchedule12 schedule) {
    Consumer<String> lines = options.keyLog();
    KeyLog.write12(lines, clientRandom, schedule);
  }

  void keyLog(byte[] clientRandom, KeySchedule13 schedule) {
    KeyLog.write13(options.keyLog(), clientRandom, schedule);
  }
}
