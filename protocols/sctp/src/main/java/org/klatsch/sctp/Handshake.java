package org.klatsch.sctp;

import java.security.SecureRandom;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;
import org.klatsch.sctp.SctpAssociation.State;
import org.klatsch.sctp.packet.Chunk;
import org.klatsch.sctp.packet.ChunkType;
import org.klatsch.sctp.packet.DropReason;
import org.klatsch.sctp.packet.ErrorCause;
import org.klatsch.sctp.packet.InitChunk;
import org.klatsch.sctp.packet.SctpMalformedException;

/// Setting up an association, RFC 9260 §5: the four-way handshake, both sides starting at once, and
/// restarts.
final class Handshake {
  /// An a_rwnd below this must be refused, RFC 9260 §3.3.2.
  private static final int MIN_WINDOW = 1500;

  private final SctpOptions options;
  private final SecureRandom random;
  private final ControlQueue control;
  private final SctpAssociation association;
  private byte @Nullable [] cookieKey;
  private int localTag;
  private int localInitialTsn;

  /// The peer's INIT ACK while its cookie is echoed.
  private @Nullable InitChunk peerInit;

  private byte @Nullable [] cookieEcho;
  private long deadline = ProtocolCore.NEVER;
  private int attempts;

  Handshake(
      SctpOptions options, SecureRandom random, ControlQueue control, SctpAssociation association) {
    this.options = options;
    this.random = random;
    this.control = control;
    this.association = association;
    this.localTag = newTag();
    this.localInitialTsn = random.nextInt();
  }

  /// Goes by an INIT chunk of ours that the peer knows already.
  void use(InitChunk init) {
    localTag = init.initiateTag();
    localInitialTsn = init.initialTsn();
  }

  int localTag() {
    return localTag;
  }

  int localInitialTsn() {
    return localInitialTsn;
  }

  long nextTimeout() {
    return deadline;
  }

  /// Our INIT chunk.
  byte[] initChunk() {
    return chunk(localTag, localInitialTsn, null, List.of()).encode(ChunkType.INIT);
  }

  void start(long now) {
    attempts = 0;
    sendInit(now);
  }

  private void sendInit(long now) {
    // RFC 9260 §8.5.1 A: the only packet with verification tag 0.
    control.addStandalone(0, initChunk(), true);
    arm(now);
  }

  private void sendCookieEcho(long now) {
    byte[] echo = cookieEcho;
    if (echo != null) {
      control.addStandalone(association.peerTag(), echo, true);
      arm(now);
    }
  }

  private void arm(long now) {
    long timeout = options.rtoInitial().toNanos() << Math.min(attempts, 20);
    deadline = now + Math.min(timeout, options.rtoMax().toNanos());
  }

  /// T1-init or T1-cookie, RFC 9260 §5.1.
  void handleTimeout(long now) {
    if (deadline > now) {
      return;
    }
    deadline = ProtocolCore.NEVER;
    if (++attempts > options.maxInitRetransmits()) {
      association.close(
          new SctpCloseCause(
              SctpCloseCause.Kind.HANDSHAKE_TIMEOUT,
              0,
              "no answer to " + attempts + (cookieEcho == null ? " INITs" : " COOKIE ECHOs")));
    } else if (association.state() == State.COOKIE_WAIT) {
      sendInit(now);
    } else if (association.state() == State.COOKIE_ECHOED) {
      sendCookieEcho(now);
    }
  }

  void stop() {
    deadline = ProtocolCore.NEVER;
    cookieEcho = null;
    peerInit = null;
  }

  /// Takes the peer's INIT, RFC 9260 §5.1 B, §5.2.1 and §5.2.2.
  void handleInit(long now, InitChunk init) throws SctpMalformedException {
    requireUsable(init);
    State state = association.state();
    if (state == State.SHUTDOWN_ACK_SENT) {
      // RFC 9260 §9.2: the shutdown goes first.
      control.add(Chunk.encode(ChunkType.SHUTDOWN_ACK, 0));
      return;
    }
    int tag = localTag;
    int tsn = localInitialTsn;
    int localTie = 0;
    int peerTie = 0;
    if (state != State.CLOSED && state != State.COOKIE_WAIT) {
      localTie = localTag;
      peerTie = association.peerTag();
      if (state != State.COOKIE_ECHOED) {
        // RFC 9260 §5.2.2: a restart would get a new tag; nothing changes until the cookie returns.
        tag = newTag();
        tsn = random.nextInt();
      }
    }
    byte[] cookie =
        new StateCookie(
                now,
                tag,
                init.initiateTag(),
                tsn,
                init.initialTsn(),
                init.advertisedWindow(),
                init.outboundStreams(),
                init.inboundStreams(),
                init.features(),
                localTie,
                peerTie)
            .encode(key());
    control.addStandalone(
        init.initiateTag(),
        chunk(tag, tsn, cookie, init.unrecognized()).encode(ChunkType.INIT_ACK),
        true);
  }

