package org.klatsch.sctp.rx;

import java.util.Arrays;
import org.klatsch.sansio.SerialNumbers;
import org.klatsch.sctp.packet.SackChunk;
import org.klatsch.sctp.packet.Wire;

/// Which TSNs were received: a cumulative TSN and a ring of bits ahead of it, from which SACKs are
/// written, RFC 9260 §6.2.
public final class ReceivedTsns {
  /// How far ahead of the cumulative TSN data is kept; gap ack blocks cannot say more.
  static final int MAX_RANGE = 65_535;

  /// How many duplicates one SACK reports; more tell the sender nothing new.
  private static final int MAX_DUPLICATES = 20;

  private long[] bits = new long[4];
  private int mask = bits.length * 64 - 1;
  private int cumulative;
  private int highest;
  private final int[] duplicates = new int[MAX_DUPLICATES];
  private int duplicateCount;

  void start(int initialTsn) {
    cumulative = initialTsn - 1;
    highest = cumulative;
    duplicateCount = 0;
    Arrays.fill(bits, 0);
  }

  public int cumulative() {
    return cumulative;
  }

  /// The highest TSN received.
  int highest() {
    return highest;
  }

  /// Whether data beyond the cumulative TSN was received.
  boolean hasGaps() {
    return cumulative != highest;
  }

  boolean hasDuplicates() {
    return duplicateCount > 0;
  }

  boolean isInRange(int tsn) {
    return tsn - cumulative > 0 && tsn - cumulative <= MAX_RANGE;
  }

  boolean contains(int tsn) {
    if (SerialNumbers.isLessOrEqual(tsn, cumulative)) {
      return true;
    }
    if (SerialNumbers.isLess(highest, tsn)) {
      return false;
    }
    int index = tsn & mask;
    return (bits[index >>> 6] & 1L << (index & 63)) != 0;
  }

  void addDuplicate(int tsn) {
    if (duplicateCount < MAX_DUPLICATES) {
      duplicates[duplicateCount++] = tsn;
    }
  }

  /// Notes a new TSN within range. The cumulative TSN moves by [#advance()].
  void add(int tsn) {
    if (SerialNumbers.isLess(highest, tsn)) {
      while (tsn - cumulative > mask) {
        grow();
      }
      highest = tsn;
    }
    int index = tsn & mask;
    bits[index >>> 6] |= 1L << (index & 63);
  }

  /// Moves the cumulative TSN by one if the next was received.
  boolean advance() {
    if (cumulative == highest) {
      return false;
    }
    int index = cumulative + 1 & mask;
    long bit = 1L << (index & 63);
    if ((bits[index >>> 6] & bit) == 0) {
      return false;
    }
    bits[index >>> 6] &= ~bit;
    cumulative++;
    return true;
  }

  /// Moves the cumulative TSN to `tsn`, whatever was received before it.
  void forwardTo(int tsn) {
    int end = SerialNumbers.isLess(highest, tsn) ? highest : tsn;
    while (cumulative != end) {
      int index = ++cumulative & mask;
      bits[index >>> 6] &= ~(1L << (index & 63));
    }
    cumulative = tsn;
    if (SerialNumbers.isLess(highest, tsn)) {
      highest = tsn;
    }
  }

  /// Writes a SACK of at most `room` bytes and forgets the duplicates.
  ///
  /// @return its length
  public int writeSack(byte[] packet, int offset, int room, long window) {
    int end = offset + room;
    int position = offset + SackChunk.HEADER_LENGTH;
    int gaps = 0;
    int tsn = cumulative + 1;
    while (tsn - highest <= 0 && position + 4 <= end) {
      int start = nextSet(tsn);
      if (start - highest > 0) {
        break;
      }
      int stop = nextClear(start);
      Wire.put16(packet, position, start - cumulative);
      Wire.put16(packet, position + 2, stop - 1 - cumulative);
      position += 4;
      gaps++;
      tsn = stop;
    }
    int reported = 0;
    while (reported < duplicateCount && position + 4 <= end) {
      Wire.put32(packet, position, duplicates[reported++]);
      position += 4;
    }
    duplicateCount = 0;
    return SackChunk.writeHeader(packet, offset, cumulative, window, gaps, reported);
  }

  /// The first received TSN from `tsn` on, at most one beyond the highest.
  private int nextSet(int tsn) {
    int from = tsn;
    while (from - highest <= 0) {
      int index = from & mask;
      long word = bits[index >>> 6] >>> (index & 63);
      if (word != 0) {
        return from + Long.numberOfTrailingZeros(word);
      }
      from += 64 - (index & 63);
    }
    return highest + 1;
  }

  /// The first missing TSN from `tsn` on.
  private int nextClear(int tsn) {
    int from = tsn;
    while (from - highest <= 0) {
      int index = from & mask;
      long word = ~bits[index >>> 6] >>> (index & 63);
      if (word != 0) {
        int found = from + Long.numberOfTrailingZeros(word);
        return found - highest > 0 ? highest + 1 : found;
      }
      from += 64 - (index & 63);
    }
    return highest + 1;
  }

  private void grow() {
    int newMask = mask * 2 + 1;
    long[] grown = new long[bits.length * 2];
    for (int tsn = cumulative + 1; tsn - highest <= 0; tsn++) {
      int from = tsn & mask;
      int to = tsn & newMask;
      grown[to >>> 6] |= (bits[from >>> 6] >>> (from & 63) & 1) << (to & 63);
    }
    bits = grown;
    mask = newMask;
  }
}
