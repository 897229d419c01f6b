package org.klatsch.webrtc;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.klatsch.codecs.PcmFormat;
import org.klatsch.codecs.audio.Mixer;
import org.klatsch.codecs.audio.PcmQueue;
import org.klatsch.codecs.device.Playback;

/// Plays tracks on a loudspeaker, mixed, as audio elements of a browser do. Thread-safe.
public final class AudioPlayer implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(AudioPlayer.class.getName());

  private static final int RATE_HZ = 48_000;
  private static final int CHANNELS = 2;
  private static final int TICK_FRAMES = RATE_HZ * MediaPool.TICK_MILLIS / 1000;

  /// The clock of the loudspeaker is another than the one that samples come by. They wait here for
  /// two ticks first, and what is more than six is left out.
  private static final int CUSHION_FRAMES = 2 * TICK_FRAMES;

  private static final int MOST_FRAMES = 6 * TICK_FRAMES;

  private final Playback playback;
  private final Map<MediaStreamTrack, Voice> voices = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /// One track and what waits of it.
  private static final class Voice implements AutoCloseable {
    private final PcmQueue queue = new PcmQueue(RATE_HZ, CHANNELS, MOST_FRAMES);
    private final AudioTrackSink sink;
    private boolean flowing;

    Voice(MediaStreamTrack track) {
      sink =
          new AudioTrackSink(
              track,
              RATE_HZ,
              CHANNELS,
              frame -> {
                int taken = queue.write(frame.samples(), 0, frame.frames());
                if (taken < frame.frames()) {
                  // The loudspeaker is slower, or stood still: catch up at once.
                  queue.flush();
                }
              });
    }

    /// @return whether there is anything to be heard
    boolean read(short[] pcm) {
      flowing = flowing ? queue.queuedFrames() > 0 : queue.queuedFrames() >= CUSHION_FRAMES;
      if (flowing) {
        queue.read(pcm, 0, TICK_FRAMES);
      }
      return flowing;
    }

    @Override
    public void close() {
      sink.close();
    }
  }

  AudioPlayer(Speaker speaker) throws IOException {
    playback = speaker.output().open(new PcmFormat(RATE_HZ, CHANNELS));
    Thread.ofPlatform().daemon().name("klatsch-speaker").start(this::run);
  }

  /// Plays a track from now on, until it ends.
  public void add(MediaStreamTrack track) {
    if (!closed) {
      voices.computeIfAbsent(track, Voice::new);
    }
  }

  /// Plays a track no longer.
  public void remove(MediaStreamTrack track) {
    Voice voice = voices.remove(track);
    if (voice != null) {
      voice.close();
    }
  }

  private void run() {
    Mixer mixer = new Mixer(TICK_FRAMES * CHANNELS);
    short[] pcm = new short[TICK_FRAMES * CHANNELS];
    try {
      while (!closed) {
        mixer.clear();
        voices.forEach((track, voice) -> {
          if (voice.read(pcm)) {
            mixer.add(pcm, 0);
          } else if (track.readyState() == MediaStreamTrackState.ENDED) {
            remove(track);
          }
        });
        mixer.mix(pcm, 0);
        playback.write(pcm, 0, pcm.length);
      }
    } catch (IOException e) {
      if (!closed) {
        LOGGER.log(System.Logger.Level.WARNING, "the loudspeaker is silent: " + e.getMessage());
      }
    }
  }

  /// Falls silent; the tracks go on.
  @Override
  public void close() {
    closed = true;
    voices.keySet().forEach(this::remove);
    playback.close();
  }
}
