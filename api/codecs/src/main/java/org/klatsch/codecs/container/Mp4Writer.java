package org.klatsch.codecs.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes fragmented MP4 straight from encoded frames: H.264 and Opus. Fragments of about a second
/// stand for themselves, so a file is complete up to the last of them at any moment; closing adds
/// an index. Nothing is written before the first key frame with its parameter sets.
public final class Mp4Writer implements MediaWriter {
  /// A key frame begins a fragment that far behind the last beginning,
  private static final long KEY_FRAGMENT_NANOS = 500_000_000;

  /// any other frame this far: so much a kill may cost.
  private static final long FRAGMENT_NANOS = 1_000_000_000;

  /// ISO/IEC 14496-12 §8.8.3.1: depends on no other; depends on others and is no sync sample.
  private static final int KEY_FLAGS = 0x0200_0000;

  private static final int DELTA_FLAGS = 0x0101_0000;

  private record Sample(byte[] data, long time, boolean keyFrame) {}

  /// @param number of the track's run among those of its fragment, from 1
  private record Fragment(long time, long position, int number) {}

  private static final class Track {
    final MediaTrack description;
    final List<Sample> samples = new ArrayList<>();
    final List<Fragment> fragments = new ArrayList<>();
    long lastTime = -1;
    int lastDuration;

    Track(MediaTrack description) {
      this.description = description;
      lastDuration = Mp4Boxes.scale(description) / (description.format().isVideo() ? 30 : 50);
    }
  }

  private final MediaOutput out;
  private final List<MediaTrack> descriptions;
  private final List<Track> tracks = new ArrayList<>();
  private final boolean hasVideo;
  private List<byte[]> headerSets = List.of();
  private boolean headerWritten;
  private long durationAt;
  private int sequence;
  private long originNanos;
  private long fragmentNanos;
  private long endMs;

  /// @param channel closed with the writer
  public Mp4Writer(WritableByteChannel channel, List<MediaTrack> tracks) {
    descriptions = List.copyOf(tracks);
    for (MediaTrack track : tracks) {
      String name = track.format().encodingName();
      if (!name.equalsIgnoreCase("H264") && !name.equalsIgnoreCase("opus")) {
        throw new IllegalArgumentException(track.format() + ": MP4 holds H264 and Opus here");
      }
      this.tracks.add(new Track(track));
    }
    hasVideo = tracks.stream().anyMatch(t -> t.format().isVideo());
    out = new MediaOutput(channel, ByteOrder.BIG_ENDIAN);
  }

  /// Replaces a file.
  public static Mp4Writer create(Path file, List<MediaTrack> tracks) throws IOException {
    return new Mp4Writer(
        Files.newByteChannel(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE),
        tracks);
  }

  /// Appends a frame; H.264 with the start codes of Annex B. Within a track time goes forward.
  @Override
  public void write(MediaPacket packet) throws IOException {
    Track track = find(packet.track());
    boolean video = track.description.format().isVideo();
    List<byte[]> nals = video ? H264Nals.split(packet.data()) : List.of();
    if (!headerWritten && !begin(packet, nals, video)) {
      return;
    }
    long nanos = packet.timestampNanos() - originNanos;
    if (nanos < 0) {
      return;
    }
    boolean keyFrame = packet.keyFrame() && (video || !hasVideo);
    long length = nanos - fragmentNanos;
    if (keyFrame && length >= KEY_FRAGMENT_NANOS || length >= FRAGMENT_NANOS) {
      writeFragment();
      fragmentNanos = nanos;
    }
    int scale = Mp4Boxes.scale(track.description);
    long time = nanos / 1_000 * scale / 1_000_000;
    if (time <= track.lastTime) {
      time = track.lastTime + 1;
    }
    track.lastTime = time;
    byte[] data = video ? H264Nals.sample(nals, headerSets) : packet.data();
    track.samples.add(new Sample(data, time, packet.keyFrame() || !video));
  }

  private Track find(int number) {
    for (Track track : tracks) {
      if (track.description.number() == number) {
        return track;
      }
    }
    throw new IllegalArgumentException("track " + number + ": expected one of " + descriptions);
  }

  /// Writes the header when what it needs is there.
  private boolean begin(MediaPacket packet, List<byte[]> nals, boolean video) throws IOException {
    byte[] configuration = new byte[0];
    if (hasVideo) {
      byte[] sps = first(nals, H264Nals.SPS);
      byte[] pps = first(nals, H264Nals.PPS);
      if (!video || !packet.keyFrame() || sps == null || sps.length < 4 || pps == null) {
        return false;
      }
      configuration = H264Nals.configuration(sps, pps);
      headerSets = List.of(sps, pps);
    }
    ByteBuffer to = out.room(1_024 + 1_024 * tracks.size() + configuration.length);
    Mp4Boxes.fileType(to);
    durationAt = Mp4Boxes.movie(to, descriptions, configuration);
    out.flush();
    originNanos = packet.timestampNanos();
    headerWritten = true;
    return true;
  }

