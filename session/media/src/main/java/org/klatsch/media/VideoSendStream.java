package org.klatsch.media;

import java.util.ArrayDeque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.video.SendHistory;
import org.klatsch.media.video.VideoFormats;
import org.klatsch.rtp.MalformedRtpException;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.RtpPacketWriter;
import org.klatsch.rtp.payload.Packetizer;

/// The video of one sent stream: frames that wait for the pacer, cut into packets as they leave,
/// and the packets that left, to be repeated.
final class VideoSendStream {
  /// Repetitions that wait at most; a receiver that asks for more needs a key frame.
  private static final int MAX_REPETITIONS = 256;

  /// Packets that padding goes through.
  private static final int PADDING_PACKETS = 16;

  /// Frames that wait at most, whatever their size.
  private static final int MAX_FRAMES = 64;

  private record Waiting(EncodedVideoFrame frame, long since) {}

  final SendStream stream;
  private final SendHistory history;
  private final int firstPictureId;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final int[] repetitions = new int[MAX_REPETITIONS];
  private int firstRepetition;
  private int repetitionCount;
  private final RtpPacket original = new RtpPacket();
  private @Nullable Packetizer packetizer;
  private @Nullable RtpCodec packetizerCodec;

  /// Frame that is being cut.
  private @Nullable Waiting current;

  private long waitingBytes;
  private long currentBytes;

  /// Whether frames are dropped until a key frame comes.
  private boolean broken;

  private long nextKeyFrameRequest;
  private int paddingDistance;
  private int lastPayload;
  private boolean lastWasRepetition;

  VideoSendStream(SendStream stream, int historyPackets, RandomGenerator random) {
    this.stream = stream;
    this.history = new SendHistory(historyPackets);
    this.firstPictureId = random.nextInt(1 << 15);
  }

  /// Takes a frame.
  ///
  /// @param tooLate whether the pacer's queue is longer than it may be
  /// @return whether the frame was kept
  boolean add(long now, EncodedVideoFrame frame, boolean tooLate) {
    if (frame.keyFrame()) {
      if (tooLate) {
        // A fresh beginning: what waits before it is of no use any more.
        stream.framesDropped += waiting.size();
        waiting.clear();
        waitingBytes = 0;
      }
      broken = false;
    } else if (tooLate || waiting.size() >= MAX_FRAMES) {
      broken = true;
    }
    if (broken) {
      stream.framesDropped++;
      return false;
    }
    waiting.add(new Waiting(frame, now));
    waitingBytes += frame.payload().length;
    stream.noteFrame(frame);
    return true;
  }

  /// Whether a key frame is needed since frames were dropped.
  boolean isBroken() {
    return broken;
  }

  boolean hasPackets() {
    return current != null || !waiting.isEmpty();
  }

  boolean hasRepetitions() {
    return repetitionCount > 0;
  }

  /// Bytes that wait, about.
  long waitingBytes() {
    return waitingBytes + currentBytes;
  }

  /// When the frame at the head of the queue came; only while there is one.
  long headSince() {
    Waiting head = current != null ? current : waiting.peek();
    return head == null ? Long.MAX_VALUE : head.since();
  }

  /// Whether an encoder is to be asked for a key frame now; not more often than `interval`.
  boolean takeKeyFrameRequest(long now, long interval) {
    if (now < nextKeyFrameRequest) {
      return false;
    }
    nextKeyFrameRequest = now + interval;
    return true;
  }

  /// The receiver misses a packet.
  void repeat(long now, int sequence, long roundTrip) {
    if (repetitionCount < MAX_REPETITIONS && history.mayRepeat(now, sequence, roundTrip)) {
      history.noteRepeated(now, sequence);
      repetitions[(firstRepetition + repetitionCount) % MAX_REPETITIONS] = sequence;
      repetitionCount++;
    }
  }

  /// Has a packet sent lately go out once more, where the format for it is agreed on: as padding
  /// that may even be of use.
  ///
  /// @return whether there was one
  boolean repeatForPadding(long now) {
    RtpCodec codec = packetizerCodec;
    if (codec == null
        || stream.encoding().rtxSsrc() == 0
        || rtxPayloadType(codec.payloadType()) < 0) {
      return false;
    }
    paddingDistance = paddingDistance % PADDING_PACKETS + 1;
    int sequence = stream.peekSequence() - paddingDistance & 0xffff;
    if (history.packet(sequence) == null) {
      paddingDistance = 1;
      sequence = stream.peekSequence() - 1 & 0xffff;
      if (history.packet(sequence) == null) {
        return false;
      }
    }
    repetitions[(firstRepetition + repetitionCount) % MAX_REPETITIONS] = sequence;
    repetitionCount++;
    return true;
  }

