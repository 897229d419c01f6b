package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.klatsch.codecs.CodecFormat;

/// Writes WebM straight from encoded frames: Opus, VP8, VP9, AV1. Segment and clusters have no
/// size, as in a live stream, so a file is complete at any moment; where the channel can seek, the
/// duration is kept up to date and closing adds an index.
public final class WebmWriter implements MediaWriter {
  /// Timestamps count milliseconds.
  private static final long SCALE_NANOS = 1_000_000;

  /// A cluster is a place to begin at; each begins with a key frame where there is video.
  private static final long CLUSTER_MS = 1_000;

  /// A block's timestamp is 16 bits relative to its cluster's.
  private static final long MAX_CLUSTER_MS = 30_000;

  /// What is kept back until the first key frame of AV1 has come: some seconds of a call.
  private static final int MAX_WAITING = 1_000;

  /// Room for the element that points at the index.
  private static final int SEEK_ROOM = 60;

  private record Cue(long timeMs, int track, long position) {}

  private final MediaOutput out;
  private final List<MediaTrack> tracks;
  private final boolean hasVideo;
  private final List<Cue> cues = new ArrayList<>();

  /// By track, the configuration of AV1, which its first key frame has and the header needs.
  private final Map<Integer, byte[]> configurations = new HashMap<>();

  /// Packets before the header.
  private final List<MediaPacket> waiting = new ArrayList<>();

  private boolean begun;
  private long segmentStart;
  private long durationAt;
  private long clusterMs = -1;
  private long lastMs;
  private long flushedMs;

  /// @param channel closed with the writer
  public WebmWriter(WritableByteChannel channel, List<MediaTrack> tracks) throws IOException {
    this.tracks = List.copyOf(tracks);
    for (MediaTrack track : tracks) {
      codecId(track.format());
    }
    hasVideo = tracks.stream().anyMatch(t -> t.format().isVideo());
    out = new MediaOutput(channel, ByteOrder.BIG_ENDIAN);
    if (tracks.stream().noneMatch(WebmWriter::isAv1)) {
      begin();
    }
  }

  private static boolean isAv1(MediaTrack track) {
    return codecId(track.format()).equals("V_AV1");
  }

  private void begin() throws IOException {
    begun = true;
    writeHeader();
    out.flush();
    for (MediaPacket each : waiting) {
      put(each);
    }
    waiting.clear();
  }

