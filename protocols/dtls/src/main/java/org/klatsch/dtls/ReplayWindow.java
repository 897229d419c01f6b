package org.klatsch.dtls;

import java.util.Arrays;

/// The sequence numbers received in one epoch, RFC 6347 §4.1.2.6: a bit per number behind the
/// highest one, in a ring of words that is never shifted.
final class ReplayWindow {
  /// 1024 bits: more than a burst of segmentation offload over two paths reorders, for 128 bytes.
  private static final int WORDS = 16;

  /// How far behind the highest number a record may be. The oldest word is being reused.
  static final int SIZE = (WORDS - 1) * Long.SIZE;

  private final long[] ring = new long[WORDS];
  private long highest = -1;

  /// The highest number received, -1 for none.
  long highest() {
    return highest;
  }

  /// Whether a record of this number is new.
  boolean accepts(long sequence) {
    if (sequence > highest) {
      return true;
    }
    return highest - sequence < SIZE
        && (ring[(int) (sequence >>> 6) & WORDS - 1] & 1L << sequence) == 0;
  }

  /// Notes an authentic record.
  void mark(long sequence) {
    if (sequence > highest) {
      long oldWord = highest >> 6;
      long newWord = sequence >> 6;
      if (newWord - oldWord >= WORDS) {
        Arrays.fill(ring, 0);
      } else {
        for (long word = oldWord + 1; word <= newWord; word++) {
          ring[(int) word & WORDS - 1] = 0;
        }
      }
      highest = sequence;
    }
    ring[(int) (sequence >>> 6) & WORDS - 1] |= 1L << sequence;
  }
}
