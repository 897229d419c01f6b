package org.klatsch.media;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.audio.AudioJitterBuffer;
import org.klatsch.media.audio.AudioJitterOptions;
import org.klatsch.media.audio.AudioJitterStatistics;
import org.klatsch.media.audio.AudioOperation;
import org.klatsch.media.audio.AudioPlayout;
import org.klatsch.media.audio.FrameKind;
import org.klatsch.media.fec.AudioRedReceiver;
import org.klatsch.rtp.HeaderExtensions;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.payload.OpusPayload;

/// The audio half of a receiver: makes frames of packets and keeps them until they are due.
final class AudioReceiver {
  private static final int[] NO_CSRCS = {};

  /// More than this is playout on its way to another delay, rather than what it always adds.
  private static final long MAX_EXCESS = 60_000_000;

  /// Of one look in fifty or a hundred a second.
  private static final double EXCESS_WEIGHT = 0.01;

  /// Assumed where nothing tells the length of a frame.
  private static final int USUAL_FRAMES_PER_SECOND = 50;

  private final RtpReceiver receiver;
  private final AudioJitterOptions options;
  private final Consumer<MediaEvent> events;
  private final TelephoneEventReceiver telephone;
  private final AudioRedReceiver red = new AudioRedReceiver();
  private AudioDelivery delivery = AudioDelivery.PULLED;
  private @Nullable AudioJitterBuffer<EncodedAudioFrame> buffer;

  /// The stream that is played: the one that began last.
  private @Nullable ReceiveStream playing;

  /// The same, however the frames are handed out.
  private @Nullable ReceiveStream heard;

  private final PlayoutTiming timing;

  /// Asked for by the application.
  private long minimumDelay;

  /// To be in time with video.
  private long synchronisationDelay;

  /// What the application's own playout told last; −1 while it tells nothing.
  private long toldNeeded = -1;

  /// How much later samples are heard than aimed at, on average.
  private double excess;

  AudioReceiver(RtpReceiver receiver, AudioJitterOptions options, Consumer<MediaEvent> events) {
    this.receiver = receiver;
    this.options = options;
    this.events = events;
    this.timing = new PlayoutTiming(options.quantile());
    this.telephone = new TelephoneEventReceiver(receiver, events);
  }

  /// Takes a packet of a stream.
  ///
  /// @return whether its payload was of use
  boolean handle(
      long now,
      ReceiveStream stream,
      RtpPacket packet,
      HeaderExtensions extensions,
      RtpCodec codec,
      boolean recovered)
      throws MalformedRtpException {
    if (packet.payloadLength() == 0) {
      return true;
    }
    if (codec.is("telephone-event")) {
      telephone.handle(
          now,
          packet.timestamp(),
          codec.clockRateHz(),
          packet.array(),
          packet.payloadOffset(),
          packet.payloadLength());
      AudioJitterBuffer<EncodedAudioFrame> current = buffer;
      if (current != null && telephone.isActive()) {
        current.quiet();
      }
      return true;
    }
    if (codec.is("red")) {
      return handleRed(now, stream, packet, extensions, recovered);
    }
    return handleFrame(
        now,
        stream,
        packet,
        extensions,
        codec,
        packet.timestamp(),
        packet.payloadOffset(),
        packet.payloadLength(),
        !recovered);
  }

  /// Takes the frames out of redundant data, RFC 2198: those that were lost come back.
  private boolean handleRed(
      long now,
      ReceiveStream stream,
      RtpPacket packet,
      HeaderExtensions extensions,
      boolean recovered)
      throws MalformedRtpException {
    stream.fecPackets++;
    stream.fecBytes += packet.payloadLength();
    red.handle(
        packet.array(),
        packet.payloadOffset(),
        packet.payloadLength(),
        packet.timestamp(),
        (payloadType, timestamp, array, offset, length, redundant) -> {
          RtpCodec inner = receiver.codec(payloadType);
          if (redundant) {
            stream.fecRecovered++;
          }
          if (inner != null && (inner.isMedia() || inner.is("cn"))) {
            handleFrame(
                now,
                stream,
                packet,
                extensions,
                inner,
                timestamp,
                offset,
                length,
                !recovered && !redundant);
          }
        });
    return true;
  }

