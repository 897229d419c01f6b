package org.klatsch.media;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.RtpPacketWriter;
import org.klatsch.rtp.payload.RedPayload;
import org.klatsch.sansio.SerialNumbers;

/// One sent stream made of packets that others sent: those that wait, and those that left and may
/// have to be repeated. The packets themselves are kept elsewhere, once for all who get them; here
/// are only the numbers that each has in this stream.
final class ForwardedStream implements PacedStream {
  /// Most that header and extensions take beyond those that a packet came with.
  private static final int EXTRA = 48;

  /// A packet is repeated so often at most: then another way to it is hopeless.
  private static final int MAX_REPETITIONS = 10;

  /// Packets that padding goes through.
  private static final int PADDING_PACKETS = 16;

  private static final int NONE = -1;

  private final SendStream stream;
  private final ForwardingFeedback feedback;
  private final int mask;

  // What has a sequence number, at that number.
  private final @Nullable StoredPacket[] packets;
  private final @Nullable RtpCodec[] codecs;
  private final long[] numbers;
  private final int[] sequences;
  private final int[] timestamps;
  private final int[] pictures;
  private final int[] basePictures;
  private final boolean[] markers;
  private final long[] sent;
  private final int[] repeated;

  // What waits, in the order of coming.
  private final int[] queue;
  private final long[] since;
  private int head;
  private int size;
  private long waitingBytes;

  private final RepetitionQueue repetitions = new RepetitionQueue();
  private final RtpPacket view = new RtpPacket();

  /// First packet that is still of use when it is repeated: what is older, a key frame replaces.
  private int usefulFrom = NONE;

  private int highestSent = NONE;
  private int paddingDistance;
  private long nextKeyFrameRequest;
  private int lastPayload;

  /// Bits a second that whoever hands packets in could make use of.
  private long wanted;

  /// @param capacity packets remembered, a power of two
  ForwardedStream(SendStream stream, ForwardingFeedback feedback, int capacity) {
    this.stream = stream;
    this.feedback = feedback;
    mask = capacity - 1;
    packets = new @Nullable StoredPacket[capacity];
    codecs = new @Nullable RtpCodec[capacity];
    numbers = new long[capacity];
    sequences = new int[capacity];
    timestamps = new int[capacity];
    pictures = new int[capacity];
    basePictures = new int[capacity];
    markers = new boolean[capacity];
    sent = new long[capacity];
    repeated = new int[capacity];
    queue = new int[capacity];
    since = new long[capacity];
    Arrays.fill(sequences, NONE);
  }

  ForwardingFeedback feedback() {
    return feedback;
  }

  long wanted() {
    return wanted;
  }

  void wanted(long bitsPerSecond) {
    wanted = bitsPerSecond;
  }

  /// Takes a packet.
  ///
  /// @param codec what it goes out as
  /// @return false when there is no room
  boolean add(long now, StoredPacket packet, RtpCodec codec, Renumbering to) {
    if (size > mask) {
      return false;
    }
    int sequence = to.sequenceNumber();
    int at = sequence & mask;
    packets[at] = packet;
    codecs[at] = codec;
    numbers[at] = packet.number();
    sequences[at] = sequence;
    timestamps[at] = to.timestamp();
    pictures[at] = to.pictureId();
    basePictures[at] = to.basePictureId();
    markers[at] = to.marker();
    sent[at] = now;
    repeated[at] = 0;
    int tail = head + size & mask;
    queue[tail] = sequence;
    since[tail] = now;
    size++;
    waitingBytes += packet.length();
    stream.noteForwarded(to.timestamp(), packet.captureTime(), codec.clockRateHz());
    if (packet.keyFrame()) {
      usefulFrom = sequence;
      stream.keyFrames++;
    }
    return true;
  }

  /// Drops what waits.
  void drop(long now) {
    stream.framesDropped += size > 0 ? 1 : 0;
    int next = highestSent == NONE && size > 0 ? queue[head] : highestSent + 1 & 0xffff;
    for (int i = 0; i < size; i++) {
      sequences[queue[head + i & mask] & mask] = NONE;
    }
    size = 0;
    waitingBytes = 0;
    feedback.dropped(now, next);
  }

  @Override
  public SendStream stream() {
    return stream;
  }

  @Override
  public boolean hasPackets() {
    return size > 0;
  }

  @Override
  public boolean hasRepetitions() {
    return !repetitions.isEmpty();
  }

  @Override
  public long waitingBytes() {
    return waitingBytes;
  }

  @Override
  public long headSince() {
    return size == 0 ? Long.MAX_VALUE : since[head];
  }

  @Override
  public boolean takeKeyFrameRequest(long now, long interval) {
    if (now < nextKeyFrameRequest) {
      return false;
    }
    nextKeyFrameRequest = now + interval;
    return true;
  }

  private boolean holds(int sequence) {
    int at = sequence & mask;
    StoredPacket packet = packets[at];
    return sequences[at] == sequence && packet != null && packet.number() == numbers[at];
  }

  @Override
  public void repeat(long now, int sequence, long roundTrip) {
    int at = sequence & mask;
    boolean useful = usefulFrom == NONE || !SerialNumbers.isLess16(sequence, usefulFrom);
    // What waits goes out anyhow.
    boolean left = highestSent != NONE && !SerialNumbers.isLess16(highestSent, sequence);
    if (useful
        && left
        && holds(sequence)
        && !repetitions.isFull()
        && repeated[at] < MAX_REPETITIONS
        && (repeated[at] == 0 || now - sent[at] >= roundTrip)) {
      sent[at] = now;
      repeated[at]++;
      repetitions.add(sequence, length(at));
    }
  }

