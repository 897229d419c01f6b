package org.klatsch.media;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.bwe.BandwidthEstimator;
import org.klatsch.media.fec.AudioRedSender;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacketWriter;
import org.klatsch.rtp.rtcp.CongestionFeedback;

/// The media that leaves: audio at once, repetitions and video at the pace of the path. What waits
/// is bounded by time.
final class OutgoingMedia {
  /// Video leaves faster than it is made, so that a large frame does not delay those behind it for
  /// long.
  private static final double PACE = 2.5;

  /// While a queue runs over, repetitions and frames together must not feed it.
  private static final double CONGESTED_PACE = 1.1;

  /// What may leave at once: as long as a timer of an event loop is late now and then.
  private static final long BURST = 5_000_000;

  /// And at least this, after which one more packet goes: the four of a small frame.
  private static final int BURST_BYTES = 3_800;

  /// The share of the estimate that repetitions may take, usually and while a queue runs over: else
  /// they keep out the frames that would make them superfluous.
  private static final double REPETITIONS = 0.5;

  private static final double CONGESTED_REPETITIONS = 0.25;

  /// Repetitions that may leave at once: those of a frame or two.
  private static final long REPETITION_BURST = 100_000_000;

  /// Repetitions that would take longer than this come too late: a key frame is sooner there.
  private static final long LATE_REPETITIONS = 300_000_000;

  private static final long CONGESTED_LATE_REPETITIONS = 150_000_000;

  /// The application hears of changes by more than one part of this.
  private static final int NOTABLE = 50;

  private final RtpTransportOptions options;
  private final RtpTransportCounters counters;
  private final List<RtpSender> senders;
  private final Consumer<MediaEvent> events;
  private final AudioSendQueue audioQueue;

  /// The streams of forwarded audio, once for each packet that waits, in the order of coming.
  private final ArrayDeque<ForwardedStream> forwardedAudio = new ArrayDeque<>();

  private final PacketBuilder builder;
  private final Pacer pacer = new Pacer(BURST, BURST_BYTES);
  private final Pacer repetitionPacer = new Pacer(REPETITION_BURST, 0);
  private final BandwidthEstimator estimator;
  private long announced;
  private long roundTrip = RtpTransport.USUAL_ROUND_TRIP;

  /// The sender whose video goes next.
  private int turn;

  OutgoingMedia(
      RtpTransportOptions options,
      RtpTransportCounters counters,
      List<RtpSender> senders,
      WallClock wallClock,
      Consumer<MediaEvent> events) {
    this.builder = new PacketBuilder(wallClock);
    this.options = options;
    this.counters = counters;
    this.senders = senders;
    this.events = events;
    this.audioQueue = new AudioSendQueue(options.maxAudioQueue());
    this.estimator =
        new BandwidthEstimator(options.minBitrate(), options.startBitrate(), options.maxBitrate());
    pacer.rate(PACE * options.startBitrate());
  }

  /// Looks at the estimate: shares it out and tells when it changed.
  ///
  /// @param measuredRoundTrip to the peer, in nanoseconds
  void noteEstimate(long measuredRoundTrip) {
    roundTrip = measuredRoundTrip;
    long target = estimator.target();
    BitrateAllocation.allocate(target, senders, roundTrip);
    if (target == announced) {
      return;
    }
    boolean notable =
        announced == 0
            || target < announced - announced / NOTABLE
            || target > announced + announced / NOTABLE;
    if (notable && estimator.hasEstimate()) {
      announced = target;
      events.accept(new MediaEvent.TargetBitrateChanged(target));
    }
  }

  /// The senders or their encodings changed.
  void sendersChanged() {
    estimator.wanted(BitrateAllocation.wanted(senders));
    BitrateAllocation.allocate(estimator.target(), senders, roundTrip);
  }

  BandwidthEstimator estimator() {
    return estimator;
  }

  /// Takes a frame.
  ///
  /// @return whether it was kept
  boolean send(long now, SendStream stream, EncodedFrame frame) {
    return switch (frame) {
      case EncodedAudioFrame audio -> sendAudio(now, stream, audio);
      case EncodedVideoFrame video -> sendVideo(now, stream, video);
    };
  }

