package org.klatsch.media;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.fec.FecOptions;
import org.klatsch.media.fec.FecReceiver;
import org.klatsch.media.video.FrameAssembler;
import org.klatsch.media.video.MissingPackets;
import org.klatsch.media.video.VideoFormats;
import org.klatsch.rtp.ExtensionIds;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.VideoOrientation;
import org.klatsch.rtp.fec.FecScheme;
import org.klatsch.rtp.payload.Depacketizer;
import org.klatsch.rtp.payload.Vp8Depacketizer;
import org.klatsch.rtp.payload.Vp9Depacketizer;
import org.klatsch.rtp.rtcp.FullIntraRequest;
import org.klatsch.rtp.rtcp.GenericNack;
import org.klatsch.rtp.rtcp.PictureLossIndication;
import org.klatsch.rtp.rtcp.RtcpPacket;

/// One received stream of video: puts frames together, asks for what is missing, and for a key
/// frame when that does not help.
final class VideoReceiveStream {
  private static final int[] NO_CSRCS = {};

  /// Packets passed on that are remembered, a power of two: more than may be late.
  private static final int PASSES = 1024;

  /// Between the first two requests for a key frame, unless the round trip is longer: encoders need
  /// a moment. Every further one waits twice as long, as the frame may be large and the link slow.
  private static final long KEY_FRAME_PATIENCE = 200_000_000;

  private static final long MAX_KEY_FRAME_PATIENCE = 1_000_000_000;

  /// How long packets may be missing where they cannot be asked for.
  private static final long REORDERING = 50_000_000;

  /// The share of frames that are to be shown in time.
  private static final double QUANTILE = 0.95;

  private final ReceiveStream stream;
  private final RtpTransportOptions options;
  private final Consumer<MediaEvent> events;
  private final FrameAssembler assembler;
  private final MissingPackets missing = new MissingPackets();
  private final PlayoutTiming timing = new PlayoutTiming(QUANTILE);
  private final List<Integer> requested = new ArrayList<>();
  private @Nullable RtpCodec codec;
  private @Nullable Depacketizer format;
  private @Nullable FecReceiver fec;
  private @Nullable FecScheme fecScheme;
  private boolean keyFrameWanted;
  private long lastKeyFrameRequest = Long.MIN_VALUE / 2;

  /// The highest sequence number of those passed on, extended; −1 before the first.
  private long passed = -1;

  /// Extended sequence numbers of those passed on last.
  private final long[] passes;

  private boolean passesKey;
  private boolean givenUp;
  private long nextKeyFrameRequest;
  private long patience = KEY_FRAME_PATIENCE;
  private long blockedSince = -1;
  private int firSequence;
  private int width;
  private int height;
  private int rotation;

  /// To be in time with audio.
  private long synchronisationDelay;

  private long lastPlayout;

  /// @param assembles whether frames are put together; else packets are passed on
  VideoReceiveStream(
      ReceiveStream stream,
      RtpTransportOptions options,
      boolean assembles,
      Consumer<MediaEvent> events) {
    this.stream = stream;
    this.options = options;
    this.events = events;
    this.assembler = new FrameAssembler(assembles ? options.maxVideoPackets() : 1);
    this.passes = new long[assembles ? 0 : PASSES];
  }

  /// Takes a packet that only has a place in the numbering.
  void handlePadding(long now, RtpPacket packet) throws MalformedRtpException {
    Depacketizer current = format;
    if (current == null) {
      return;
    }
    long sequence = assembler.extend(packet.sequenceNumber());
    missing.handle(now, sequence);
    assembler.insert(
        now,
        sequence,
        packet.timestamp(),
        false,
        -1,
        current,
        packet.array(),
        packet.payloadOffset(),
        0);
    drain(now, current, false);
  }

  /// Keeps a packet for error correction, once repair packets come.
  void keepForRepair(RtpPacket packet) {
    FecReceiver repairing = fec;
    if (repairing != null) {
      repairing.handleMedia(packet);
    }
  }

  /// Takes a repair packet.
  ///
  /// @param ssrc the stream that it is about
  /// @param ids of the header extensions of that stream
  void handleRepair(FecScheme scheme, RtpPacket packet, int ssrc, ExtensionIds ids)
      throws MalformedRtpException {
    FecReceiver repairing = fec;
    if (repairing == null || fecScheme != scheme) {
      repairing = new FecReceiver(scheme, ssrc, ids, FecOptions.DEFAULT);
      fec = repairing;
      fecScheme = scheme;
    }
    stream.fecPackets++;
    stream.fecBytes += packet.payloadLength();
    repairing.handleRepair(packet.array(), packet.payloadOffset(), packet.payloadLength(), ssrc);
    stream.fecDiscarded = repairing.repairsDiscarded();
  }