  /// Takes INIT ACK, RFC 9260 §5.1 C.
  void handleInitAck(long now, InitChunk ack) throws SctpMalformedException {
    if (association.state() != State.COOKIE_WAIT) {
      throw new SctpMalformedException(DropReason.UNEXPECTED_CHUNK, "INIT ACK"); // §5.2.3
    }
    requireUsable(ack);
    byte[] cookie = ack.cookie();
    if (cookie == null) {
      control.addStandalone(
          ack.initiateTag(),
          ErrorCause.encodeChunk(
              ChunkType.ABORT,
              0,
              List.of(
                  new ErrorCause(
                      ErrorCause.MISSING_MANDATORY_PARAMETER, new byte[] {0, 0, 0, 1, 0, 7}))),
          true);
      association.close(
          new SctpCloseCause(SctpCloseCause.Kind.ABORTED, 0, "INIT ACK without a cookie"));
      return;
    }
    peerInit = ack;
    association.peerTag(ack.initiateTag());
    cookieEcho = Chunk.encode(ChunkType.COOKIE_ECHO, 0, cookie);
    association.state(State.COOKIE_ECHOED);
    attempts = 0;
    sendCookieEcho(now);
    if (!ack.unrecognized().isEmpty()) {
      control.add(
          ErrorCause.encodeChunk(
              ChunkType.ERROR,
              0,
              ack.unrecognized().stream()
                  .map(p -> new ErrorCause(ErrorCause.UNRECOGNIZED_PARAMETERS, p))
                  .toList()));
    }
  }

  /// Takes COOKIE ECHO, RFC 9260 §5.1 D and §5.2.4.
  void handleCookieEcho(long now, int verificationTag, byte[] echoed)
      throws SctpMalformedException {
    StateCookie cookie = StateCookie.decode(key(), echoed);
    if (verificationTag != cookie.localTag()) {
      throw new SctpMalformedException(
          DropReason.BAD_VERIFICATION_TAG, "COOKIE ECHO with tag " + verificationTag);
    }
    boolean localMatches = cookie.localTag() == localTag;
    boolean peerMatches = cookie.peerTag() == association.peerTag();
    long age = now - cookie.createdAt();
    if (age > options.cookieLifetime().toNanos() && !(localMatches && peerMatches)) {
      control.drop(DropReason.STALE_COOKIE);
      long staleness = Math.min((age - options.cookieLifetime().toNanos()) / 1000, 0xffff_ffffL);
      control.addStandalone(
          cookie.peerTag(),
          ErrorCause.encodeChunk(
              ChunkType.ERROR, 0, List.of(ErrorCause.of(ErrorCause.STALE_COOKIE, (int) staleness))),
          true);
      return;
    }
    State state = association.state();
    boolean open = state == State.CLOSED || state == State.COOKIE_WAIT;
    if (open || state == State.COOKIE_ECHOED) {
      if (!localMatches) {
        throw new SctpMalformedException(DropReason.UNEXPECTED_CHUNK, "cookie of another tag");
      }
      // Actions B and D of RFC 9260 §5.2.4 while connecting: both sides' INITs crossed.
      control.add(Chunk.encode(ChunkType.COOKIE_ACK, 0));
      establish(now, cookie);
    } else if (localMatches && peerMatches) {
      control.add(Chunk.encode(ChunkType.COOKIE_ACK, 0)); // Action D: our COOKIE ACK was lost.
    } else if (!localMatches
        && !peerMatches
        && cookie.localTieTag() == localTag
        && cookie.peerTieTag() == association.peerTag()) {
      restart(now, cookie); // Action A.
    } else {
      throw new SctpMalformedException(DropReason.UNEXPECTED_CHUNK, "late cookie"); // Action C.
    }
  }