  private boolean sendAudio(long now, SendStream stream, EncodedAudioFrame frame) {
    // One byte less than there is, for the header of RED.
    if (frame.payload().length >= options.maxPacketSize() - PacketBuilder.HEADER_ROOM) {
      counters.drop(DropReason.TOO_LARGE);
      stream.framesDropped++;
      return false;
    }
    stream.noteFrame(frame);
    if (stream.sender.tones().isPlaying()) {
      // RFC 4733 §2.5.1.1: the events stand for the audio of that time.
      return true;
    }
    if (audioQueue.isFull()) {
      counters.drop(DropReason.QUEUE_FULL);
      SendStream oldest = audioQueue.stream();
      if (oldest != null) {
        oldest.framesDropped++;
      }
      audioQueue.remove();
    }
    audioQueue.add(now, stream, frame);
    return true;
  }

  private boolean sendVideo(long now, SendStream stream, EncodedVideoFrame frame) {
    if (!(stream.paced instanceof VideoSendStream video)
        || !VideoSendStream.canSend(frame.codec())) {
      counters.drop(DropReason.UNKNOWN_CODEC);
      stream.framesDropped++;
      return false;
    }
    boolean tooLate = isLate();
    boolean kept = video.add(now, frame, tooLate);
    if (!kept) {
      counters.drop(DropReason.PACER_FULL);
      keyFrameWanted(now, stream);
    }
    return kept;
  }

  /// Takes a packet of another stream.
  ///
  /// @return whether it was kept
  boolean forward(
      long now, ForwardedStream stream, StoredPacket packet, RtpCodec codec, Renumbering numbers) {
    boolean paced = stream.stream().paced != null;
    if (paced && stream.hasPackets() && isLate() || !stream.add(now, packet, codec, numbers)) {
      counters.drop(DropReason.PACER_FULL);
      stream.drop(now);
      return false;
    }
    if (!paced) {
      forwardedAudio.add(stream);
    }
    return true;
  }

  private boolean isLate() {
    return pacer.duration(waitingVideo()) > options.maxPacerDelay().toNanos();
  }

  private long waitingVideo() {
    long bytes = 0;
    for (int i = 0; i < senders.size(); i++) {
      List<SendStream> streams = senders.get(i).streams();
      for (int k = 0; k < streams.size(); k++) {
        PacedStream video = streams.get(k).paced;
        if (video != null) {
          bytes += video.waitingBytes();
        }
      }
    }
    return bytes;
  }

  /// Asks the encoder of a stream for a key frame, not more often than it can bear.
  void keyFrameWanted(long now, SendStream stream) {
    PacedStream video = stream.paced;
    if (video == null || !video.takeKeyFrameRequest(now, options.keyFrameInterval().toNanos())) {
      return;
    }
    if (video instanceof ForwardedStream forwarded) {
      forwarded.feedback().keyFrameWanted(now);
    } else {
      events.accept(new MediaEvent.KeyFrameRequested(stream.sender, stream.index));
    }
  }

  /// The receiver misses packets, RFC 4585 §6.2.1.
  void repeat(long now, SendStream stream, List<Integer> sequences) {
    stream.nacks++;
    PacedStream video = stream.paced;
    if (video == null) {
      return;
    }
    for (int sequence : sequences) {
      video.repeat(now, sequence, Math.max(roundTrip, estimator.responseTime()));
    }
    double taking = video.repetitionBytes() * 8e9 / Math.max(1, estimator.target());
    boolean congested = estimator.isCongested(now);
    if (taking > (congested ? CONGESTED_LATE_REPETITIONS : LATE_REPETITIONS)) {
      video.startOver(now);
      counters.drop(DropReason.STALE_REPETITIONS);
      keyFrameWanted(now, stream);
    }
  }

  /// Takes feedback of RFC 8888.
  void handle(long now, CongestionFeedback feedback) {
    SentSequences sequences = builder.sequences();
    sequences.translate(feedback, builder.newestTransportSequence());
    estimator.handle(now, sequences.count(), sequences.numbers(), sequences.arrivals(), roundTrip);
    for (int i = 0; i < senders.size(); i++) {
      List<SendStream> streams = senders.get(i).streams();
      for (int k = 0; k < streams.size(); k++) {
        SendStream stream = streams.get(k);
        if (stream.sender.hasCongestionFeedback()) {
          stream.feedbackLost = sequences.lost(stream.ssrc());
          stream.feedbackRecovered = sequences.recovered(stream.ssrc());
        }
      }
    }
  }