  /// Writes the next packet that error correction put together.
  ///
  /// @return its length; 0 when there is none
  int pollRecovered(byte[] out) {
    FecReceiver repairing = fec;
    if (repairing == null) {
      return 0;
    }
    int length = repairing.pollRecovered(out, 0, out.length);
    stream.fecRecovered += length > 0 ? 1 : 0;
    return length;
  }

  /// Takes a packet.
  void handle(
      long now,
      RtpPacket packet,
      HeaderExtensions extensions,
      RtpCodec packetCodec,
      boolean recovered)
      throws MalformedRtpException {
    Depacketizer current = format;
    if (packet.payloadLength() > 0 && !packetCodec.equals(codec) || current == null) {
      current = VideoFormats.depacketizer(packetCodec.name(), options.maxVideoFrame());
      if (current == null) {
        return;
      }
      format = current;
      codec = packetCodec;
    }
    long sequence = assembler.extend(packet.sequenceNumber());
    missing.handle(now, sequence);
    if (missing.takeHopeless()) {
      giveUp();
    }
    int turned = extensions.videoOrientation();
    boolean kept =
        assembler.insert(
            now,
            sequence,
            packet.timestamp(),
            packet.marker(),
            turned < 0 ? -1 : VideoOrientation.rotation(turned),
            current,
            packet.array(),
            packet.payloadOffset(),
            packet.payloadLength());
    if (kept) {
      drain(now, current, recovered);
    }
  }

  /// Takes note of a packet that is passed on rather than made a frame of.
  ///
  /// @return whether it comes for the first time
  boolean pass(long now, RtpPacket packet, RtpCodec packetCodec) {
    Depacketizer current = format;
    if (current == null || !packetCodec.equals(codec)) {
      current = VideoFormats.depacketizer(packetCodec.name(), 1);
      format = current;
      codec = packetCodec;
    }
    int sequence = packet.sequenceNumber();
    // Room below for packets that the first one overtook.
    long extended = passed < 0 ? sequence + 0x1_0000L : passed + (short) (sequence - (int) passed);
    passed = Math.max(passed, extended);
    if (passes[(int) extended & PASSES - 1] == extended) {
      // What probes the path repeats packets.
      return false;
    }
    passes[(int) extended & PASSES - 1] = extended;
    missing.handle(now, extended);
    givenUp |= missing.takeHopeless();
    passesKey =
        current != null
            && current.startsKeyFrame(
                packet.array(), packet.payloadOffset(), packet.payloadLength());
    if (passesKey) {
      stream.keyFrames++;
      keyFrameWanted = false;
      patience = KEY_FRAME_PATIENCE;
    }
    stream.frames += packet.marker() ? 1 : 0;
    return true;
  }

  /// Whether a key frame begins with the packet passed on last.
  boolean passesKeyFrame() {
    return passesKey;
  }

  /// Whether packets were given up since the last call.
  boolean takeGivenUp() {
    boolean value = givenUp;
    givenUp = false;
    return value;
  }

  /// A key frame is needed; asked for not more often than `interval` or until it is there.
  void wantKeyFrame(long now, long interval) {
    if (!keyFrameWanted) {
      keyFrameWanted = true;
      nextKeyFrameRequest = Math.max(now, lastKeyFrameRequest + interval);
    }
  }

  /// Hands out the frames that are complete.
  private void drain(long now, Depacketizer current, boolean recovered)
      throws MalformedRtpException {
    try {
      while (assembler.next(current)) {
        deliver(now, current, recovered);
      }
    } finally {
      missing.forgetBefore(assembler.nextSequence());
      stream.framesDropped = assembler.framesDropped();
      noteBlocked(now);
      if (assembler.isAwaitingKeyFrame() && !assembler.hasKeyFrameBegun()) {
        keyFrameWanted = true;
      }
    }
  }

  private void noteBlocked(long now) {
    if (missing.size() == 0 || !assembler.isBlocked()) {
      blockedSince = -1;
    } else if (blockedSince < 0) {
      blockedSince = now;
    }
  }

