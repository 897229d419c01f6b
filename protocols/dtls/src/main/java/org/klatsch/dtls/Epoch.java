package org.klatsch.dtls;

/// One epoch, RFC 6347 §4.1: the keys of both directions, the next sequence number to write, the
/// numbers received.
final class Epoch {
  private final int number;
  private final RecordProtection write;
  private final RecordProtection read;
  private final ReplayWindow received = new ReplayWindow();
  private long nextSequence;

  Epoch(int number, RecordProtection write, RecordProtection read) {
    this.number = number;
    this.write = write;
    this.read = read;
  }

  /// Epoch 0.
  static Epoch plaintext() {
    PlaintextProtection none = new PlaintextProtection();
    return new Epoch(0, none, none);
  }

  int number() {
    return number;
  }

  RecordProtection write() {
    return write;
  }

  RecordProtection read() {
    return read;
  }

  ReplayWindow received() {
    return received;
  }

  /// Takes the next number; the caller checks [#isExhausted()] before.
  long takeSequence() {
    return nextSequence++;
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