  /// Streams ended.
  void forget(RtpEncoding encoding) {
    builder.sequences().remove(encoding.ssrc());
    builder.sequences().remove(encoding.rtxSsrc());
    builder.sequences().remove(encoding.fecSsrc());
  }

  long nextTimeout() {
    long next = RtpTransport.NEVER;
    boolean paced = false;
    boolean repeated = false;
    for (int i = 0; i < senders.size(); i++) {
      RtpSender sender = senders.get(i);
      next = Math.min(next, sender.tones().nextTimeout());
      List<SendStream> streams = sender.streams();
      for (int k = 0; k < streams.size(); k++) {
        PacedStream video = streams.get(k).paced;
        if (video != null) {
          paced |= video.hasPackets();
          repeated |= video.hasRepetitions();
        }
      }
    }
    if (estimator.isProbing()) {
      // The rate of a probe is what it is about.
      return Math.min(next, pacer.nextTime());
    }
    if (paced) {
      return Math.min(next, pacer.nextBurst());
    }
    return repeated ? Math.min(next, Math.max(pacer.nextTime(), repetitionPacer.nextTime())) : next;
  }

  /// Writes the next packet that may leave.
  ///
  /// @return its length; 0 when there is none
  int write(long now, byte[] array, int offset, int capacity) {
    for (int i = 0; i < senders.size(); i++) {
      RtpSender sender = senders.get(i);
      if (sender.tones().isDue()) {
        return writeTone(now, sender, array, offset, capacity);
      }
    }
    if (!audioQueue.isEmpty()) {
      return writeAudio(now, array, offset, capacity);
    }
    while (!forwardedAudio.isEmpty()) {
      int length = writeForwardedAudio(now, forwardedAudio.remove(), array, offset, capacity);
      if (length > 0) {
        return length;
      }
    }
    long probe = estimator.probeRate(now);
    boolean congested = estimator.isCongested(now);
    double pace = congested ? CONGESTED_PACE : PACE;
    pacer.rate(Math.max((double) probe, pace * estimator.target()));
    repetitionPacer.rate((congested ? CONGESTED_REPETITIONS : REPETITIONS) * estimator.target());
    if (!pacer.maySend(now)) {
      return 0;
    }
    int length = 0;
    if (repetitionPacer.maySend(now)) {
      length = writeRepetition(now, array, offset, capacity);
      if (length > 0) {
        repetitionPacer.sent(now, length);
      }
    }
    if (length == 0) {
      length = writeVideo(now, congested, array, offset, capacity);
    }
    if (length == 0 && probe > 0) {
      length = writePadding(now, array, offset, capacity);
      if (length == 0) {
        estimator.giveUpProbe();
      }
    }
    if (length > 0) {
      pacer.sent(now, length);
      estimator.sent(now, builder.lastTransportSequence(), length);
    }
    return length;
  }

  private int writeRepetition(long now, byte[] array, int offset, int capacity) {
    for (int i = 0; i < senders.size(); i++) {
      List<SendStream> streams = senders.get(i).streams();
      for (int k = 0; k < streams.size(); k++) {
        PacedStream video = streams.get(k).paced;
        if (video == null || !video.hasRepetitions()) {
          continue;
        }
        try {
          int length = video.writeRepetition(now, builder, array, offset, capacity);
          if (length > 0) {
            streams
                .get(k)
                .noteRetransmission(now, video.lastPayload(), length - video.lastPayload());
            counters.rtpSent();
            return length;
          }
        } catch (MalformedRtpException e) {
          throw new IllegalStateException("a packet of our own is malformed", e);
        }
      }
    }
    return 0;
  }

  /// Packets sent lately once more, so that a probe has its rate.
  private int writePadding(long now, byte[] array, int offset, int capacity) {
    for (int i = 0; i < senders.size(); i++) {
      List<SendStream> streams = senders.get(i).streams();
      for (int k = 0; k < streams.size(); k++) {
        PacedStream video = streams.get(k).paced;
        if (video != null && video.repeatForPadding(now)) {
          return writeRepetition(now, array, offset, capacity);
        }
      }
    }
    return 0;
  }

