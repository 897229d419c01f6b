package org.klatsch.srtp;

import java.util.Arrays;

/// The indices seen, RFC 3711 §3.3.2: a bit per index behind the highest one, in a ring of words
/// that is never shifted.
final class ReplayWindow {
  /// Before the first packet.
  static final long NONE = -1;

  private final long[] ring;
  private long highest = NONE;

  /// @param size how far behind the highest index a new one may be, at least
  ReplayWindow(int size) {
    // The oldest word is the one being reused, and the number of words a power of two.
    this.ring = new long[Integer.highestOneBit((size - 1) / Long.SIZE + 1) << 1];
  }

  /// The highest index, or [#NONE].
  long highest() {
    return highest;
  }

  /// Whether an index is too far behind to be told from a repeated one.
  boolean isTooOld(long index) {
    return highest - index >= (long) (ring.length - 1) * Long.SIZE;
  }

  /// Whether an index that is not too old was seen.
  boolean contains(long index) {
    return index <= highest && (ring[slot(index >>> 6)] & 1L << index) != 0;
  }

  /// Notes an index.
  void add(long index) {
    if (index > highest) {
      long oldWord = highest >> 6;
      long newWord = index >> 6;
      if (newWord - oldWord >= ring.length) {
        Arrays.fill(ring, 0);
      } else {
        for (long word = oldWord + 1; word <= newWord; word++) {
          ring[slot(word)] = 0;
        }
      }
      highest = index;
    }
    ring[slot(index >>> 6)] |= 1L << index;
  }

  /// Takes everything up to `index` for seen.
  void startBehind(long index) {
    highest = index;
    Arrays.fill(ring, index == NONE ? 0 : -1);
    // Of the word of the highest index, the bits above it are yet to come.
    if (index != NONE) {
      ring[slot(index >>> 6)] = -1L >>> 63 - (index & 63);
    }
  }

  /// How many words are exported.
  int words() {
    return ring.length;
  }

  /// Word `back` words behind the one that holds the highest index.
  long wordBehind(int back) {
    return ring[slot((highest >> 6) - back)];
  }

  /// Sets what [#wordBehind] gave, after [#startBehind].
  void wordBehind(int back, long word) {
    ring[slot((highest >> 6) - back)] = word;
  }

  private int slot(long word) {
    return (int) word & ring.length - 1;
  }
}