  /// Writes the next repetition.
  ///
  /// @return its length; 0 when there is none
  int writeRepetition(long now, PacketBuilder builder, byte[] array, int offset, int capacity)
      throws MalformedRtpException {
    while (repetitionCount > 0) {
      int sequence = repetitions[firstRepetition];
      firstRepetition = (firstRepetition + 1) % MAX_REPETITIONS;
      repetitionCount--;
      byte[] packet = history.packet(sequence);
      if (packet != null) {
        return writeRepetition(
            now, builder, packet, history.length(sequence), array, offset, capacity);
      }
    }
    return 0;
  }

  private int writeRepetition(
      long now,
      PacketBuilder builder,
      byte[] packet,
      int packetLength,
      byte[] array,
      int offset,
      int capacity)
      throws MalformedRtpException {
    original.parse(packet, 0, packetLength);
    int rtx = rtxPayloadType(original.payloadType());
    RtpPacketWriter writer;
    if (rtx < 0 || stream.encoding().rtxSsrc() == 0) {
      // Without a format for it the packet itself comes again.
      writer =
          builder.begin(
              now,
              stream,
              array,
              offset,
              capacity,
              original.marker(),
              original.payloadType(),
              original.sequenceNumber(),
              original.timestamp());
      builder.copyFrameElements(stream, original);
    } else {
      writer =
          builder.beginRepair(
              now,
              stream,
              array,
              offset,
              capacity,
              original.marker(),
              rtx,
              stream.nextRtxSequence(),
              original.timestamp());
      builder.copyFrameElements(stream, original);
      int at = writer.payloadOffset();
      array[at] = (byte) (original.sequenceNumber() >>> 8);
      array[at + 1] = (byte) original.sequenceNumber();
      writer.advance(2);
    }
    lastPayload = original.payloadLength();
    lastWasRepetition = true;
    return writer
        .payload(original.array(), original.payloadOffset(), original.payloadLength())
        .finish();
  }

  private int rtxPayloadType(int payloadType) {
    for (RtpCodec codec : stream.sender.parameters().codecs()) {
      if (codec.is("rtx") && codec.associatedPayloadType() == payloadType) {
        return codec.payloadType();
      }
    }
    return -1;
  }

  /// Writes the next packet of the next frame.
  ///
  /// @return its length; 0 when there is none
  int write(
      long now, PacketBuilder builder, int maxPacketSize, byte[] array, int offset, int capacity) {
    while (current == null) {
      if (!begin(maxPacketSize)) {
        return 0;
      }
    }
    Waiting frame = current;
    Packetizer cutter = packetizer;
    if (cutter == null) {
      throw new IllegalStateException("a frame without its packetizer");
    }
    EncodedVideoFrame video = frame.frame();
    int sequence = stream.nextSequence();
    RtpPacketWriter writer =
        builder.begin(
            now,
            stream,
            array,
            offset,
            capacity,
            false,
            video.codec().payloadType(),
            sequence,
            stream.wireTimestamp(video.rtpTimestamp()));
    if (video.rotation() != 0 || video.keyFrame()) {
      builder.orientation(stream, video.rotation());
    }
    int payload = cutter.next(array, writer.payloadOffset());
    int length = writer.advance(payload).finish();
    currentBytes = Math.max(0, currentBytes - payload);
    stream.queueNanos += now - frame.since();
    if (!cutter.hasNext()) {
      // The marker, RFC 7741 §4.1 and its like for the other codecs.
      array[offset + 1] |= (byte) 0x80;
      current = null;
      currentBytes = 0;
      stream.frames++;
      if (video.keyFrame()) {
        stream.keyFrames++;
      }
    }
    history.add(now, sequence, array, offset, length);
    lastPayload = payload;
    lastWasRepetition = false;
    return length;
  }

  /// Begins with the next frame; false when there is none. A frame that makes no packets, such as
  /// one without any unit, is passed over.
  private boolean begin(int maxPacketSize) {
    Waiting frame = waiting.poll();
    if (frame == null) {
      return false;
    }
    byte[] payload = frame.frame().payload();
    waitingBytes -= payload.length;
    Packetizer cutter = packetizerFor(frame.frame().codec());
    packetizer = cutter;
    cutter.start(payload, 0, payload.length, maxPacketSize - PacketBuilder.HEADER_ROOM);
    if (cutter.hasNext()) {
      current = frame;
      currentBytes = payload.length;
    } else {
      stream.framesDropped++;
    }
    return true;
  }

  private Packetizer packetizerFor(RtpCodec codec) {
    Packetizer known = packetizer;
    if (known != null && codec.equals(packetizerCodec)) {
      return known;
    }
    Packetizer made =
        VideoFormats.packetizer(
            codec.name(), codec.parameter("packetization-mode", 0), firstPictureId);
    if (made == null) {
      throw new IllegalStateException("no payload format for " + codec);
    }
    packetizerCodec = codec;
    return made;
  }

  /// Whether frames of a codec can be cut.
  static boolean canSend(RtpCodec codec) {
    return VideoFormats.isKnown(codec.name());
  }

  /// Payload of the packet written last.
  int lastPayload() {
    return lastPayload;
  }

  boolean lastWasRepetition() {
    return lastWasRepetition;
  }
}
