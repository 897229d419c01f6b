package org.klatsch.codecs.container;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.CodecFormat;

/// Reads the frames of a WebM or Matroska file from front to back, live ones included. Tracks of
/// other codecs than WebM's are left out.
public final class WebmReader implements MediaReader {
  /// No frame of a call is larger.
  private static final long MAX_BLOCK = 16 << 20;

  private static final long MAX_HEADER = 1 << 20;
  private static final int MAX_TRACKS = 64;

  private final InputStream in;
  private final List<MediaTrack> tracks = new ArrayList<>();
  private final Queue<MediaPacket> packets = new ArrayDeque<>();
  private long scaleNanos = 1_000_000;
  private double durationTicks;
  private long clusterTicks;
  private boolean inClusters;

  /// Of the element read last.
  private long size;

  /// @param in closed with the reader
  public WebmReader(InputStream in) throws IOException {
    this.in = new BufferedInputStream(in, 1 << 16);
    if (nextId() != Ebml.HEADER || size > MAX_HEADER) {
      throw new MalformedMediaException("no WebM file: does not begin with 1a 45 df a3");
    }
    ByteBuffer header = body();
    while (header.hasRemaining()) {
      int id = id(header);
      ByteBuffer value = child(header);
      if (id == Ebml.DOC_TYPE) {
        String type = text(value);
        if (!type.equals("webm") && !type.equals("matroska")) {
          throw new MalformedMediaException("EBML of type " + type + ": expected webm");
        }
      }
    }
    while (!inClusters && step()) {
      // The tracks stand before the first cluster.
    }
    if (tracks.isEmpty()) {
      throw new MalformedMediaException("no track of Opus, VP8, VP9 or AV1");
    }
  }

  public static WebmReader open(Path file) throws IOException {
    return new WebmReader(Files.newInputStream(file));
  }

  @Override
  public List<MediaTrack> tracks() {
    return List.copyOf(tracks);
  }

  /// As the header says; 0 when it does not.
  public long durationNanos() {
    return (long) (durationTicks * scaleNanos);
  }

  /// The next frame of any track; null at the end.
  @Override
  public @Nullable MediaPacket read() throws IOException {
    while (packets.isEmpty()) {
      if (!step()) {
        return null;
      }
    }
    return packets.remove();
  }

  /// Handles one element; false at the end. Levels do not matter: the elements that hold others are
  /// simply entered.
  private boolean step() throws IOException {
    long id = nextId();
    if (id < 0) {
      return false;
    }
    switch ((int) id) {
      case Ebml.SEGMENT -> {}
      case Ebml.CLUSTER -> inClusters = true;
      case Ebml.INFO -> parseInfo(header());
      case Ebml.TRACKS -> parseTracks(header());
      case Ebml.TIMESTAMP -> clusterTicks = unsigned(header());
      case Ebml.SIMPLE_BLOCK -> {
        ByteBuffer block = block();
        if (block == null) {
          return false;
        }
        parseBlock(block, block.limit() > 3 && trackFlags(block) < 0);
      }
      case Ebml.BLOCK_GROUP -> {
        ByteBuffer group = block();
        if (group == null) {
          return false;
        }
        parseGroup(group);
      }
      default -> {
        if (size == Ebml.UNKNOWN_SIZE) {
          throw new MalformedMediaException("element %x without a size".formatted(id));
        }
        skip(size);
      }
    }
    return true;
  }

  private ByteBuffer header() throws IOException {
    if (size > MAX_HEADER) {
      throw new MalformedMediaException("header element of " + size + " bytes");
    }
    return body();
  }

  private @Nullable ByteBuffer block() throws IOException {
    if (size > MAX_BLOCK) {
      throw new MalformedMediaException("frame of " + size + " bytes");
    }
    byte[] bytes = in.readNBytes((int) size);
    // A kill may have cut the last frame.
    return bytes.length < size ? null : ByteBuffer.wrap(bytes);
  }

  private ByteBuffer body() throws IOException {
    byte[] bytes = in.readNBytes((int) size);
    if (bytes.length < size) {
      throw new MalformedMediaException("the file ends within its header");
    }
    return ByteBuffer.wrap(bytes);
  }

  private void skip(long count) throws IOException {
    for (long left = count; left > 0; ) {
      long skipped = in.skip(left);
      if (skipped <= 0) {
        if (in.read() < 0) {
          return;
        }
        skipped = 1;
      }
      left -= skipped;
    }
  }

  /// Reads an element's identifier and size; -1 at the end.
  private long nextId() throws IOException {
    int first = in.read();
    if (first < 0) {
      return -1;
    }
    int length = Integer.numberOfLeadingZeros(first) - 23;
    if (length > 4) {
      throw new MalformedMediaException("%x begins no element".formatted(first));
    }
    long id = first;
    for (int i = 1; i < length; i++) {
      id = id << 8 | in.read() & 0xff;
    }
    int head = in.read();
    if (head < 0) {
      return -1;
    }
    int bytes = Integer.numberOfLeadingZeros(head) - 23;
    if (bytes > 8) {
      throw new MalformedMediaException("%x begins no size".formatted(head));
    }
    long value = head & 0xff >> bytes;
    for (int i = 1; i < bytes; i++) {
      int next = in.read();
      if (next < 0) {
        return -1;
      }
      value = value << 8 | next;
    }
    boolean unknown = value == (1L << 7 * bytes) - 1;
    size = unknown ? Ebml.UNKNOWN_SIZE : value;
    return id;
  }

