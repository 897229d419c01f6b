package org.klatsch.media.bwe;

import java.util.Arrays;

/// When and how large the packets were that the receiver will tell about, by transport-wide
/// sequence number.
final class SentPackets {
  /// 8 s at 500 packets a second; feedback comes every 50 to 250 ms.
  private static final int CAPACITY = 4096;

  private static final int MASK = CAPACITY - 1;

  private final int[] sequences = new int[CAPACITY];
  private final long[] times = new long[CAPACITY];
  private final int[] sizes = new int[CAPACITY];
  private final int[] clusters = new int[CAPACITY];

  SentPackets() {
    Arrays.fill(sequences, -1);
  }

  void add(long now, int sequence, int bytes, int cluster) {
    int at = sequence & MASK;
    sequences[at] = sequence;
    times[at] = now;
    sizes[at] = bytes;
    clusters[at] = cluster;
  }

  /// Whether a packet is remembered and nothing was heard of it.
  boolean isPending(int sequence) {
    return sequences[sequence & MASK] == sequence;
  }

  /// Something was heard of a packet.
  void forget(int sequence) {
    sequences[sequence & MASK] = -1;
  }

  long time(int sequence) {
    return times[sequence & MASK];
  }

  int size(int sequence) {
    return sizes[sequence & MASK];
  }

  /// The probe that a packet belonged to, 0 for none.
  int cluster(int sequence) {
    return clusters[sequence & MASK];
  }
}