  /// One packet of the stream whose frame waits longest; of equals the next in turn.
  private int writeVideo(long now, boolean congested, byte[] array, int offset, int capacity) {
    PacedStream chosen = null;
    int count = senders.size();
    for (int i = 0; i < count; i++) {
      List<SendStream> streams = senders.get((turn + i) % count).streams();
      for (int k = 0; k < streams.size(); k++) {
        PacedStream video = streams.get(k).paced;
        if (video != null
            && video.hasPackets()
            && (chosen == null || video.headSince() < chosen.headSince())) {
          chosen = video;
        }
      }
    }
    if (chosen == null) {
      return 0;
    }
    turn = (turn + 1) % count;
    int length =
        chosen.write(
            now, builder, options.maxPacketSize(), roundTrip, congested, array, offset, capacity);
    if (length > 0) {
      if (!chosen.lastWasSeparate()) {
        chosen.stream().notePacket(now, chosen.lastPayload(), length - chosen.lastPayload());
      }
      counters.rtpSent();
    }
    return length;
  }

  private int writeAudio(long now, byte[] array, int offset, int capacity) {
    SendStream stream = audioQueue.stream();
    EncodedAudioFrame frame = audioQueue.frame();
    if (stream == null || frame == null) {
      throw new IllegalStateException("empty slot in the queue");
    }
    byte[] payload = frame.payload();
    int type = frame.codec().payloadType();
    int redType = stream.sender.redType(type);
    AudioRedSender red = redType < 0 ? null : stream.red();
    boolean repeats = red != null && red.depth() > 0;
    int timestamp = stream.wireTimestamp(frame.rtpTimestamp());
    RtpPacketWriter writer =
        builder.begin(
            now,
            stream,
            array,
            offset,
            capacity,
            frame.marker(),
            repeats ? redType : type,
            stream.nextSequence(),
            timestamp);
    builder.audioLevel(stream, frame);
    builder.captureTime(now, stream, frame);
    int written = payload.length;
    if (red != null && repeats) {
      int room = Math.min(options.maxPacketSize() - PacketBuilder.HEADER_ROOM, writer.remaining());
      written =
          red.write(
              type, timestamp, payload, 0, payload.length, array, writer.payloadOffset(), room);
      writer.advance(written);
      if (written > payload.length + 1) {
        stream.fecPackets++;
        stream.fecBytes += written - payload.length;
      }
    } else {
      writer.payload(payload, 0, payload.length);
      if (red != null) {
        red.pass(type, timestamp, payload, 0, payload.length);
      }
    }
    int length = writer.finish();
    stream.queueNanos += now - audioQueue.time();
    stream.frames++;
    audioQueue.remove();
    estimator.sent(now, builder.lastTransportSequence(), length);
    stream.notePacket(now, written, length - written);
    counters.rtpSent();
    return length;
  }

  private int writeForwardedAudio(
      long now, ForwardedStream forwarded, byte[] array, int offset, int capacity) {
    int length =
        forwarded.write(
            now, builder, options.maxPacketSize(), roundTrip, false, array, offset, capacity);
    if (length > 0) {
      estimator.sent(now, builder.lastTransportSequence(), length);
      forwarded.stream().notePacket(now, forwarded.lastPayload(), length - forwarded.lastPayload());
      counters.rtpSent();
    }
    return length;
  }

  private int writeTone(long now, RtpSender sender, byte[] array, int offset, int capacity) {
    TelephoneEventSender tones = sender.tones();
    SendStream stream = sender.streams().getFirst();
    @Nullable RtpCodec codec = sender.telephoneEvent();
    // Negotiated away while tones are played: the rest goes out under the usual number.
    int payloadType = codec == null ? 101 : codec.payloadType();
    int clockRateHz = codec == null ? 8000 : codec.clockRateHz();
    RtpPacketWriter writer =
        builder.begin(
            now,
            stream,
            array,
            offset,
            capacity,
            tones.marker(),
            payloadType,
            stream.nextSequence(),
            tones.timestamp(stream.timestampAt(tones.started())));
    int at = writer.payloadOffset();
    int payload = tones.write(now, clockRateHz, array, at);
    int length = writer.advance(payload).finish();
    estimator.sent(now, builder.lastTransportSequence(), length);
    stream.notePacket(now, payload, length - payload);
    counters.rtpSent();
    return length;
  }
}
