package org.klatsch.sip.transaction;

import java.time.Duration;

/// Timers and caps of transactions.
///
/// @param t1 estimate of the round trip. Default 500 ms, RFC 3261 §17.1.1.1
/// @param t2 the longest interval between retransmissions. Default 4 s, RFC 3261 §17.1.2.2
/// @param t4 how long a message may stay in the network. Default 5 s, RFC 3261 §17.1.2.2
/// @param maxTransactions at one time, both sides together. Default 1,024: a call has a handful;
///   the owner of all registrations wants more
public record TransactionOptions(Duration t1, Duration t2, Duration t4, int maxTransactions) {
  public static final TransactionOptions DEFAULT =
      new TransactionOptions(
          Duration.ofMillis(500), Duration.ofSeconds(4), Duration.ofSeconds(5), 1024);

  public TransactionOptions {
    if (t1.isNegative() || t1.isZero() || t2.compareTo(t1) < 0 || t4.isNegative()) {
      throw new IllegalArgumentException(
          "t1 " + t1 + ", t2 " + t2 + ", t4 " + t4 + ": 0 < t1 <= t2 expected");
    }
    if (maxTransactions < 1) {
      throw new IllegalArgumentException("maxTransactions " + maxTransactions + " is below 1");
    }
  }

  public TransactionOptions withMaxTransactions(int max) {
    return new TransactionOptions(t1, t2, t4, max);
  }
}
