package org.klatsch.dtls;

/// The writing half of an epoch, RFC 6347 §4.1 and RFC 9147 §6.1: our keys and the next sequence
/// number.
final class WriteEpoch {
  private final int number;
  private final RecordProtection protection;
  private long nextSequence;

  WriteEpoch(int number, RecordProtection protection) {
    this.number = number;
    this.protection = protection;
  }

  int number() {
    return number;
  }

  RecordProtection protection() {
    return protection;
  }

  /// Takes the next number; the caller checks [#isExhausted()] before.
  long takeSequence() {
    return nextSequence++;
  }

  /// The number that the next record gets, and how many were written.
  long nextSequence() {
    return nextSequence;
  }

  boolean isExhausted() {
    return nextSequence > RecordHeader.MAX_SEQUENCE;
  }

  /// Lets writing go on from a number: a server answers a ClientHello with its record's number, RFC
  /// 6347 §4.2.1, so that it needs no state until the cookie is back.
  void continueFrom(long sequence) {
    // A forged number must not use up all that are left.
    nextSequence = Math.max(nextSequence, Math.min(sequence, RecordHeader.MAX_SEQUENCE >>> 1));
  }
}
