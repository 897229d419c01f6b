package org.klatsch.webrtc;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file whose tracks are played into calls: WAV, Ogg Opus, WebM, MP4 (H.264, Opus, VP9) and Y4M.
/// Thread-safe.
///
/// Playing begins when all its tracks are listened to, or half a second after the first is, goes in
/// real time, and pauses while nobody listens. Encoded frames are sent as they are if the peer
/// takes their codec, else they are decoded and encoded; for VP8, VP9 and H.264 that needs
/// `klatsch-codecs-ffmpeg`. At the end the tracks end.
public final class MediaFile implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(MediaFile.class.getName());

  /// A call's audio and video are connected one after the other.
  private static final long START_PATIENCE_NANOS = 500_000_000;

  /// A process that stood still does not make up for it.
  private static final long MAX_LATE_NANOS = 200_000_000;

  /// What is kept since the last key frame.
  private static final int MAX_HISTORY = 1_000;

  private final Path path;
  private final boolean repeated;
  private final List<FileTrackSource> sources = new ArrayList<>();
  private final MediaStream stream;
  private final Object lock = new Object();

  // Guarded by the lock.
  private boolean closed;
  private boolean keyFrameWanted;
  private int released;

  // Of the file's thread.
  private FileFeed feed;
  private final ArrayDeque<FileFeed.Piece> again = new ArrayDeque<>();
  private final ArrayDeque<FileFeed.Piece> history = new ArrayDeque<>();
  private long start;

  /// Added to the times of the file: repetitions and rewinding.
  private long shift;

  private long end;

  /// A key frame that is asked for is the last one again.
  private final KeyFrameAllowance rewinds = new KeyFrameAllowance();

  private MediaFile(Path path, FileFeed feed, boolean repeated) {
    this.path = path;
    this.feed = feed;
    this.repeated = repeated;
    String label = String.valueOf(path.getFileName());
    List<MediaStreamTrack> tracks = new ArrayList<>();
    for (FileFeed.Track each : feed.tracks()) {
      FileTrackSource source = new FileTrackSource(this, each, label);
      sources.add(source);
      tracks.add(new MediaStreamTrack(source));
    }
    stream = new MediaStream(tracks);
  }

  /// Plays a file once.
  ///
  /// @throws org.klatsch.codecs.container.MalformedMediaException when it is of no known format or
  ///   damaged
  public static MediaFile open(Path file) throws IOException {
    return open(file, false);
  }

  /// @param repeated whether it begins anew at its end
  /// @throws org.klatsch.codecs.container.MalformedMediaException when it is of no known format or
  ///   damaged
  public static MediaFile open(Path file, boolean repeated) throws IOException {
    MediaFile opened = new MediaFile(file, FileFeed.open(file), repeated);
    Thread.ofVirtual().name("klatsch-file").start(opened::run);
    return opened;
  }

  /// The tracks of the file.
  public MediaStream stream() {
    return stream;
  }

  /// The file's audio; null when it has none.
  public @Nullable MediaStreamTrack audio() {
    return first(stream.getAudioTracks());
  }

  /// The file's video; null when it has none.
  public @Nullable MediaStreamTrack video() {
    return first(stream.getVideoTracks());
  }

  private static @Nullable MediaStreamTrack first(List<MediaStreamTrack> tracks) {
    return tracks.isEmpty() ? null : tracks.getFirst();
  }

  /// Ends the tracks.
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
  }

  void requestKeyFrame() {
    synchronized (lock) {
      keyFrameWanted = true;
      lock.notifyAll();
    }
  }

  /// The last track of a source was stopped.
  void released() {
    synchronized (lock) {
      if (++released == sources.size()) {
        closed = true;
      }
      lock.notifyAll();
    }
  }

  void demandChanged() {
    // Called under the source's lock, which the file's thread takes within its own.
    Thread.ofVirtual()
        .start(() -> {
          synchronized (lock) {
            lock.notifyAll();
          }
        });
  }

  private void run() {
    try {
      awaitStart();
      FileFeed.Piece piece;
      while ((piece = next()) != null && awaitTime(piece)) {
        sources.get(piece.track()).emit(piece, piece.timestampNanos() + shift);
        remember(piece);
      }
      feed.close();
    } catch (IOException e) {
      LOGGER.log(System.Logger.Level.WARNING, path + " ends early: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sources.forEach(FileTrackSource::finish);
    }
  }

  private int listeners() {
    int count = 0;
    for (FileTrackSource each : sources) {
      count += each.isDemanded(true) || each.isDemanded(false) ? 1 : 0;
    }
    return count;
  }

  private void awaitStart() throws InterruptedException {
    synchronized (lock) {
      long first = 0;
      while (!closed) {
        int listening = listeners();
        if (listening == sources.size()) {
          break;
        }
        long now = System.nanoTime();
        if (listening == 0) {
          first = 0;
          lock.wait();
        } else if (first == 0) {
          first = now;
        } else if (now - first >= START_PATIENCE_NANOS) {
          break;
        } else {
          lock.wait((START_PATIENCE_NANOS - (now - first)) / 1_000_000 + 1);
        }
      }
      keyFrameWanted = false;
      start = System.nanoTime();
    }
  }

  private FileFeed.@Nullable Piece next() throws IOException {
    rewind();
    FileFeed.Piece piece = again.poll();
    if (piece == null) {
      piece = feed.next();
    }
    if (piece == null && repeated && end > 0) {
      feed.close();
      feed = FileFeed.open(path);
      shift += end;
      end = 0;
      history.clear();
      piece = feed.next();
    }
    if (piece != null) {
      end = Math.max(end, piece.timestampNanos() + MediaPool.TICK_MILLIS * 1_000_000L);
    }
    return piece;
  }

  /// Goes back to the last key frame for somebody who needs one; time goes on meanwhile.
  private void rewind() {
    boolean wanted;
    synchronized (lock) {
      wanted = keyFrameWanted;
      keyFrameWanted = false;
    }
    if (!wanted || history.isEmpty() || !rewinds.take(System.nanoTime())) {
      return;
    }
    shift += history.getLast().timestampNanos() - history.getFirst().timestampNanos();
    while (!history.isEmpty()) {
      again.addFirst(history.removeLast());
    }
  }

  private void remember(FileFeed.Piece piece) {
    if (piece instanceof FileFeed.Encoded(int track, var packet)) {
      boolean video = sources.get(track).kind().equals("video");
      if (video && packet.keyFrame()) {
        history.clear();
      }
      if (history.isEmpty() ? video && packet.keyFrame() : history.size() < MAX_HISTORY) {
        history.add(piece);
      }
    }
  }

  /// @return false when closed
  private boolean awaitTime(FileFeed.Piece piece) throws InterruptedException {
    long due = piece.timestampNanos() + shift;
    synchronized (lock) {
      while (!closed) {
        long now = System.nanoTime();
        if (listeners() == 0) {
          lock.wait();
          start += System.nanoTime() - now;
          continue;
        }
        long left = start + due - now;
        if (left < -MAX_LATE_NANOS) {
          start -= left;
        }
        if (left <= 0) {
          return true;
        }
        lock.wait(left / 1_000_000, (int) (left % 1_000_000));
      }
    }
    return false;
  }
}
