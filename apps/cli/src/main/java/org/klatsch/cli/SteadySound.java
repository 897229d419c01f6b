package org.klatsch.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.ToIntFunction;
import org.klatsch.codecs.audio.ToneGenerator;
import org.klatsch.rooms.MediaSource;
import org.klatsch.webrtc.AudioTrackSource;
import org.klatsch.webrtc.MediaStreamTrack;

/// Sends the same to all members: a tone, or silence. It begins when the first of them hears it.
final class SteadySound implements CallFeed {
  private static final int RATE_HZ = 48_000;

  /// -15 dBov: clearly heard, far from overload.
  private static final double AMPLITUDE = 8_000;

  /// What is made ahead of being heard.
  private static final Duration AHEAD = Duration.ofMillis(200);

  private final AudioTrackSource source;
  private final ToIntFunction<short[]> feed;
  private final CountDownLatch begun = new CountDownLatch(1);
  private final Thread thread;

  /// @param feed fills an array and says with how many samples; 0 at the end
  private SteadySound(ToIntFunction<short[]> feed) {
    this.feed = feed;
    source = new AudioTrackSource(RATE_HZ, 1, AHEAD, "call");
    thread = Thread.ofVirtual().name("klatsch-sound").start(this::run);
  }

  static SteadySound tone(int hz) {
    ToneGenerator generator = new ToneGenerator(RATE_HZ);
    generator.start(AMPLITUDE, hz);
    return new SteadySound(pcm -> {
      generator.fill(pcm, 0, pcm.length);
      return pcm.length;
    });
  }

  /// Carries DTMF alone.
  static SteadySound silence() {
    return new SteadySound(_ -> 0);
  }

  private void run() {
    try {
      begun.await();
      short[] pcm = new short[source.sampleRate() / 50 * source.channels()];
      for (int count = feed.applyAsInt(pcm); count > 0; count = feed.applyAsInt(pcm)) {
        if (!source.write(pcm, 0, count)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
