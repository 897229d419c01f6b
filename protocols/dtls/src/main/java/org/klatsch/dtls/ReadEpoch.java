package org.klatsch.dtls;

/// The reading half of an epoch, RFC 6347 §4.1 and RFC 9147 §6.1: the peer's keys and the sequence
/// numbers received.
final class ReadEpoch {
  private final int number;
  private final RecordProtection protection;
  private final ReplayWindow received = new ReplayWindow();

  ReadEpoch(int number, RecordProtection protection) {
    this.number = number;
    this.protection = protection;
  }

  int number() {
    return number;
  }

  RecordProtection protection() {
    return protection;
  }

  ReplayWindow received() {
    return received;
  }

  /// The sequence number whose lowest bits are these and that is closest to the one expected next,
  /// RFC 9147 §4.2.2.
  ///
  /// @param bits 8 or 16
  long reconstruct(int low, int bits) {
    long expected = received.highest() + 1;
    long range = 1L << bits;
    long candidate = (expected & -range) | low;
    if (candidate - expected > range / 2 && candidate >= range) {
      return candidate - range;
    }
    if (expected - candidate > range / 2 && candidate + range <= RecordHeader.MAX_SEQUENCE) {
      return candidate + range;
    }
    return candidate;
  }
}