  private void parseInfo(ByteBuffer info) throws IOException {
    while (info.hasRemaining()) {
      int id = id(info);
      ByteBuffer value = child(info);
      if (id == Ebml.TIMESTAMP_SCALE) {
        scaleNanos = Math.clamp(unsigned(value), 1, 1_000_000_000);
      } else if (id == Ebml.DURATION) {
        durationTicks = Math.clamp(floating(value), 0, 1e15);
      }
    }
  }

  private void parseTracks(ByteBuffer all) throws IOException {
    while (all.hasRemaining()) {
      int id = id(all);
      ByteBuffer entry = child(all);
      if (id == Ebml.TRACK_ENTRY && tracks.size() < MAX_TRACKS) {
        parseTrack(entry);
      }
    }
  }

  private void parseTrack(ByteBuffer entry) throws IOException {
    int number = 0;
    int width = 0;
    int height = 0;
    int channels = 1;
    String codec = "";
    while (entry.hasRemaining()) {
      int id = id(entry);
      ByteBuffer value = child(entry);
      switch (id) {
        case Ebml.TRACK_NUMBER -> number = (int) unsigned(value);
        case Ebml.CODEC_ID -> codec = text(value);
        case Ebml.VIDEO -> {
          while (value.hasRemaining()) {
            int inner = id(value);
            ByteBuffer side = child(value);
            if (inner == Ebml.PIXEL_WIDTH) {
              width = (int) unsigned(side);
            } else if (inner == Ebml.PIXEL_HEIGHT) {
              height = (int) unsigned(side);
            }
          }
        }
        case Ebml.AUDIO -> {
          while (value.hasRemaining()) {
            int inner = id(value);
            ByteBuffer side = child(value);
            if (inner == Ebml.CHANNELS) {
              channels = (int) unsigned(side);
            }
          }
        }
        default -> {}
      }
    }
    switch (codec) {
      case "A_OPUS" -> tracks.add(MediaTrack.audio(number, CodecFormat.OPUS, channels));
      case "V_VP8" -> tracks.add(MediaTrack.video(number, CodecFormat.VP8, width, height));
      case "V_VP9" -> tracks.add(MediaTrack.video(number, CodecFormat.VP9, width, height));
      case "V_AV1" ->
          tracks.add(
              MediaTrack.video(
                  number, new CodecFormat("video/AV1", 90_000, 0, Map.of()), width, height));
      default -> {}
    }
  }

  private void parseGroup(ByteBuffer group) throws IOException {
    ByteBuffer block = null;
    boolean keyFrame = true;
    while (group.hasRemaining()) {
      int id = id(group);
      ByteBuffer value = child(group);
      if (id == Ebml.BLOCK) {
        block = value;
      } else if (id == Ebml.REFERENCE_BLOCK) {
        keyFrame = false;
      }
    }
    if (block != null) {
      parseBlock(block, keyFrame);
    }
  }

  /// The flags behind a block's track number and timestamp, RFC 9559 §10.2.
  private static byte trackFlags(ByteBuffer block) {
    int length = Integer.numberOfLeadingZeros(block.get(0) & 0xff) - 23;
    return length + 2 < block.limit() ? block.get(length + 2) : 0;
  }

  private void parseBlock(ByteBuffer block, boolean keyFrame) throws IOException {
    long number = number(block);
    if (block.remaining() < 3) {
      throw new MalformedMediaException("frame without a header");
    }
    long ticks = clusterTicks + block.getShort();
    int lacing = block.get() >> 1 & 3;
    if (tracks.stream().noneMatch(t -> t.number() == number)) {
      return;
    }
    long nanos = Math.max(0, ticks) * scaleNanos;
    for (byte[] frame : Lacing.frames(block, lacing)) {
      packets.add(new MediaPacket((int) number, nanos, keyFrame, frame));
      // Only audio is laced; its packets say how long they are.
      nanos += OpusPackets.duration(frame, 0, frame.length) * 1_000_000_000L / OpusPackets.RATE_HZ;
    }
  }

  private static int id(ByteBuffer from) throws IOException {
    int first = from.get() & 0xff;
    int length = Integer.numberOfLeadingZeros(first) - 23;
    if (length > 4 || from.remaining() < length - 1) {
      throw new MalformedMediaException("%x begins no element".formatted(first));
    }
    int id = first;
    for (int i = 1; i < length; i++) {
      id = id << 8 | from.get() & 0xff;
    }
    return id;
  }

  private static ByteBuffer child(ByteBuffer from) throws IOException {
    long length = number(from);
    if (length > from.remaining()) {
      throw new MalformedMediaException(
          "element of %d bytes where %d are left".formatted(length, from.remaining()));
    }
    ByteBuffer child = from.slice(from.position(), (int) length);
    from.position(from.position() + (int) length);
    return child;
  }

  /// A number of variable length, RFC 8794 §4.
  static long number(ByteBuffer from) throws IOException {
    if (!from.hasRemaining()) {
      throw new MalformedMediaException("a number is missing");
    }
    int first = from.get() & 0xff;
    int length = Integer.numberOfLeadingZeros(first) - 23;
    if (length > 8 || from.remaining() < length - 1) {
      throw new MalformedMediaException("%x begins no number".formatted(first));
    }
    long value = first & 0xff >> length;
    for (int i = 1; i < length; i++) {
      value = value << 8 | from.get() & 0xff;
    }
    return value;
  }

  private static long unsigned(ByteBuffer value) {
    long number = 0;
    while (value.hasRemaining()) {
      number = number << 8 | value.get() & 0xff;
    }
    return number;
  }

  private static double floating(ByteBuffer value) {
    return switch (value.remaining()) {
      case 4 -> value.getFloat();
      case 8 -> value.getDouble();
      default -> 0;
    };
  }

  private static String text(ByteBuffer value) {
    return StandardCharsets.UTF_8.decode(value).toString().replace("\0", "");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
