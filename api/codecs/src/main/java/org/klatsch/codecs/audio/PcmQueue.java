package org.klatsch.codecs.audio;

import java.util.concurrent.locks.ReentrantLock;

/// PCM between a producer that is ahead (a file, synthesised speech) and the clock of a call. When
/// the other side barges in, [#flush] drops what is queued; what is heard then fades within 5 ms
/// instead of clicking. One channel or several, interleaved; any threads.
public final class PcmQueue {
  private final ReentrantLock lock = new ReentrantLock();
  private final int channels;
  private final short[] ring;

  /// What still fades away after a flush, heard together with whatever is queued next.
  private final short[] tail;

  private int tailPosition;
  private int head;
  private int queued;
  private long played;

  /// @param capacityFrames how far the producer may be ahead
  public PcmQueue(int rateHz, int channels, int capacityFrames) {
    if (rateHz <= 0 || channels <= 0 || capacityFrames <= 0) {
      throw new IllegalArgumentException(
          "rate %d Hz, %d channels, capacity %d: expected positive"
              .formatted(rateHz, channels, capacityFrames));
    }
    this.channels = channels;
    ring = new short[capacityFrames * channels];
    tail = new short[Math.max(1, rateHz / 200) * channels];
    tailPosition = tail.length;
  }

  /// Appends what fits.
  ///
  /// @return frames taken; fewer than given when the queue is full
  public int write(short[] pcm, int offset, int frames) {
    lock.lock();
    try {
      int count = Math.min(frames, ring.length / channels - queued);
      int at = (head + queued * channels) % ring.length;
      for (int i = 0; i < count * channels; i++) {
        ring[at] = pcm[offset + i];
        at = at + 1 == ring.length ? 0 : at + 1;
      }
      queued += count;
      return count;
    } finally {
      lock.unlock();
    }
  }

  /// Takes so many frames; what is missing is silence.
  ///
  /// @return frames that were queued
  public int read(short[] out, int offset, int frames) {
    lock.lock();
    try {
      int count = Math.min(frames, queued);
      for (int i = 0; i < frames * channels; i++) {
        int sample = 0;
        if (i < count * channels) {
          sample = ring[head];
          head = head + 1 == ring.length ? 0 : head + 1;
        }
        if (tailPosition < tail.length) {
          sample += tail[tailPosition++];
        }
        out[offset + i] = Pcm.clip(sample);
      }
      queued -= count;
      played += count;
      return count;
    } finally {
      lock.unlock();
    }
  }

  /// Drops what is queued; its first 5 ms fade away beneath whatever is written next.
  ///
  /// @return frames that will not be heard
  public int flush() {
    lock.lock();
    try {
      int dropped = queued;
      for (int i = 0; i < tail.length; i++) {
        int left = tailPosition < tail.length ? tail[tailPosition++] : 0;
        if (i < dropped * channels) {
          left += Math.round(ring[(head + i) % ring.length] * (1 - (float) i / tail.length));
        }
        tail[i] = Pcm.clip(left);
      }
      tailPosition = 0;
      head = 0;
      queued = 0;
      return dropped;
    } finally {
      lock.unlock();
    }
  }

  public int queuedFrames() {
    lock.lock();
    try {
      return queued;
    } finally {
      lock.unlock();
    }
  }

  /// Frames read so far: how much of what was written has been heard.
  public long playedFrames() {
    lock.lock();
    try {
      return played;
    } finally {
      lock.unlock();
    }
  }
}
