package org.klatsch.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.klatsch.rooms.MediaSource;
import org.klatsch.webrtc.AudioTrackSink;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.MediaStreamTrack;

/// Sends to each member what that member says.
final class EchoSound implements CallFeed {
  private static final int RATE_HZ = 48_000;

  /// What may wait: enough for the different beats of both ends, too little to be felt as a delay.
  private static final Duration LIMIT = Duration.ofMillis(200);

  private final Map<String, Mirror> mirrors = new ConcurrentHashMap<>();

  /// One member's sound and where it goes.
  private static final class Mirror implements AutoCloseable {
    final AudioTrackSource source = new AudioTrackSource(RATE_HZ, 1, LIMIT, "echo");
    private @Nullable AudioTrackSink sink;

    synchronized void listen(MediaStreamTrack track) {
      stop();
      sink = new AudioTrackSink(track, RATE_HZ, 1, frame -> source.push(frame.samples()));
    }

    private void stop() {
      AudioTrackSink old = sink;
      if (old != null) {
        old.close();
      }
    }

    @Override
    public synchronized void close() {
      stop();
      source.close();
    }
  }

  private Mirror mirror(String member) {
    return mirrors.computeIfAbsent(member, _ -> new Mirror());
  }

  @Override
  public MediaSource source() {
    return MediaSource.MIC;
  }

  @Override
  public Optional<MediaStreamTrack> trackFor(String member) {
    return Optional.of(mirror(member).source.track());
  }

  @Override
  public void received(String member, MediaStreamTrack track) {
    if (track.kind().equals("audio")) {
      mirror(member).listen(track);
    }
  }

  @Override
  public void left(String member) {
    Mirror mirror = mirrors.remove(member);
    if (mirror != null) {
      mirror.close();
    }
  }

  @Override
  public void close() {
    mirrors.values().forEach(Mirror::close);
  }
}
