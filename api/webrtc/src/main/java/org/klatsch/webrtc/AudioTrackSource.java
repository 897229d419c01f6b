package org.klatsch.webrtc;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.klatsch.codecs.AudioFrame;

/// Audio from the application: linear PCM at any rate, which is resampled to what a codec needs.
///
/// Samples wait in a queue and leave it in real time, 20 ms at once, while somebody listens to the
/// track; when it is empty, silence follows. So speech may be pushed as fast as it is made, and
/// taken back with [#clear] when the other side interrupts. Thread-safe.
public final class AudioTrackSource extends TrackSource implements AutoCloseable {
  /// Room for a long spoken answer; at 48 kHz in stereo that is 11 MB.
  public static final Duration DEFAULT_LIMIT = Duration.ofSeconds(60);

  private static final float FULL_SCALE = 32768;

  private final int sampleRate;
  private final int channels;
  private final int limit;
  private final int tickSamples;
  private final MediaStreamTrack track;

  private final ArrayDeque<short[]> queue = new ArrayDeque<>();

  /// Samples of the first array that are gone.
  private int headOffset;

  private int queued;
  private long dropped;
  private long emitted;
  private @Nullable CompletableFuture<@Nullable Void> drained;
  private MediaPool.@Nullable Ticker ticker;

  /// Mono or stereo with room for a minute.
  public AudioTrackSource(int sampleRate, int channels) {
    this(sampleRate, channels, DEFAULT_LIMIT, "");
  }

  /// @param sampleRate in hertz, a multiple of 50 from 8,000 to 192,000
  /// @param channels 1 or 2
  /// @param limit how much may wait
  /// @param label of the track
  public AudioTrackSource(int sampleRate, int channels, Duration limit, String label) {
    super("audio", label, new TaskList(null, "klatsch-track"));
    if (sampleRate < 8_000 || sampleRate > 192_000 || sampleRate % 50 != 0) {
      throw new IllegalArgumentException(
          "sampleRate " + sampleRate + ", expected a multiple of 50 from 8000 to 192000");
    }
    if (channels != 1 && channels != 2) {
      throw new IllegalArgumentException("channels " + channels + ", expected 1 or 2");
    }
    this.sampleRate = sampleRate;
    this.channels = channels;
    this.limit =
        (int) Math.min(Integer.MAX_VALUE / 2, limit.toMillis() * sampleRate / 1000) * channels;
    this.tickSamples = sampleRate * MediaPool.TICK_MILLIS / 1000 * channels;
    this.track = new MediaStreamTrack(this);
  }

  /// The track with this audio.
  public MediaStreamTrack track() {
    return track;
  }

  public int sampleRate() {
    return sampleRate;
  }

  public int channels() {
    return channels;
  }

  /// Appends samples, channels interleaved; they are copied. What exceeds the limit is dropped and
  /// counted.
  public void push(short[] pcm) {
    push(pcm, 0, pcm.length);
  }

  public void push(short[] pcm, int offset, int length) {
    short[] copy = java.util.Arrays.copyOfRange(pcm, offset, offset + length);
    synchronized (queue) {
      int taken = append(copy);
      dropped += length - taken;
    }
  }

  /// Appends samples from −1 to 1.
  public void push(float[] pcm) {
    push(toShorts(pcm));
  }

  /// Appends samples and waits for room, so that a file can be played in a loop of reads and
  /// writes.
  ///
  /// @return false when the source was closed
  public boolean write(short[] pcm, int offset, int length) throws InterruptedException {
    int done = 0;
    synchronized (queue) {
      while (done < length) {
        if (hasEnded()) {
          return false;
        }
        int count = Math.min(length - done, limit - queued);
        if (count <= 0) {
          queue.wait();
          continue;
        }
        int from = offset + done;
        append(java.util.Arrays.copyOfRange(pcm, from, from + count));
        done += count;
      }
    }
    return true;
  }

