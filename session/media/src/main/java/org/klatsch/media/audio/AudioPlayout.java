package org.klatsch.media.audio;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The answer to one pull: a short list of operations, in order. Made once by who pulls and filled
/// again every time, so that a pull allocates nothing.
///
/// @param <F> the frames
public final class AudioPlayout<F> {
  /// Enough for 120 ms of the shortest frames (2.5 ms, RFC 6716 §2.1.4).
  public static final int MAX_OPERATIONS = 48;

  private final AudioOperation[] operations = new AudioOperation[MAX_OPERATIONS];
  private final @Nullable Object[] frames = new @Nullable Object[MAX_OPERATIONS];
  private final int[] samples = new int[MAX_OPERATIONS];
  private int size;

  /// Without operations.
  public AudioPlayout() {}

  /// Forgets all operations.
  public void clear() {
    Arrays.fill(frames, 0, size, null);
    size = 0;
  }

  /// How many operations there are.
  public int size() {
    return size;
  }

  public AudioOperation operation(int index) {
    return operations[Objects.checkIndex(index, size)];
  }

  /// The frame to decode, or the one with new parameters of comfort noise; null otherwise.
  @SuppressWarnings("unchecked")
  public @Nullable F frame(int index) {
    return (F) frames[Objects.checkIndex(index, size)];
  }

  /// How many samples the operation makes, in units of the RTP clock; for the two that change the
  /// length, what the frame has before.
  public int samples(int index) {
    return samples[Objects.checkIndex(index, size)];
  }

  boolean isFull() {
    return size == MAX_OPERATIONS;
  }

  void add(AudioOperation operation, @Nullable F frame, int sampleCount) {
    operations[size] = operation;
    frames[size] = frame;
    samples[size] = sampleCount;
    size++;
  }
}
