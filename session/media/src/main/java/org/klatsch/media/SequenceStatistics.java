package org.klatsch.media;

/// Loss and jitter of one received stream, RFC 3550 §6.4.1, A.1, A.3 and A.8.
final class SequenceStatistics {
  /// Sequence numbers that far ahead are a restart, not losses, RFC 3550 A.1.
  private static final int MAX_DROPOUT = 3000;

  /// Sequence numbers that far behind are late packets, RFC 3550 A.1.
  private static final int MAX_MISORDER = 1000;

  private static final int NONE = -1;

  private final int clockRateHz;
  private boolean begun;
  private int base;
  private int highest;
  private int cycles;
  private int badNext = NONE;
  private long received;
  private long expectedPrior;
  private long receivedPrior;
  private int lastTransit;
  private int lastTimestamp;

  /// In units of the clock, times 16, RFC 3550 A.8.
  private long jitter16;

  SequenceStatistics(int clockRateHz) {
    this.clockRateHz = clockRateHz;
  }

  /// Counts a packet.
  ///
  /// @return whether its sequence number is the highest so far
  boolean add(long now, int sequence, int timestamp) {
    boolean newest = count(sequence);
    if (newest || received == 1) {
      noteJitter(now, timestamp);
    }
    return newest;
  }

  private boolean count(int sequence) {
    received++;
    if (!begun) {
      restart(sequence);
      begun = true;
      return true;
    }
    int delta = sequence - highest & 0xffff;
    if (delta == 0) {
      return false;
    }
    if (delta < MAX_DROPOUT) {
      if (sequence < highest) {
        cycles += 1 << 16;
      }
      highest = sequence;
      badNext = NONE;
      return true;
    }
    if (delta <= 0x1_0000 - MAX_MISORDER) {
      // Two in a row there: the sender began anew.
      if (sequence == badNext) {
        restart(sequence);
        received = 1;
        return true;
      }
      badNext = sequence + 1 & 0xffff;
    }
    return false;
  }

  private void restart(int sequence) {
    base = sequence;
    highest = sequence;
    cycles = 0;
    badNext = NONE;
    received = 1;
    expectedPrior = 0;
    receivedPrior = 0;
  }

  private void noteJitter(long now, int timestamp) {
    long arrival =
        now / 1_000_000_000L * clockRateHz + now % 1_000_000_000L * clockRateHz / 1_000_000_000L;
    int transit = (int) arrival - timestamp;
    if (received > 1 && timestamp != lastTimestamp) {
      int change = transit - lastTransit;
      long difference = Math.abs((long) change);
      // A jump of the timeline is no jitter.
      if (difference < 10L * clockRateHz) {
        jitter16 += difference - (jitter16 + 8 >> 4);
      }
    }
    lastTransit = transit;
    lastTimestamp = timestamp;
  }

  boolean hasPackets() {
    return begun;
  }

  /// Cycles in the upper, sequence number in the lower 16 bits.
  int extendedHighest() {
    return cycles + highest;
  }

  long received() {
    return received;
  }

  /// Packets lost since the beginning; negative when duplicates outnumber losses.
  long lost() {
    return begun ? expected() - received : 0;
  }

  /// In units of the clock.
  long jitter() {
    return jitter16 >> 4;
  }

  private long expected() {
    return Integer.toUnsignedLong(extendedHighest()) - base + 1;
  }

  /// The share of packets lost since the last call in 1/256, RFC 3550 A.3.
  int takeFractionLost() {
    long expectedInterval = expected() - expectedPrior;
    long receivedInterval = received - receivedPrior;
    expectedPrior = expected();
    receivedPrior = received;
    long lostInterval = expectedInterval - receivedInterval;
    return expectedInterval <= 0 || lostInterval <= 0
        ? 0
        : (int) Math.min(255, (lostInterval << 8) / expectedInterval);
  }
}