  /// @param recovered whether repair brought the last packet it waited for
  private void deliver(long now, Depacketizer current, boolean recovered) {
    RtpCodec known = codec;
    if (known == null) {
      return;
    }
    boolean key = current.keyFrame();
    int spatial = 0;
    int temporal = -1;
    boolean discardable = false;
    switch (current) {
      case Vp8Depacketizer vp8 -> {
        if (key) {
          width = vp8.width();
          height = vp8.height();
        }
        temporal = vp8.descriptor().temporalLayer();
        discardable = vp8.descriptor().nonReference();
      }
      case Vp9Depacketizer vp9 -> {
        if (vp9.width() > 0) {
          width = vp9.width();
          height = vp9.height();
        }
        temporal = vp9.descriptor().temporalLayer();
        spatial = Math.max(0, vp9.descriptor().spatialLayer());
      }
      default -> {}
    }
    if (assembler.rotation() >= 0) {
      rotation = assembler.rotation();
    } else if (key) {
      rotation = 0;
    }
    byte[] payload = new byte[current.frameLength()];
    System.arraycopy(current.frame(), 0, payload, 0, payload.length);
    stream.frames++;
    if (key) {
      stream.keyFrames++;
      keyFrameWanted = false;
      patience = KEY_FRAME_PATIENCE;
    }
    int timestamp = assembler.timestamp();
    EncodedVideoFrame frame =
        new EncodedVideoFrame(
            known,
            payload,
            timestamp,
            key,
            width,
            height,
            rotation,
            spatial,
            temporal,
            discardable,
            assembler.lastArrival(),
            new FrameOrigin(
                stream.ssrc,
                stream.rid,
                (int) (assembler.firstSequence() & 0xffff),
                (int) (assembler.lastSequence() & 0xffff),
                NO_CSRCS,
                stream.captureTime(timestamp, known.clockRateHz()),
                recovered,
                assembler.firstArrival()));
    events.accept(
        new MediaEvent.FrameReceived(stream.receiver, frame, playoutTime(now, timestamp, known)));
  }

  /// When to show a frame: evenly by its timestamp, and late enough for nearly all.
  private long playoutTime(long now, int timestamp, RtpCodec known) {
    long media = timing.note(now, timestamp, known.clockRateHz(), true);
    long delay = Math.max(neededDelay(), synchronisationDelay);
    // Never out of order, though the delay became shorter.
    lastPlayout = Math.max(Math.max(now, lastPlayout), media + timing.base() + delay);
    return lastPlayout;
  }

  /// The playout delay behind the fastest frame that lets most come in time, in nanoseconds.
  long neededDelay() {
    return Math.min(
        Math.max(timing.needed(), stream.receiver.minimumDelay()),
        options.maxVideoDelay().toNanos());
  }

  /// When the fastest frame came minus when it was captured, see [PlayoutTiming#fastestPath].
  long fastestPath() {
    return timing.fastestPath(stream);
  }

  /// Playout waits at least this long behind the fastest frame, in nanoseconds.
  void synchronise(long nanos) {
    synchronisationDelay = Math.min(nanos, options.maxVideoDelay().toNanos());
  }

  long synchronisationDelay() {
    return synchronisationDelay;
  }

  /// The application needs a key frame.
  void requestKeyFrame() {
    keyFrameWanted = true;
    nextKeyFrameRequest = 0;
  }

  long nextTimeout() {
    RtpCodec known = codec;
    if (known == null) {
      return RtpTransport.NEVER;
    }
    long next = known.has(RtcpFeedback.NACK) ? missing.nextTimeout() : RtpTransport.NEVER;
    if (blockedSince >= 0 && !known.has(RtcpFeedback.NACK)) {
      next = Math.min(next, blockedSince + REORDERING);
    }
    if (keyFrameWanted && stream.isAlive() && canRequestKeyFrame(known)) {
      next = Math.min(next, nextKeyFrameRequest);
    }
    return next;
  }

  private static boolean canRequestKeyFrame(RtpCodec known) {
    return known.has(RtcpFeedback.PLI) || known.has(RtcpFeedback.FIR);
  }

  /// Asks for what is due.
  ///
  /// @param ssrc that feedback comes from
  void feedback(long now, long roundTrip, int ssrc, Consumer<RtcpPacket> out) {
    RtpCodec known = codec;
    if (known == null) {
      return;
    }
    if (known.has(RtcpFeedback.NACK)) {
      requested.clear();
      missing.collect(now, roundTrip, requested);
      if (!requested.isEmpty()) {
        stream.nacks++;
        out.accept(new GenericNack(ssrc, stream.ssrc, requested));
      }
      if (missing.takeHopeless()) {
        giveUp();
      }
    } else if (blockedSince >= 0 && now - blockedSince >= REORDERING) {
      giveUp();
    }
    if (keyFrameWanted && stream.isAlive() && now >= nextKeyFrameRequest) {
      lastKeyFrameRequest = now;
      nextKeyFrameRequest = now + Math.max(patience, roundTrip);
      patience = Math.min(2 * patience, MAX_KEY_FRAME_PATIENCE);
      if (known.has(RtcpFeedback.PLI)) {
        stream.plis++;
        out.accept(new PictureLossIndication(ssrc, stream.ssrc));
      } else if (known.has(RtcpFeedback.FIR)) {
        stream.firs++;
        firSequence = firSequence + 1 & 0xff;
        out.accept(
            new FullIntraRequest(
                ssrc, List.of(new FullIntraRequest.Entry(stream.ssrc, firSequence))));
      }
    }
  }

  private void giveUp() {
    if (passed >= 0) {
      givenUp = true;
      return;
    }
    blockedSince = -1;
    assembler.awaitKeyFrame();
    stream.framesDropped = assembler.framesDropped();
    keyFrameWanted = true;
  }
}
