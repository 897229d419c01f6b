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
import org.klatsch.sansio.SerialNumbers;

/// The video of one sent stream: frames that wait for the pacer, cut into packets as they leave,
/// and the packets that left, to be repeated.
final class VideoSendStream implements PacedStream {
  /// Packets that padding goes through.
  private static final int PADDING_PACKETS = 16;

  /// Frames that wait at most, whatever their size.
  private static final int MAX_FRAMES = 64;

  /// No key frame has begun.
  private static final int NONE = -1;

  private record Waiting(EncodedVideoFrame frame, long since) {}

  private final SendStream stream;
  private final SendHistory history;
  private final VideoProtection protection;
  private final int firstPictureId;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final RepetitionQueue repetitions = new RepetitionQueue();

  /// First packet that is still of use when it is repeated: what is older, a key frame replaces.
  private int usefulFrom = NONE;

  private final RtpPacket original = new RtpPacket();
  private @Nullable Packetizer packetizer;
  private @Nullable RtpCodec packetizerCodec;

  /// Frame that is being cut.
  private @Nullable Waiting current;

  /// Whether the next packet is the first of that frame.
  private boolean first;

  private long waitingBytes;
  private long currentBytes;

  /// Whether frames are dropped until a key frame comes.
  private boolean broken;

  private long nextKeyFrameRequest;
  private int paddingDistance;
  private int lastPayload;
  private boolean lastWasSeparate;

  VideoSendStream(SendStream stream, int historyPackets, RandomGenerator random) {
    this.stream = stream;
    this.history = new SendHistory(historyPackets);
    this.protection = new VideoProtection(stream);
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

  @Override
  public SendStream stream() {
    return stream;
  }

  @Override
  public boolean hasPackets() {
    return current != null || !waiting.isEmpty() || protection.hasRepairs();
  }

  @Override
  public void handleLoss(double fraction) {
    protection.handleLoss(fraction);
  }

  @Override
  public double protectionOverhead(long roundTrip) {
    return protection.overhead(roundTrip);
  }

  @Override
  public boolean hasRepetitions() {
    return !repetitions.isEmpty();
  }

  @Override
  public long waitingBytes() {
    return waitingBytes + currentBytes;
  }

  @Override
  public long headSince() {
    if (protection.hasRepairs()) {
      return 0;
    }
    Waiting head = current != null ? current : waiting.peek();
    return head == null ? Long.MAX_VALUE : head.since();
  }

  @Override
  public boolean takeKeyFrameRequest(long now, long interval) {
    if (now < nextKeyFrameRequest) {
      return false;
    }
    nextKeyFrameRequest = now + interval;
    return true;
  }

  @Override
  public void repeat(long now, int sequence, long roundTrip) {
    boolean useful = usefulFrom == NONE || !SerialNumbers.isLess16(sequence, usefulFrom);
    if (useful && !repetitions.isFull() && history.mayRepeat(now, sequence, roundTrip)) {
      history.noteRepeated(now, sequence);
      repetitions.add(sequence, history.length(sequence));
    }
  }

  @Override
  public long repetitionBytes() {
    return repetitions.bytes();
  }

  @Override
  public void startOver(long now) {
    repetitions.clear();
    usefulFrom = stream.peekSequence();
    stream.framesDropped += waiting.size();
    waiting.clear();
    waitingBytes = 0;
    broken = true;
  }

  @Override
  public boolean repeatForPadding(long now) {
    RtpCodec codec = packetizerCodec;
    if (codec == null
        || stream.encoding().rtxSsrc() == 0
        || stream.sender.rtxType(codec.payloadType()) < 0
        || repetitions.isFull()) {
      return false;
    }
    // Repair packets among them are not kept.
    for (int i = 0; i < PADDING_PACKETS; i++) {
      paddingDistance = paddingDistance % PADDING_PACKETS + 1;
      int sequence = stream.peekSequence() - paddingDistance & 0xffff;
      if (history.packet(sequence) != null) {
        repetitions.add(sequence, history.length(sequence));
        return true;
      }
    }
    return false;
  }

  @Override
  public int writeRepetition(
      long now, PacketBuilder builder, byte[] array, int offset, int capacity)
      throws MalformedRtpException {
    while (!repetitions.isEmpty()) {
      int sequence = repetitions.remove();
      byte[] packet = history.packet(sequence);
      if (packet != null) {
        repetitions.removed(history.length(sequence));
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
    int rtx = stream.sender.rtxType(original.payloadType());
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
    return writer
        .payload(original.array(), original.payloadOffset(), original.payloadLength())
        .finish();
  }

  /// Writes the next packet of the next frame, or one that repairs those before.
  @Override
  public int write(
      long now,
      PacketBuilder builder,
      int maxPacketSize,
      long roundTrip,
      boolean suspended,
      byte[] array,
      int offset,
      int capacity) {
    while (protection.hasRepairs()) {
      int length = protection.write(now, builder, maxPacketSize, array, offset, capacity);
      if (length > 0) {
        lastPayload = length - RtpPacket.HEADER_LENGTH;
        lastWasSeparate = protection.isSeparate();
        return length;
      }
    }
    lastWasSeparate = false;
    while (current == null) {
      if (!begin(maxPacketSize, roundTrip, suspended)) {
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
    if (first) {
      first = false;
      builder.captureTime(now, stream, video);
    }
    int at = writer.payloadOffset();
    int payload = cutter.next(array, at);
    int length = writer.advance(payload).finish();
    currentBytes = Math.max(0, currentBytes - payload);
    stream.queueNanos += now - frame.since();
    if (!cutter.hasNext()) {
      // The marker, RFC 7741 §4.1 and its like for the other codecs.
      array[offset + 1] |= (byte) 0x80;
      current = null;
      currentBytes = 0;
      stream.noteSent(video.payload().length, video.keyFrame());
    }
    if (protection.isActive()) {
      protection.add(array, offset, length, video.keyFrame());
    }
    int redType = protection.redType();
    if (redType >= 0) {
      // RFC 2198 §3: the header of the only block.
      System.arraycopy(array, at, array, at + 1, payload);
      array[at] = (byte) video.codec().payloadType();
      array[offset + 1] = (byte) (array[offset + 1] & 0x80 | redType);
      payload++;
      length++;
    }
    history.add(now, sequence, array, offset, length);
    lastPayload = payload;
    return length;
  }

  /// Begins with the next frame; false when there is none. A frame that makes no packets, such as
  /// one without any unit, is passed over. So is one that is not of its codec's format: what an
  /// application hands in must not stop the others on this event loop.
  private boolean begin(int maxPacketSize, long roundTrip, boolean suspended) {
    Waiting frame = waiting.poll();
    if (frame == null) {
      return false;
    }
    byte[] payload = frame.frame().payload();
    waitingBytes -= payload.length;
    Packetizer cutter = packetizerFor(frame.frame().codec());
    packetizer = cutter;
    protection.begin(frame.frame().codec(), roundTrip, suspended);
    int room = maxPacketSize - PacketBuilder.HEADER_ROOM;
    if (protection.isActive()) {
      room -= VideoProtection.ROOM;
    }
    boolean cut;
    try {
      cutter.start(payload, 0, payload.length, room);
      cut = cutter.hasNext();
    } catch (IllegalArgumentException e) {
      cut = false;
      broken = true;
    }
    if (cut) {
      first = true;
      if (frame.frame().keyFrame()) {
        usefulFrom = stream.peekSequence();
      }
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

  @Override
  public int lastPayload() {
    return lastPayload;
  }

  @Override
  public boolean lastWasSeparate() {
    return lastWasSeparate;
  }
}