  public boolean write(short[] pcm) throws InterruptedException {
    return write(pcm, 0, pcm.length);
  }

  private static short[] toShorts(float[] pcm) {
    short[] shorts = new short[pcm.length];
    for (int i = 0; i < pcm.length; i++) {
      shorts[i] =
          (short) Math.clamp(Math.round(pcm[i] * FULL_SCALE), Short.MIN_VALUE, Short.MAX_VALUE);
    }
    return shorts;
  }

  private int append(short[] samples) {
    int room = hasEnded() ? 0 : limit - queued;
    short[] taken =
        samples.length <= room ? samples : java.util.Arrays.copyOf(samples, Math.max(0, room));
    if (taken.length > 0) {
      queue.add(taken);
      queued += taken.length;
    }
    return taken.length;
  }

  /// How much waits to be heard.
  public Duration buffered() {
    synchronized (queue) {
      return Duration.ofNanos(queued / channels * 1_000_000_000L / sampleRate);
    }
  }

  /// Forgets what was not heard yet: the listener interrupts.
  ///
  /// @return how much that was
  public Duration clear() {
    CompletableFuture<@Nullable Void> waiting;
    Duration left;
    synchronized (queue) {
      left = buffered();
      queue.clear();
      headOffset = 0;
      queued = 0;
      waiting = takeDrained();
      queue.notifyAll();
    }
    complete(waiting);
    return left;
  }

  /// Completes when the queue is empty.
  public CompletableFuture<@Nullable Void> drained() {
    synchronized (queue) {
      if (queued == 0) {
        return CompletableFuture.completedFuture(null);
      }
      CompletableFuture<@Nullable Void> future = drained;
      if (future == null) {
        future = new CompletableFuture<>();
        drained = future;
      }
      return future.copy();
    }
  }

  /// Samples dropped by [#push].
  public long dropped() {
    synchronized (queue) {
      return dropped;
    }
  }

  private @Nullable CompletableFuture<@Nullable Void> takeDrained() {
    CompletableFuture<@Nullable Void> future = drained;
    drained = null;
    return future;
  }

  private void complete(@Nullable CompletableFuture<@Nullable Void> waiting) {
    if (waiting != null) {
      tasks().settle(() -> waiting.complete(null));
    }
  }

  private void tick() {
    short[] pcm = new short[tickSamples];
    CompletableFuture<@Nullable Void> waiting = null;
    synchronized (queue) {
      int filled = 0;
      while (filled < pcm.length && !queue.isEmpty()) {
        short[] head = queue.element();
        int count = Math.min(pcm.length - filled, head.length - headOffset);
        System.arraycopy(head, headOffset, pcm, filled, count);
        filled += count;
        headOffset += count;
        if (headOffset == head.length) {
          queue.remove();
          headOffset = 0;
        }
      }
      queued -= filled;
      if (queued == 0) {
        waiting = takeDrained();
      }
      queue.notifyAll();
    }
    long at = emitted / channels * 1_000_000_000L / sampleRate;
    emitted += tickSamples;
    emit(new AudioFrame(pcm, sampleRate, channels, at));
    complete(waiting);
  }

  @Override
  void demandChanged(boolean wanted) {
    MediaPool.Ticker current = ticker;
    if (wanted) {
      ticker = MediaPool.ticker(this::tick);
    } else if (current != null) {
      current.close();
      ticker = null;
    }
  }

  @Override
  Map<String, Object> capabilities() {
    return Map.of(
        "sampleRate", new ULongRange(sampleRate, sampleRate),
        "channelCount", new ULongRange(channels, channels),
        "sampleSize", new ULongRange(16, 16));
  }

  @Override
  Map<String, Object> settings() {
    return Map.of("sampleRate", sampleRate, "channelCount", channels, "sampleSize", 16);
  }

  /// Ends the track, without what still waits.
  @Override
  public void close() {
    end();
    clear();
  }
}
