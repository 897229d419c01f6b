package org.klatsch.webrtc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;
import org.klatsch.codecs.PcmFormat;

/// Takes the audio of a track as linear PCM at the rate that the application wants: pushed to a
/// listener, or read in a loop. A peer's track is decoded only while somebody listens.
public final class AudioTrackSink implements AutoCloseable {
  /// What may wait to be read: a reader that is later has lost the conversation.
  private static final Duration READ_LIMIT = Duration.ofSeconds(2);

  private final MediaStreamTrack track;
  private final TrackConsumer consumer;
  private final PcmConverter converter;
  private final @Nullable Consumer<AudioFrame> listener;

  private final ArrayDeque<AudioFrame> queue = new ArrayDeque<>();
  private final int limit;
  private int queued;
  private int headOffset;
  private long dropped;
  private boolean ended;

  /// A sink to be read from.
  ///
  /// @param sampleRate in hertz
  /// @param channels 1 or 2
  public AudioTrackSink(MediaStreamTrack track, int sampleRate, int channels) {
    this(track, sampleRate, channels, null);
  }

  /// A sink that hands every 20 ms of audio to a listener. That runs on a thread that other tracks
  /// need too: it must not block.
  public AudioTrackSink(
      MediaStreamTrack track,
      int sampleRate,
      int channels,
      @Nullable Consumer<AudioFrame> listener) {
    if (!track.kind().equals("audio")) {
      throw new IllegalArgumentException("a track of kind " + track.kind() + ", expected audio");
    }
    this.track = track;
    this.converter = new PcmConverter(new PcmFormat(sampleRate, channels));
    this.listener = listener;
    this.limit = (int) (READ_LIMIT.toMillis() * sampleRate / 1000) * channels;
    this.consumer =
        new TrackConsumer() {
          @Override
          public int sampleRate() {
            return sampleRate;
          }

          @Override
          public void audio(AudioFrame frame) {
            take(frame);
          }

          @Override
          public void ended() {
            finish();
          }
        };
    track.addConsumer(consumer);
  }

  private void take(AudioFrame frame) {
    AudioFrame converted = converter.convert(frame);
    if (converted.samples().length == 0) {
      return;
    }
    Consumer<AudioFrame> receiver = listener;
    if (receiver != null) {
      receiver.accept(converted);
      return;
    }
    synchronized (queue) {
      queue.add(converted);
      queued += converted.samples().length;
      while (queued > limit) {
        int lost = queue.remove().samples().length - headOffset;
        queued -= lost;
        dropped += lost;
        headOffset = 0;
      }
      queue.notifyAll();
    }
  }

  private void finish() {
    synchronized (queue) {
      ended = true;
      queue.notifyAll();
    }
  }

  /// Reads samples, channels interleaved; waits until at least one is there.
  ///
  /// @return how many were read, −1 when the track has ended
  public int read(short[] pcm, int offset, int length) throws InterruptedException {
    synchronized (queue) {
      while (queued == 0) {
        if (ended) {
          return -1;
        }
        queue.wait();
      }
      int done = 0;
      while (done < length && !queue.isEmpty()) {
        short[] head = queue.element().samples();
        int count = Math.min(length - done, head.length - headOffset);
        System.arraycopy(head, headOffset, pcm, offset + done, count);
        done += count;
        headOffset += count;
        if (headOffset == head.length) {
          queue.remove();
          headOffset = 0;
        }
      }
      queued -= done;
      return done;
    }
  }

  /// Samples that came and were not read in time.
  public long dropped() {
    synchronized (queue) {
      return dropped;
    }
  }

  /// Stops listening; the track goes on.
  @Override
  public void close() {
    track.removeConsumer(consumer);
    finish();
  }
}
