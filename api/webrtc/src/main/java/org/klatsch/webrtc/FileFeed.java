package org.klatsch.webrtc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.VideoFrame;
import org.klatsch.codecs.container.MediaPacket;
import org.klatsch.codecs.container.MediaReader;
import org.klatsch.codecs.container.MediaTrack;
import org.klatsch.codecs.container.WavReader;
import org.klatsch.codecs.container.Y4mReader;

/// What a media file holds, piece by piece, whatever its format.
sealed interface FileFeed extends AutoCloseable {
  /// A piece of a track.
  sealed interface Piece {
    /// Index among [#tracks].
    int track();

    /// From the file's beginning.
    long timestampNanos();
  }

  record Samples(int track, long timestampNanos, AudioFrame frame) implements Piece {}

  record Picture(int track, long timestampNanos, VideoFrame frame) implements Piece {}

  record Encoded(int track, MediaPacket packet) implements Piece {
    @Override
    public long timestampNanos() {
      return packet.timestampNanos();
    }
  }

  /// A track of the file.
  ///
  /// @param encoded null when the file holds samples or pictures
  /// @param pcm of samples
  /// @param frameRate of pictures, 0 when unknown
  record Track(
      boolean video,
      @Nullable MediaTrack encoded,
      @Nullable PcmFormat pcm,
      int width,
      int height,
      double frameRate) {}

  List<Track> tracks();

  /// The next piece; null at the end.
  @Nullable Piece next() throws IOException;

  @Override
  void close() throws IOException;

  /// @throws org.klatsch.codecs.container.MalformedMediaException when the file is none of WAV,
  ///   Y4M, Ogg Opus, WebM and MP4, or damaged
  static FileFeed open(Path file) throws IOException {
    String head;
    try (InputStream in = Files.newInputStream(file)) {
      head = new String(in.readNBytes(4), StandardCharsets.ISO_8859_1);
    }
    return switch (head) {
      case "RIFF" -> new Wav(WavReader.open(file));
      case "YUV4" -> new Y4m(Y4mReader.open(file));
      default -> new Frames(MediaReader.open(file));
    };
  }

  /// Samples in pieces of a tick.
  final class Wav implements FileFeed {
    private final WavReader reader;
    private final int frames;
    private long done;

    Wav(WavReader reader) {
      this.reader = reader;
      frames = Math.max(1, reader.format().frames(MediaPool.TICK_MILLIS));
    }

    @Override
    public List<Track> tracks() {
      return List.of(new Track(false, null, reader.format(), 0, 0, 0));
    }

    @Override
    public @Nullable Piece next() throws IOException {
      PcmFormat format = reader.format();
      // A short last piece is filled up with silence.
      short[] pcm = new short[frames * format.channels()];
      int got = 0;
      for (int now; got < frames; got += now) {
        now = reader.read(pcm, got * format.channels(), frames - got);
        if (now == 0) {
          break;
        }
      }
      if (got == 0) {
        return null;
      }
      long nanos = done * 1_000_000_000L / format.rateHz();
      done += frames;
      return new Samples(0, nanos, new AudioFrame(pcm, format.rateHz(), format.channels(), nanos));
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  /// Pictures.
  final class Y4m implements FileFeed {
    private final Y4mReader reader;

    Y4m(Y4mReader reader) {
      this.reader = reader;
    }

    @Override
    public List<Track> tracks() {
      return List.of(
          new Track(true, null, null, reader.width(), reader.height(), reader.framesPerSecond()));
    }

    @Override
    public @Nullable Piece next() throws IOException {
      VideoFrame frame = reader.read();
      return frame == null ? null : new Picture(0, frame.timestampNanos(), frame);
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  /// Encoded frames.
  final class Frames implements FileFeed {
    private final MediaReader reader;
    private final List<MediaTrack> tracks;

    Frames(MediaReader reader) {
      this.reader = reader;
      tracks = reader.tracks();
    }

    @Override
    public List<Track> tracks() {
      return tracks.stream()
          .map(each ->
              new Track(each.format().isVideo(), each, null, each.width(), each.height(), 0))
          .toList();
    }

    @Override
    public @Nullable Piece next() throws IOException {
      MediaPacket packet = reader.read();
      if (packet == null) {
        return null;
      }
      for (int i = 0; i < tracks.size(); i++) {
        if (tracks.get(i).number() == packet.track()) {
          return new Encoded(i, packet);
        }
      }
      throw new IllegalStateException("a frame of track " + packet.track() + " among " + tracks);
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