  private boolean handleFrame(
      long now,
      ReceiveStream stream,
      RtpPacket packet,
      HeaderExtensions extensions,
      RtpCodec codec,
      int timestamp,
      int offset,
      int length,
      boolean onTime) {
    FrameKind kind = kind(codec, packet.array(), offset, length);
    int samples =
        kind == FrameKind.COMFORT_NOISE ? 0 : samples(codec, packet.array(), offset, length);
    if (samples < 0) {
      if (delivery != AudioDelivery.RETURNED) {
        return false;
      }
      samples = 0;
    }
    byte[] payload = new byte[length];
    System.arraycopy(packet.array(), offset, payload, 0, length);
    EncodedAudioFrame frame =
        new EncodedAudioFrame(
            codec,
            payload,
            timestamp,
            samples,
            packet.marker(),
            extensions.audioLevel(),
            extensions.voiceActivity(),
            now,
            new FrameOrigin(
                stream.ssrc,
                stream.rid,
                packet.sequenceNumber(),
                packet.sequenceNumber(),
                csrcs(packet),
                stream.captureTime(timestamp, codec.clockRateHz()),
                !onTime,
                now));
    stream.frames++;
    if (stream != heard) {
      heard = stream;
      timing.reset();
      excess = 0;
      toldNeeded = -1;
    }
    timing.note(now, timestamp, codec.clockRateHz(), onTime);
    if (delivery != AudioDelivery.PULLED) {
      events.accept(new MediaEvent.FrameReceived(receiver, frame, now));
    }
    if (delivery == AudioDelivery.ARRIVAL || delivery == AudioDelivery.RETURNED) {
      return true;
    }
    bufferFor(stream, codec).insert(now, timestamp, samples, kind, onTime, frame);
    return true;
  }

  boolean insert(long now, EncodedAudioFrame frame) {
    ReceiveStream stream = heard;
    FrameOrigin origin = frame.origin();
    if (delivery != AudioDelivery.RETURNED
        || stream == null
        || origin != null && origin.ssrc() != stream.ssrc) {
      return false;
    }
    RtpCodec codec = frame.codec();
    byte[] payload = frame.payload();
    FrameKind kind = kind(codec, payload, 0, payload.length);
    int samples = kind == FrameKind.COMFORT_NOISE ? 0 : samples(codec, payload, 0, payload.length);
    return samples >= 0
        && bufferFor(stream, codec)
            .insert(
                now,
                frame.rtpTimestamp(),
                samples,
                kind,
                origin == null || !origin.recovered(),
                frame);
  }

  private static int[] csrcs(RtpPacket packet) {
    int count = packet.csrcCount();
    if (count == 0) {
      return NO_CSRCS;
    }
    int[] csrcs = new int[count];
    for (int i = 0; i < count; i++) {
      csrcs[i] = packet.csrc(i);
    }
    return csrcs;
  }

  private AudioJitterBuffer<EncodedAudioFrame> bufferFor(ReceiveStream stream, RtpCodec codec) {
    AudioJitterBuffer<EncodedAudioFrame> current = buffer;
    if (current == null || current.clockRateHz() != codec.clockRateHz()) {
      current = new AudioJitterBuffer<>(options, codec.clockRateHz());
      current.minimumDelay(Math.max(minimumDelay, synchronisationDelay));
      buffer = current;
    } else if (playing != stream) {
      current.restart();
    }
    playing = stream;
    return current;
  }

  private static FrameKind kind(RtpCodec codec, byte[] array, int offset, int length) {
    if (codec.is("cn")) {
      return FrameKind.COMFORT_NOISE;
    }
    return codec.is("opus") && OpusPayload.hasInBandFec(array, offset, length)
        ? FrameKind.AUDIO_WITH_FEC
        : FrameKind.AUDIO;
  }