  private void restart(long now, StateCookie cookie) {
    if (association.state() == State.SHUTDOWN_ACK_SENT) {
      control.add(Chunk.encode(ChunkType.SHUTDOWN_ACK, 0));
      control.add(
          ErrorCause.encodeChunk(
              ChunkType.ERROR,
              0,
              List.of(
                  new ErrorCause(ErrorCause.COOKIE_RECEIVED_WHILE_SHUTTING_DOWN, new byte[0]))));
      return;
    }
    localTag = cookie.localTag();
    localInitialTsn = cookie.localInitialTsn();
    control.clearChunks();
    association.handleRestart();
    control.add(Chunk.encode(ChunkType.COOKIE_ACK, 0));
    establish(now, cookie);
  }

  private void establish(long now, StateCookie cookie) {
    association.establish(
        now,
        cookie.peerTag(),
        cookie.peerInitialTsn(),
        cookie.peerWindow(),
        cookie.peerOutboundStreams(),
        cookie.peerInboundStreams(),
        cookie.peerFeatures());
  }

  /// Takes COOKIE ACK, RFC 9260 §5.1 E.
  void handleCookieAck(long now) {
    InitChunk init = peerInit;
    if (association.state() == State.COOKIE_ECHOED && init != null) {
      accept(now, init);
    } else {
      // RFC 9260 §5.2.5: ignored, while chunks bundled behind it count.
      control.drop(DropReason.UNEXPECTED_CHUNK);
    }
  }

  /// Establishes with the peer's INIT or INIT ACK.
  void accept(long now, InitChunk init) {
    association.establish(
        now,
        init.initiateTag(),
        init.initialTsn(),
        init.advertisedWindow(),
        init.outboundStreams(),
        init.inboundStreams(),
        init.features());
  }

  /// Our cookie was stale: the handshake begins anew, RFC 9260 §5.2.6.
  void handleStaleCookie(long now) {
    if (association.state() == State.COOKIE_ECHOED) {
      association.state(State.COOKIE_WAIT);
      cookieEcho = null;
      peerInit = null;
      attempts++;
      sendInit(now);
    }
  }

  /// Whether an INIT chunk could set up an association, RFC 9260 §3.3.2.
  static boolean isUsable(InitChunk init) {
    return hasUsableNumbers(init) && hasStreams(init) && !init.hostName();
  }

  private static boolean hasUsableNumbers(InitChunk init) {
    return init.initiateTag() != 0 && init.advertisedWindow() >= MIN_WINDOW;
  }

  private static boolean hasStreams(InitChunk init) {
    return init.outboundStreams() > 0 && init.inboundStreams() > 0;
  }

  private void requireUsable(InitChunk init) throws SctpMalformedException {
    if (!hasUsableNumbers(init)) {
      throw new SctpMalformedException(
          DropReason.BAD_VALUE,
          "initiate tag " + init.initiateTag() + ", window " + init.advertisedWindow());
    }
    boolean streams = hasStreams(init);
    if (!streams || init.hostName()) {
      // RFC 9260 §3.3.2 and §3.3.2.1: refused with an ABORT.
      ErrorCause cause =
          streams
              ? new ErrorCause(ErrorCause.UNRESOLVABLE_ADDRESS, new byte[0])
              : new ErrorCause(ErrorCause.INVALID_MANDATORY_PARAMETER, new byte[0]);
      control.addStandalone(
          init.initiateTag(), ErrorCause.encodeChunk(ChunkType.ABORT, 0, List.of(cause)), true);
      throw new SctpMalformedException(DropReason.BAD_VALUE, "INIT without streams or with a name");
    }
  }

  private InitChunk chunk(
      int tag, int initialTsn, byte @Nullable [] cookie, List<byte[]> unrecognized) {
    return new InitChunk(
        tag,
        options.receiveWindow(),
        options.outgoingStreams(),
        options.incomingStreams(),
        initialTsn,
        new InitChunk.Features(
            options.partialReliability(), options.interleaving(), true, options.zeroChecksum()),
        cookie,
        unrecognized,
        false);
  }

  private int newTag() {
    int tag = random.nextInt();
    while (tag == 0) {
      tag = random.nextInt(); // RFC 9260 §5.3.1: 0 is no tag.
    }
    return tag;
  }

  private byte[] key() {
    byte[] key = cookieKey;
    if (key == null) {
      key = new byte[32];
      random.nextBytes(key);
      cookieKey = key;
    }
    return key;
  }
}
