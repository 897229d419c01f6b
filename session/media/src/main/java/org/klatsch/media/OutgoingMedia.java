package org.klatsch.media;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.bwe.BandwidthEstimator;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacketWriter;

/// The media that leaves: audio at once, repetitions and video at the pace of the path. What waits
/// is bounded by time.
final class OutgoingMedia {
  /// Video leaves faster than it is made, so that a large frame does not delay those behind it for
  /// long.
  private static final double PACE = 2.5;

  /// While a queue runs over, repetitions and frames together must not feed it.
  private static final double CONGESTED_PACE = 1.1;

  /// The application hears of changes by more than one part of this.
  private static final int NOTABLE = 50;

  private final RtpTransportOptions options;
  private final RtpTransportCounters counters;
  private final List<RtpSender> senders;
  private final Consumer<MediaEvent> events;
  private final AudioSendQueue audioQueue;
  private final PacketBuilder builder = new PacketBuilder();
  private final Pacer pacer = new Pacer();
  private final BandwidthEstimator estimator;
  private long announced;

  /// The sender whose video goes next.
  private int turn;

  OutgoingMedia(
      RtpTransportOptions options,
      RtpTransportCounters counters,
      List<RtpSender> senders,
      Consumer<MediaEvent> events) {
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
  void noteEstimate() {
    long target = estimator.target();
    if (target == announced) {
      return;
    }
    BitrateAllocation.allocate(target, senders);
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
    BitrateAllocation.allocate(estimator.target(), senders);
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
    if (frame.payload().length > options.maxPacketSize() - PacketBuilder.HEADER_ROOM) {
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
    VideoSendStream video = stream.video;
    if (video == null || !VideoSendStream.canSend(frame.codec())) {
      counters.drop(DropReason.UNKNOWN_CODEC);
      stream.framesDropped++;
      return false;
    }
    boolean tooLate = pacer.duration(waitingVideo()) > options.maxPacerDelay().toNanos();
    boolean kept = video.add(now, frame, tooLate);
    if (!kept) {
      counters.drop(DropReason.PACER_FULL);
      keyFrameWanted(now, stream);
    }
    return kept;
  }

  private long waitingVideo() {
    long bytes = 0;
    for (int i = 0; i < senders.size(); i++) {
      List<SendStream> streams = senders.get(i).streams();
      for (int k = 0; k < streams.size(); k++) {
        VideoSendStream video = streams.get(k).video;
        if (video != null) {
          bytes += video.waitingBytes();
        }
      }
    }
    return bytes;
  }

  /// Asks the encoder of a stream for a key frame, not more often than it can bear.
  void keyFrameWanted(long now, SendStream stream) {
    VideoSendStream video = stream.video;
    if (video != null && video.takeKeyFrameRequest(now, options.keyFrameInterval().toNanos())) {
      events.accept(new MediaEvent.KeyFrameRequested(stream.sender, stream.index));
    }
  }

  /// The receiver misses packets, RFC 4585 §6.2.1.
  void repeat(long now, SendStream stream, List<Integer> sequences, long roundTrip) {
    stream.nacks++;
    VideoSendStream video = stream.video;
    if (video != null) {
      for (int sequence : sequences) {
        video.repeat(now, sequence, Math.max(roundTrip, estimator.responseTime()));
      }
    }
  }

  long nextTimeout() {
    long next = RtpTransport.NEVER;
    boolean paced = false;
    for (int i = 0; i < senders.size(); i++) {
      RtpSender sender = senders.get(i);
      next = Math.min(next, sender.tones().nextTimeout());
      List<SendStream> streams = sender.streams();
      for (int k = 0; k < streams.size(); k++) {
        VideoSendStream video = streams.get(k).video;
        paced |= video != null && (video.hasPackets() || video.hasRepetitions());
      }
    }
    paced |= estimator.isProbing();
    return paced ? Math.min(next, pacer.nextTime()) : next;
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
    long probe = estimator.probeRate(now);
    double pace = estimator.isCongested(now) ? CONGESTED_PACE : PACE;
    pacer.rate(Math.max((double) probe, pace * estimator.target()));
    if (!pacer.maySend(now)) {
      return 0;
    }
    int length = writeRepetition(now, array, offset, capacity);
    if (length == 0) {
      length = writeVideo(now, array, offset, capacity);
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
        VideoSendStream video = streams.get(k).video;
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
        VideoSendStream video = streams.get(k).video;
        if (video != null && video.repeatForPadding(now)) {
          return writeRepetition(now, array, offset, capacity);
        }
      }
    }
    return 0;
  }

  /// One packet of the stream whose frame waits longest; of equals the next in turn.
  private int writeVideo(long now, byte[] array, int offset, int capacity) {
    VideoSendStream chosen = null;
    int count = senders.size();
    for (int i = 0; i < count; i++) {
      List<SendStream> streams = senders.get((turn + i) % count).streams();
      for (int k = 0; k < streams.size(); k++) {
        VideoSendStream video = streams.get(k).video;
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
    int length = chosen.write(now, builder, options.maxPacketSize(), array, offset, capacity);
    if (length > 0) {
      chosen.stream.notePacket(now, chosen.lastPayload(), length - chosen.lastPayload());
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
    RtpPacketWriter writer =
        builder.begin(
            now,
            stream,
            array,
            offset,
            capacity,
            frame.marker(),
            frame.codec().payloadType(),
            stream.nextSequence(),
            stream.wireTimestamp(frame.rtpTimestamp()));
    builder.audioLevel(stream, frame);
    byte[] payload = frame.payload();
    int length = writer.payload(payload, 0, payload.length).finish();
    stream.queueNanos += now - audioQueue.time();
    stream.frames++;
    audioQueue.remove();
    estimator.sent(now, builder.lastTransportSequence(), length);
    stream.notePacket(now, payload.length, length - payload.length);
    counters.rtpSent();
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
