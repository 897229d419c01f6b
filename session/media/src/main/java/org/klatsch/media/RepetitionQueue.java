package org.klatsch.media;

/// Sequence numbers of packets that are to go out again.
final class RepetitionQueue {
  /// Repetitions that wait at most; a receiver that asks for more needs a key frame.
  private static final int CAPACITY = 256;

  private final int[] sequences = new int[CAPACITY];
  private int head;
  private int size;
  private long bytes;

  boolean isEmpty() {
    return size == 0;
  }

  boolean isFull() {
    return size == CAPACITY;
  }

  /// @param length of the packet
  void add(int sequence, int length) {
    sequences[(head + size) % CAPACITY] = sequence;
    size++;
    bytes += length;
  }

  /// The next sequence number; only while there is one.
  int remove() {
    int sequence = sequences[head];
    head = (head + 1) % CAPACITY;
    size--;
    return sequence;
  }

  /// The packet removed last had this length.
  void removed(int length) {
    bytes = size == 0 ? 0 : bytes - length;
  }

  void clear() {
    size = 0;
    bytes = 0;
  }

  /// Bytes that wait.
  long bytes() {
    return bytes;
  }
}