  /// The length of a frame in units of its clock; −1 for one that breaks its format.
  private static int samples(RtpCodec codec, byte[] array, int offset, int length) {
    if (codec.is("opus")) {
      return OpusPayload.samples(array, offset, length);
    }
    if (codec.is("pcmu") || codec.is("pcma")) {
      return length / codec.channels();
    }
    if (codec.is("g722")) {
      // A byte has two samples of 16 kHz, one unit of the clock, RFC 3551 §4.5.2.
      return length / codec.channels();
    }
    if (codec.is("l16")) {
      return length / 2 / codec.channels();
    }
    return codec.clockRateHz() / USUAL_FRAMES_PER_SECOND;
  }

  void pull(long now, int wanted, int buffered, AudioPlayout<EncodedAudioFrame> out) {
    AudioJitterBuffer<EncodedAudioFrame> current = buffer;
    if (current == null) {
      out.clear();
      return;
    }
    current.pull(now, wanted, buffered, out);
    if (current.isPlaying()) {
      noteExcess(current.playoutDelay() - current.targetDelay());
    }
    ReceiveStream stream = playing;
    if (stream != null && out.size() > 0 && out.operation(0) == AudioOperation.SILENCE) {
      telephone.expire(now);
    }
  }

  void process(long now) {
    telephone.expire(now);
  }

  int clockRateHz() {
    AudioJitterBuffer<EncodedAudioFrame> current = buffer;
    return current == null ? 0 : current.clockRateHz();
  }

  long targetDelay() {
    AudioJitterBuffer<EncodedAudioFrame> current = buffer;
    return current == null ? 0 : current.targetDelay();
  }

  void delivery(AudioDelivery value) {
    if (value == AudioDelivery.ARRIVAL && delivery != value) {
      flush();
    }
    delivery = value;
  }

  void flush() {
    AudioJitterBuffer<EncodedAudioFrame> current = buffer;
    if (current != null) {
      current.flush();
    }
  }

  void minimumDelay(long nanos) {
    minimumDelay = nanos;
    applyDelays();
  }

  private void applyDelays() {
    AudioJitterBuffer<EncodedAudioFrame> current = buffer;
    if (current != null) {
      current.minimumDelay(Math.max(minimumDelay, synchronisationDelay));
    }
  }

  /// The stream that is heard, null before the first frame.
  @Nullable ReceiveStream playing() {
    return heard;
  }

  PlayoutTiming timing() {
    return timing;
  }

  /// Playout waits at least this long behind the fastest packet, in nanoseconds.
  void synchronise(long nanos) {
    synchronisationDelay = Math.min(nanos, options.maxDelay().toNanos());
    applyDelays();
  }

  long synchronisationDelay() {
    return synchronisationDelay;
  }

  /// The delay behind the fastest packet that playout aims at when nothing is to be waited for.
  long neededDelay() {
    AudioJitterBuffer<EncodedAudioFrame> current = buffer;
    long needed =
        toldNeeded >= 0
            ? toldNeeded
            : current != null && delivery != AudioDelivery.ARRIVAL
                ? current.neededDelay()
                : timing.needed() + AudioJitterBuffer.MARGIN;
    return Math.max(needed, minimumDelay);
  }

  /// How much later samples are heard than aimed at, in nanoseconds.
  long excessDelay() {
    return (long) excess;
  }

  void notePlayout(long needed, long actual) {
    toldNeeded = needed;
    noteExcess(actual - Math.max(neededDelay(), synchronisationDelay));
  }

  private void noteExcess(long nanos) {
    excess += (Math.clamp(nanos, -MAX_EXCESS, MAX_EXCESS) - excess) * EXCESS_WEIGHT;
  }

  @Nullable AudioJitterStatistics statistics(ReceiveStream stream) {
    AudioJitterBuffer<EncodedAudioFrame> current = buffer;
    return current == null || stream != playing ? null : current.statistics();
  }
}
