package org.klatsch.dtls;

/// Counters of one connection. Read it on the connection's thread.
public final class DtlsStatistics {
  private final long[] drops = new long[DropReason.values().length];
  long recordsSent;
  long recordsReceived;
  long applicationBytesSent;
  long applicationBytesReceived;
  long flightsRetransmitted;
  long earlyRecordsKept;

  DtlsStatistics() {}

  void drop(DropReason reason) {
    drops[reason.ordinal()]++;
  }

  /// How much was discarded for this reason.
  public long dropped(DropReason reason) {
    return drops[reason.ordinal()];
  }

  /// How much was discarded in all.
  public long droppedInAll() {
    long sum = 0;
    for (long count : drops) {
      sum += count;
    }
    return sum;
  }

  public long recordsSent() {
    return recordsSent;
  }

  /// Records that were authentic (in epoch 0: well-formed) and new.
  public long recordsReceived() {
    return recordsReceived;
  }

  public long applicationBytesSent() {
    return applicationBytesSent;
  }

  public long applicationBytesReceived() {
    return applicationBytesReceived;
  }

  /// Flights sent again, by the timer or because the peer repeated its own.
  public long flightsRetransmitted() {
    return flightsRetransmitted;
  }

  /// Records and packets that came before they could be used and were kept.
  public long earlyRecordsKept() {
    return earlyRecordsKept;
  }
}
