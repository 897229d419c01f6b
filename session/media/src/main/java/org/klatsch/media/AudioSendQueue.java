package org.klatsch.media;

import org.jspecify.annotations.Nullable;

/// Frames of audio that wait for the socket, those of all senders in one ring without nodes.
final class AudioSendQueue {
  private final @Nullable SendStream[] streams;
  private final @Nullable EncodedAudioFrame[] frames;
  private final long[] times;
  private int head;
  private int size;

  AudioSendQueue(int capacity) {
    streams = new @Nullable SendStream[capacity];
    frames = new @Nullable EncodedAudioFrame[capacity];
    times = new long[capacity];
  }

  boolean isEmpty() {
    return size == 0;
  }

  boolean isFull() {
    return size == frames.length;
  }

  void add(long now, SendStream stream, EncodedAudioFrame frame) {
    int at = (head + size) % frames.length;
    streams[at] = stream;
    frames[at] = frame;
    times[at] = now;
    size++;
  }

  @Nullable SendStream stream() {
    return streams[head];
  }

  @Nullable EncodedAudioFrame frame() {
    return frames[head];
  }

  /// When the first frame came here.
  long time() {
    return times[head];
  }

  void remove() {
    streams[head] = null;
    frames[head] = null;
    head = (head + 1) % frames.length;
    size--;
  }
}
