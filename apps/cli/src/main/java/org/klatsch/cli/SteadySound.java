package org.klatsch.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.rooms.MediaSource;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.MediaStreamTrack;

/// Sends the same to all members: a tone, a file, or silence. It begins when the first of them
/// hears it.
final class SteadySound implements CallFeed {
  private static final int RATE_HZ = 48_000;

  /// -15 dBov: clearly heard, far from overload.
  private static final double AMPLITUDE = 8_000;

  /// What is made ahead of being heard.
  private static final Duration AHEAD = Duration.ofMillis(200);

  private final AudioTrackSource source;
  private final Feed feed;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final Thread thread;

  /// Where the samples come from; closed when the sound ends.
  interface Feed extends AutoCloseable {
    /// @param pcm filled from its beginning
    /// @return samples, channels interleaved; 0 at the end
    int next(short[] pcm) throws IOException;

    /// All was heard.
    default void done() {}

    @Override
    default void close() throws IOException {}
  }

  private SteadySound(int rateHz, int channels, Feed feed) {
    this.feed = feed;
    source = new AudioTrackSource(rateHz, channels, AHEAD, "call");
    thread = Thread.ofVirtual().name("klatsch-sound").start(this::run);
  }

  static SteadySound tone(int hz) {
    ToneGenerator generator = new ToneGenerator(RATE_HZ);
    generator.start(AMPLITUDE, hz);
    return new SteadySound(
        RATE_HZ,
        1,
        pcm -> {
          generator.fill(pcm, 0, pcm.length);
          return pcm.length;
        });
  }

  /// Carries DTMF alone.
  static SteadySound silence() {
    return new SteadySound(RATE_HZ, 1, _ -> 0);
  }

  /// @param played called when the file has been heard to its end
  static SteadySound file(Path file, Runnable played) throws IOException {
    WavFeed feed = WavFeed.open(file, played);
    return new SteadySound(feed.rateHz(), feed.channels(), feed);
  }

  private void run() {
    try (feed) {
      begun.await();
      short[] pcm = new short[source.sampleRate() / 50 * source.channels()];
      for (int count = feed.next(pcm); count > 0; count = feed.next(pcm)) {
        if (!source.write(pcm, 0, count)) {
          return;
        }
      }
      var _ = source.drained().thenRun(feed::done);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      org.slf4j.LoggerFactory.getLogger(SteadySound.class).warn("the sound ends early", e);
    }
  }

  @Override
  public MediaSource source() {
    return MediaSource.MIC;
  }

  @Override
  public Optional<MediaStreamTrack> trackFor(String member) {
    return Optional.of(source.track());
  }

  @Override
  public void sent() {
    begun.countDown();
  }

  @Override
  public void close() {
    source.close();
    thread.interrupt();
  }
}