  private static byte @Nullable [] first(List<byte[]> nals, int type) {
    for (byte[] nal : nals) {
      if (H264Nals.type(nal) == type) {
        return nal;
      }
    }
    return null;
  }

  private void writeFragment() throws IOException {
    int samples = 0;
    long bytes = 0;
    for (Track track : tracks) {
      samples += track.samples.size();
      for (Sample sample : track.samples) {
        bytes += sample.data().length;
      }
    }
    if (samples == 0) {
      return;
    }
    long position = out.position();
    ByteBuffer to = out.room((int) (bytes + 128 + 128L * tracks.size() + 12L * samples));
    int moof = Mp4Boxes.begin(to, "moof");
    int header = Mp4Boxes.begin(to, "mfhd", 0, 0);
    to.putInt(++sequence);
    Mp4Boxes.end(to, header);
    List<Integer> offsetsAt = new ArrayList<>();
    for (Track track : tracks) {
      if (!track.samples.isEmpty()) {
        offsetsAt.add(writeRun(to, track));
        if (track.samples.getFirst().keyFrame()) {
          track.fragments.add(
              new Fragment(track.samples.getFirst().time(), position, offsetsAt.size()));
        }
      }
    }
    Mp4Boxes.end(to, moof);
    int data = Mp4Boxes.begin(to, "mdat");
    int run = 0;
    for (Track track : tracks) {
      if (!track.samples.isEmpty()) {
        to.putInt(offsetsAt.get(run++), to.position() - moof);
        for (Sample sample : track.samples) {
          to.put(sample.data());
        }
        track.samples.clear();
      }
    }
    Mp4Boxes.end(to, data);
    out.flush();
    if (out.isSeekable()) {
      out.patch(durationAt, ByteBuffer.allocate(8).putLong(endMs).flip());
    }
  }

  /// @return where the offset of the run's data stands
  private int writeRun(ByteBuffer to, Track track) {
    int fragment = Mp4Boxes.begin(to, "traf");
    // Offsets count from the beginning of this fragment.
    int header = Mp4Boxes.begin(to, "tfhd", 0, 0x02_0000);
    to.putInt(track.description.number());
    Mp4Boxes.end(to, header);
    int time = Mp4Boxes.begin(to, "tfdt", 1, 0);
    to.putLong(track.samples.getFirst().time());
    Mp4Boxes.end(to, time);
    // With offset, and per sample duration, size and flags.
    int run = Mp4Boxes.begin(to, "trun", 0, 0x701);
    to.putInt(track.samples.size());
    int offsetAt = to.position();
    to.putInt(0);
    for (int i = 0; i < track.samples.size(); i++) {
      Sample sample = track.samples.get(i);
      if (i + 1 < track.samples.size()) {
        track.lastDuration = (int) (track.samples.get(i + 1).time() - sample.time());
      }
      to.putInt(track.lastDuration).putInt(sample.data().length);
      to.putInt(sample.keyFrame() ? KEY_FLAGS : DELTA_FLAGS);
    }
    Mp4Boxes.end(to, run);
    Mp4Boxes.end(to, fragment);
    long end = track.samples.getLast().time() + track.lastDuration;
    endMs = Math.max(endMs, end * Mp4Boxes.MOVIE_SCALE / Mp4Boxes.scale(track.description));
    return offsetAt;
  }

  /// Movie fragment random access, ISO/IEC 14496-12 §8.8.9 to 8.8.11.
  private void writeIndex() {
    int entries = 0;
    for (Track track : tracks) {
      entries += track.fragments.size();
    }
    ByteBuffer to = out.room(64 + 32 * tracks.size() + 20 * entries);
    int index = Mp4Boxes.begin(to, "mfra");
    for (Track track : tracks) {
      int box = Mp4Boxes.begin(to, "tfra", 1, 0);
      to.putInt(track.description.number()).putInt(0).putInt(track.fragments.size());
      for (Fragment fragment : track.fragments) {
        to.putLong(fragment.time()).putLong(fragment.position());
        to.put((byte) fragment.number()).put((byte) 1).put((byte) 1);
      }
      Mp4Boxes.end(to, box);
    }
    int offset = Mp4Boxes.begin(to, "mfro", 0, 0);
    to.putInt(to.position() + 4 - index);
    Mp4Boxes.end(to, offset);
    Mp4Boxes.end(to, index);
  }

  /// Ends the fragment under way.
  @Override
  public void flush() throws IOException {
    if (headerWritten) {
      writeFragment();
    }
    out.flush();
  }

  @Override
  public void close() throws IOException {
    try (out) {
      if (headerWritten) {
        writeFragment();
        writeIndex();
      }
    }
  }
}
