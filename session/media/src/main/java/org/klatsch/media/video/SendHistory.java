package org.klatsch.media.video;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The packets sent last, to repeat those that the receiver misses, RFC 4588 §6. Its arrays are
/// used again and again.
public final class SendHistory {
  /// A packet is repeated so often at most: then another way to it is hopeless.
  private static final int MAX_REPETITIONS = 10;

  private final int mask;
  private final byte[] @Nullable [] packets;
  private final int[] lengths;
  private final int[] sequences;
  private final long[] sent;
  private final int[] repetitions;

  /// @param capacity packets kept, a power of two
  public SendHistory(int capacity) {
    if (Integer.bitCount(capacity) != 1) {
      throw new IllegalArgumentException("capacity " + capacity + ", expected a power of two");
    }
    mask = capacity - 1;
    packets = new byte[capacity] @Nullable [];
    lengths = new int[capacity];
    sequences = new int[capacity];
    sent = new long[capacity];
    repetitions = new int[capacity];
    Arrays.fill(sequences, -1);
  }

  /// Keeps a copy of a packet.
  public void add(long now, int sequence, byte[] array, int offset, int length) {
    int at = sequence & mask;
    byte[] slot = packets[at];
    if (slot == null || slot.length < length) {
      slot = new byte[Math.max(length, 256)];
      packets[at] = slot;
    }
    System.arraycopy(array, offset, slot, 0, length);
    lengths[at] = length;
    sequences[at] = sequence;
    sent[at] = now;
    repetitions[at] = 0;
  }

  /// Whether a packet is here and may be repeated: not again before the last repetition could have
  /// arrived.
  public boolean mayRepeat(long now, int sequence, long roundTrip) {
    int at = sequence & mask;
    return sequences[at] == sequence
        && repetitions[at] < MAX_REPETITIONS
        && (repetitions[at] == 0 || now - sent[at] >= roundTrip);
  }

  /// Notes that a packet will be repeated now.
  public void noteRepeated(long now, int sequence) {
    int at = sequence & mask;
    sent[at] = now;
    repetitions[at]++;
  }

  /// The packet's bytes, up to [#length]; null when it is gone. Borrowed.
  public byte @Nullable [] packet(int sequence) {
    int at = sequence & mask;
    return sequences[at] == sequence ? packets[at] : null;
  }

  public int length(int sequence) {
    return lengths[sequence & mask];
  }
}
