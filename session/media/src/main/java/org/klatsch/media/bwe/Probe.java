package org.klatsch.media.bwe;

/// A short burst at a higher rate, and what came of it.
final class Probe {
  /// Share of the burst that must have arrived for a result.
  private static final double ENOUGH = 0.8;

  /// A receiver this much slower than the sender is the capacity showing.
  private static final double SATURATED = 0.9;

  /// Stay below it then.
  private static final double CAUTION = 0.95;

  final int id;
  final long bitsPerSecond;
  final long minBytes;
  final int minPackets;

  private long sentBytes;
  private int sentPackets;

  private int packets;
  private long bytes;
  private long firstSent = Long.MAX_VALUE;
  private long lastSent = Long.MIN_VALUE;
  private int lastSentSize;
  private long firstArrival = Long.MAX_VALUE;
  private int firstArrivalSize;
  private long lastArrival = Long.MIN_VALUE;
  private boolean done;

  Probe(int id, long bitsPerSecond) {
    this.id = id;
    this.bitsPerSecond = bitsPerSecond;
    // 15 ms long, and five packets at least.
    this.minBytes = bitsPerSecond * 15 / 8000;
    this.minPackets = 5;
  }

  /// @return whether the burst is complete
  boolean sent(int size) {
    sentBytes += size;
    sentPackets++;
    return sentBytes >= minBytes && sentPackets >= minPackets;
  }

  /// A packet of it arrived.
  ///
  /// @return bits a second that the path bears, 0 while unknown
  long arrived(long sent, long arrival, int size) {
    packets++;
    bytes += size;
    firstSent = Math.min(firstSent, sent);
    if (sent > lastSent) {
      lastSent = sent;
      lastSentSize = size;
    }
    if (arrival < firstArrival) {
      firstArrival = arrival;
      firstArrivalSize = size;
    }
    lastArrival = Math.max(lastArrival, arrival);
    if (done || packets < minPackets * ENOUGH || bytes < minBytes * ENOUGH) {
      return 0;
    }
    long sending = lastSent - firstSent;
    long receiving = lastArrival - firstArrival;
    if (sending <= 0 || receiving <= 0 || receiving > 1_000_000_000L) {
      return 0;
    }
    double sendRate = (bytes - lastSentSize) * 8e9 / sending;
    double receiveRate = (bytes - firstArrivalSize) * 8e9 / receiving;
    if (receiveRate > 2 * sendRate) {
      return 0;
    }
    done = packets >= sentPackets;
    return (long)
        (receiveRate < SATURATED * sendRate
            ? CAUTION * receiveRate
            : Math.min(sendRate, receiveRate));
  }
}
