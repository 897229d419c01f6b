package org.klatsch.codecs.recorder;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.container.FileFormat;
import org.klatsch.codecs.container.MediaPacket;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.container.MediaWriter;

/// One recording. The file begins when every track has told by a frame what it is, or 3 s after the
/// first: a track that is still silent then is left out. Video begins with a key frame, also after
/// a pause. Thread-safe.
public final class Recorder implements AutoCloseable {
  /// How long the first track waits for the others: a key frame that was asked for comes within a
  /// second or two.
  private static final long PATIENCE_NANOS = 3_000_000_000L;

  private static final class Lane {
    @Nullable MediaTrack track;
    boolean gone;
    boolean needsKeyFrame = true;
    long last = -1;
  }

  private record Waiting(int lane, long time, boolean keyFrame, byte[] data) {}

  private final FileFormat format;
  private final WritableByteChannel channel;
  private final List<Lane> lanes = new ArrayList<>();
  private final List<Waiting> waiting = new ArrayList<>();
  private @Nullable MediaWriter writer;
  private long origin;
  private long pausedAt = -1;
  private long pausedNanos;
  private long dropped;
  private boolean closed;

  /// @param channel closed with the recorder; one that can seek gets duration and index
  /// @param tracks how many are expected
  public Recorder(FileFormat format, WritableByteChannel channel, int tracks) {
    if (tracks < 1 || tracks > format.maxTracks()) {
      throw new IllegalArgumentException(
          tracks + " tracks: " + format + " holds 1 to " + format.maxTracks());
    }
    this.format = format;
    this.channel = channel;
    for (int i = 0; i < tracks; i++) {
      lanes.add(new Lane());
    }
  }

  /// Adds a frame.
  ///
  /// @param description what the track is; its number is not looked at
  /// @param lane which of the tracks, from 0
  /// @param timeNanos when it was captured, on a clock that all tracks share
  public synchronized void write(
      int lane, MediaTrack description, long timeNanos, boolean keyFrame, byte[] data)
      throws IOException {
    Lane its = lanes.get(lane);
    if (closed || pausedAt >= 0 || its.gone) {
      return;
    }
    if (its.needsKeyFrame && !keyFrame) {
      dropped++;
      return;
    }
    MediaTrack known = its.track;
    if (known == null) {
      if (writer != null || !format.holds(description.format())) {
        dropped++;
        return;
      }
      its.track =
          new MediaTrack(
              lane + 1,
              description.format(),
              description.width(),
              description.height(),
              description.channels());
    } else if (!known.format().isSameCodec(description.format())) {
      dropped++;
      return;
    }
    its.needsKeyFrame = false;
    long time = timeNanos - pausedNanos;
    waiting.add(new Waiting(lane, time, keyFrame, data));
    if (writer != null || isComplete() || time - waiting.getFirst().time > PATIENCE_NANOS) {
      drain();
    }
  }

  private boolean isComplete() {
    return lanes.stream().allMatch(each -> each.gone || each.track != null);
  }

  private void drain() throws IOException {
    MediaWriter current = writer;
    if (current == null) {
      if (waiting.isEmpty()) {
        return;
      }
      List<MediaTrack> tracks = new ArrayList<>();
      for (Lane each : lanes) {
        if (each.track != null) {
          tracks.add(each.track);
        }
      }
      origin = waiting.stream().mapToLong(Waiting::time).min().orElseThrow();
      current = format.writer(channel, tracks);
      writer = current;
    }
    for (Waiting each : waiting) {
      Lane lane = lanes.get(each.lane);
      // A clock that was put right must not turn time back.
      lane.last = Math.max(lane.last + 1, each.time - origin);
      current.write(new MediaPacket(each.lane + 1, lane.last, each.keyFrame, each.data));
    }
    waiting.clear();
  }

  /// A track has ended: it is not waited for.
  public synchronized void end(int lane) throws IOException {
    lanes.get(lane).gone = true;
    if (!closed && isComplete()) {
      drain();
    }
  }

  /// Leaves out what comes until [#resume].
  public synchronized void pause(long nowNanos) {
    if (pausedAt < 0) {
      pausedAt = nowNanos;
    }
  }

  /// Goes on; the pause takes no time in the file.
  public synchronized void resume(long nowNanos) {
    if (pausedAt >= 0) {
      pausedNanos += nowNanos - pausedAt;
      pausedAt = -1;
      for (Lane each : lanes) {
        each.needsKeyFrame = true;
      }
    }
  }

  /// Hands everything to the channel that can be read already.
  public synchronized void flush() throws IOException {
    MediaWriter current = writer;
    if (current != null && !closed) {
      current.flush();
    }
  }

  /// Frames left out: before a key frame, or of a track or codec that the file does not have.
  public synchronized long dropped() {
    return dropped;
  }

  /// Completes the file.
  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    try {
      drain();
    } finally {
      closed = true;
      MediaWriter current = writer;
      if (current != null) {
        current.close();
      } else {
        channel.close();
      }
    }
  }
}