  private int length(int at) {
    StoredPacket packet = packets[at];
    return packet == null ? 0 : packet.length();
  }

  @Override
  public long repetitionBytes() {
    return repetitions.bytes();
  }

  @Override
  public void startOver(long now) {
    repetitions.clear();
    drop(now);
    usefulFrom = highestSent == NONE ? NONE : highestSent + 1 & 0xffff;
  }

  @Override
  public boolean repeatForPadding(long now) {
    if (stream.encoding().rtxSsrc() == 0 || highestSent == NONE || repetitions.isFull()) {
      return false;
    }
    for (int i = 0; i < PADDING_PACKETS; i++) {
      paddingDistance = (paddingDistance + 1) % PADDING_PACKETS;
      int sequence = highestSent - paddingDistance & 0xffff;
      RtpCodec codec = codecs[sequence & mask];
      if (holds(sequence) && codec != null && rtxPayloadType(codec) >= 0) {
        repetitions.add(sequence, length(sequence & mask));
        return true;
      }
    }
    return false;
  }

  @Override
  public int writeRepetition(
      long now, PacketBuilder builder, byte[] array, int offset, int capacity) {
    while (!repetitions.isEmpty()) {
      int sequence = repetitions.remove();
      repetitions.removed(length(sequence & mask));
      if (holds(sequence)) {
        int length = write(now, builder, sequence, true, array, offset, capacity);
        if (length > 0) {
          return length;
        }
      }
    }
    return 0;
  }

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
    while (size > 0) {
      int sequence = queue[head];
      long waited = now - since[head];
      head = head + 1 & mask;
      size--;
      waitingBytes = size == 0 ? 0 : waitingBytes - length(sequence & mask);
      if (highestSent == NONE || SerialNumbers.isLess16(highestSent, sequence)) {
        highestSent = sequence;
      }
      if (holds(sequence)) {
        int length = write(now, builder, sequence, false, array, offset, capacity);
        if (length > 0) {
          stream.queueNanos += waited;
          stream.frames += markers[sequence & mask] ? 1 : 0;
          return length;
        }
      }
    }
    return 0;
  }

  /// Writes a packet.
  ///
  /// @return its length; 0 when it is too large
  private int write(
      long now,
      PacketBuilder builder,
      int sequence,
      boolean again,
      byte[] array,
      int offset,
      int capacity) {
    int at = sequence & mask;
    StoredPacket packet = packets[at];
    RtpCodec codec = codecs[at];
    if (packet == null || codec == null || packet.length() + EXTRA > capacity) {
      return 0;
    }
    int rtx = again && stream.encoding().rtxSsrc() != 0 ? rtxPayloadType(codec) : NONE;
    RtpPacketWriter writer;
    if (rtx < 0) {
      // Without a format for it the packet itself comes again.
      writer =
          builder.begin(
              now,
              stream,
              array,
              offset,
              capacity,
              markers[at],
              codec.payloadType(),
              sequence,
              timestamps[at]);
    } else {
      writer =
          builder.beginRepair(
              now,
              stream,
              array,
              offset,
              capacity,
              markers[at],
              rtx,
              stream.nextRtxSequence(),
              timestamps[at]);
    }
    packet.view(view);
    builder.copyForwardedElements(stream, view, packet.ids());
    int payloadAt = writer.payloadOffset();
    if (rtx >= 0) {
      array[payloadAt] = (byte) (sequence >>> 8);
      array[payloadAt + 1] = (byte) sequence;
      writer.advance(2);
    }
    lastPayload = writePayload(packet, codec, at, array, writer.payloadOffset());
    return writer.advance(lastPayload).finish();
  }

  private int writePayload(StoredPacket packet, RtpCodec codec, int at, byte[] array, int offset) {
    int length = packet.writePayload(array, offset, pictures[at], basePictures[at]);
    if (!packet.codec().is("red") || stream.sender.parameters().kind() == MediaKind.VIDEO) {
      return length;
    }
    // RFC 2198 §3: the blocks name the payload types of the receiver's session.
    int end = offset + length;
    int header = offset;
    int skipped = 0;
    int inner = codec.is("red") ? stream.sender.wrappedType(codec) : NONE;
    while (header < end && array[header] < 0) {
      if (header + RedPayload.HEADER_LENGTH > end) {
        return length;
      }
      skipped += (array[header + 2] & 3) << 8 | array[header + 3] & 0xff;
      array[header] = (byte) (0x80 | inner & 0x7f);
      header += RedPayload.HEADER_LENGTH;
    }
    if (header >= end) {
      return length;
    }
    array[header] = (byte) inner;
    if (inner >= 0) {
      return length;
    }
    // The receiver takes the primary block alone.
    int primary = Math.min(end, header + 1 + skipped);
    System.arraycopy(array, primary, array, offset, end - primary);
    return end - primary;
  }

  private int rtxPayloadType(RtpCodec codec) {
    return stream.sender.rtxType(codec.payloadType());
  }

  @Override
  public int lastPayload() {
    return lastPayload;
  }

  @Override
  public boolean lastWasSeparate() {
    return false;
  }

  @Override
  public void handleLoss(double fraction) {}

  @Override
  public double protectionOverhead(long roundTrip) {
    return 0;
  }
}