  /// Replaces a file.
  public static WebmWriter create(Path file, List<MediaTrack> tracks) throws IOException {
    return new WebmWriter(
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE),
        tracks);
  }

  static String codecId(CodecFormat format) {
    return switch (format.mimeType().toLowerCase(Locale.ROOT)) {
      case "audio/opus" -> "A_OPUS";
      case "video/vp8" -> "V_VP8";
      case "video/vp9" -> "V_VP9";
      case "video/av1" -> "V_AV1";
      default -> throw new IllegalArgumentException(format + ": WebM holds Opus, VP8, VP9 and AV1");
    };
  }

  private void writeHeader() {
    int configured = configurations.values().stream().mapToInt(each -> each.length).sum();
    ByteBuffer to = out.room(1_024 + 256 * tracks.size() + configured);
    int header = Ebml.begin(to, Ebml.HEADER);
    Ebml.unsigned(to, Ebml.VERSION, 1);
    Ebml.unsigned(to, Ebml.READ_VERSION, 1);
    Ebml.unsigned(to, Ebml.MAX_ID_LENGTH, 4);
    Ebml.unsigned(to, Ebml.MAX_SIZE_LENGTH, 8);
    Ebml.text(to, Ebml.DOC_TYPE, "webm");
    Ebml.unsigned(to, Ebml.DOC_TYPE_VERSION, 4);
    Ebml.unsigned(to, Ebml.DOC_TYPE_READ_VERSION, 2);
    Ebml.end(to, header);
    Ebml.id(to, Ebml.SEGMENT);
    to.putLong(Ebml.UNKNOWN_SIZE);
    segmentStart = out.position();
    Ebml.bytes(to, Ebml.VOID, new byte[SEEK_ROOM - 9]);
    int info = Ebml.begin(to, Ebml.INFO);
    Ebml.unsigned(to, Ebml.TIMESTAMP_SCALE, SCALE_NANOS);
    Ebml.text(to, Ebml.MUXING_APP, "Klatsch");
    Ebml.text(to, Ebml.WRITING_APP, "Klatsch");
    if (out.isSeekable()) {
      Ebml.floating(to, Ebml.DURATION, 0);
      durationAt = out.position() - 8;
    }
    Ebml.end(to, info);
    int all = Ebml.begin(to, Ebml.TRACKS);
    for (MediaTrack track : tracks) {
      writeTrack(to, track);
    }
    Ebml.end(to, all);
  }

  private void writeTrack(ByteBuffer to, MediaTrack track) {
    int entry = Ebml.begin(to, Ebml.TRACK_ENTRY);
    Ebml.unsigned(to, Ebml.TRACK_NUMBER, track.number());
    Ebml.unsigned(to, Ebml.TRACK_UID, track.number());
    Ebml.unsigned(to, Ebml.TRACK_TYPE, track.format().isVideo() ? 1 : 2);
    Ebml.unsigned(to, Ebml.FLAG_LACING, 0);
    Ebml.text(to, Ebml.CODEC_ID, codecId(track.format()));
    byte[] configuration = configurations.get(track.number());
    if (configuration != null) {
      Ebml.bytes(to, Ebml.CODEC_PRIVATE, configuration);
    }
    if (track.format().isVideo()) {
      int video = Ebml.begin(to, Ebml.VIDEO);
      Ebml.unsigned(to, Ebml.PIXEL_WIDTH, track.width());
      Ebml.unsigned(to, Ebml.PIXEL_HEIGHT, track.height());
      Ebml.end(to, video);
    } else {
      Ebml.bytes(to, Ebml.CODEC_PRIVATE, OpusPackets.head(track.channels(), OpusPackets.PRE_SKIP));
      Ebml.unsigned(
          to, Ebml.CODEC_DELAY, OpusPackets.PRE_SKIP * 1_000_000_000L / OpusPackets.RATE_HZ);
      Ebml.unsigned(to, Ebml.SEEK_PRE_ROLL, OpusPackets.PRE_ROLL_NANOS);
      int audio = Ebml.begin(to, Ebml.AUDIO);
      Ebml.floating(to, Ebml.SAMPLING_FREQUENCY, OpusPackets.RATE_HZ);
      Ebml.unsigned(to, Ebml.CHANNELS, track.channels());
      Ebml.end(to, audio);
    }
    Ebml.end(to, entry);
  }

  @Override
  public void write(MediaPacket packet) throws IOException {
    if (begun) {
      put(packet);
      return;
    }
    MediaTrack track = find(packet.track());
    waiting.add(packet);
    if (isAv1(track) && !configurations.containsKey(track.number())) {
      Av1SequenceHeader.find(packet.data())
          .ifPresent(header -> configurations.put(track.number(), header.record()));
    }
    if (waiting.size() == MAX_WAITING
        || tracks.stream()
            .allMatch(each -> !isAv1(each) || configurations.containsKey(each.number()))) {
      begin();
    }
  }

  private void put(MediaPacket packet) throws IOException {
    MediaTrack track = find(packet.track());
    long ms = Math.max(0, (packet.timestampNanos() + SCALE_NANOS / 2) / SCALE_NANOS);
    long relative = ms - clusterMs;
    boolean beginning =
        packet.keyFrame() && (track.format().isVideo() || !hasVideo) && relative >= CLUSTER_MS;
    if (clusterMs < 0 || beginning || relative > MAX_CLUSTER_MS || relative < Short.MIN_VALUE) {
      beginCluster(ms, packet.track());
      relative = 0;
    }
    ByteBuffer to = out.room(packet.data().length + 24);
    Ebml.id(to, Ebml.SIMPLE_BLOCK);
    Ebml.size(to, packet.data().length + 4L);
    // RFC 9559 §10.2: track as a number of variable length, timestamp, flags.
    to.put((byte) (0x80 | packet.track()))
        .putShort((short) relative)
        .put((byte) (packet.keyFrame() ? 0x80 : 0))
        .put(packet.data());
    lastMs = Math.max(lastMs, ms + duration(track, packet));
    if (lastMs - flushedMs >= 200) {
      flushedMs = lastMs;
      out.flush();
      patchDuration();
    }
  }

  private static long duration(MediaTrack track, MediaPacket packet) {
    return track.format().isVideo()
        ? 0
        : OpusPackets.duration(packet.data(), 0, packet.data().length)
            * 1_000L
            / OpusPackets.RATE_HZ;
  }

  private MediaTrack find(int number) {
    for (MediaTrack track : tracks) {
      if (track.number() == number) {
        return track;
      }
    }
    throw new IllegalArgumentException("track " + number + ": expected one of " + tracks);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  private void beginCluster(long ms, int track) throws IOException {
    if (out.isSeekable()) {
      cues.add(new Cue(ms, track, out.position() - segmentStart));
    }
    ByteBuffer to = out.room(32);
    Ebml.id(to, Ebml.CLUSTER);
    to.putLong(Ebml.UNKNOWN_SIZE);
    Ebml.unsigned(to, Ebml.TIMESTAMP, ms);
    clusterMs = ms;
  }

  private void patchDuration() throws IOException {
    if (!out.isSeekable()) {
      return;
    }
    out.patch(durationAt, ByteBuffer.allocate(8).putDouble((double) lastMs).flip());
  }

  /// The index stands at the end; the room at the beginning then says where.
  private void writeCues() throws IOException {
    long position = out.position() - segmentStart;
    ByteBuffer to = out.room(64 + 64 * cues.size());
    int all = Ebml.begin(to, Ebml.CUES);
    for (Cue cue : cues) {
      int point = Ebml.begin(to, Ebml.CUE_POINT);
      Ebml.unsigned(to, Ebml.CUE_TIME, cue.timeMs());
      int positions = Ebml.begin(to, Ebml.CUE_TRACK_POSITIONS);
      Ebml.unsigned(to, Ebml.CUE_TRACK, cue.track());
      Ebml.unsigned(to, Ebml.CUE_CLUSTER_POSITION, cue.position());
      Ebml.end(to, positions);
      Ebml.end(to, point);
    }
    Ebml.end(to, all);
    out.flush();
    ByteBuffer seek = ByteBuffer.allocate(SEEK_ROOM);
    int head = Ebml.begin(seek, Ebml.SEEK_HEAD);
    int entry = Ebml.begin(seek, Ebml.SEEK);
    Ebml.bytes(seek, Ebml.SEEK_ID, ByteBuffer.allocate(4).putInt(Ebml.CUES).array());
    Ebml.unsigned(seek, Ebml.SEEK_POSITION, position);
    Ebml.end(seek, entry);
    Ebml.end(seek, head);
    Ebml.bytes(seek, Ebml.VOID, new byte[seek.remaining() - 9]);
    out.patch(segmentStart, seek.flip());
  }

  @Override
  public void close() throws IOException {
    try (out) {
      if (!begun) {
        begin();
      }
      out.flush();
      if (out.isSeekable()) {
        patchDuration();
        if (!cues.isEmpty()) {
          writeCues();
        }
      }
    }
  }
}
