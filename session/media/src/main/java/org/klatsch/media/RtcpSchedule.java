package org.klatsch.media;

import java.util.random.RandomGenerator;
import org.klatsch.sansio.ProtocolCore;

/// When the next regular report is due: the transmission interval of RFC 3550 §6.3 as AVPF changes
/// it, RFC 4585 §3.4. The peers are two endpoints whose sources report together in one compound
/// packet, RFC 8108 §5.3, so that the group never grows and needs no reconsideration.
final class RtcpSchedule {
  /// Share of the session bandwidth, RFC 3550 §6.2.
  private static final double RTCP_SHARE = 0.05;

  /// Compensates for the randomness, RFC 3550 §6.3.1: e − 3/2.
  private static final double COMPENSATION = Math.E - 1.5;

  /// The least session bandwidth assumed, in bits a second: one coded voice each way.
  private static final double MIN_BANDWIDTH = 64_000;

  /// UDP and IPv4 headers count, RFC 3550 §6.2.
  private static final int LOWER_HEADERS = 28;

  private final RandomGenerator random;
  private final long minimum;
  private final long firstMinimum;
  private double averageSize = 128;
  private boolean first = true;
  private long next = ProtocolCore.NEVER;

  RtcpSchedule(RtpTransportOptions options, RandomGenerator random) {
    this.random = random;
    this.minimum = options.reportInterval().toNanos();
    this.firstMinimum = options.minReportTime().toNanos();
  }

  /// Begins, with half the interval before the first report, RFC 3550 §6.3.1.
  void start(long now) {
    next = now + randomised(firstMinimum / 2.0);
  }

  void stop() {
    next = ProtocolCore.NEVER;
  }

  long next() {
    return next;
  }

  /// Something that a report makes known early happened (a new stream): report soon.
  void hurry(long now) {
    if (next != ProtocolCore.NEVER) {
      next = Math.min(next, now + randomised(firstMinimum / 2.0));
    }
  }

  /// Counts a sent or received compound packet into the average, RFC 3550 §6.3.3.
  void packet(int length) {
    averageSize += (length + LOWER_HEADERS - averageSize) / 16;
  }

  /// A regular report was sent: plans the next.
  ///
  /// @param bitsPerSecond of media in both directions
  void sent(long now, double bitsPerSecond) {
    double bandwidth = RTCP_SHARE * Math.max(MIN_BANDWIDTH, bitsPerSecond) / 8;
    double seconds = 2 * averageSize / bandwidth;
    double least = (double) (first ? firstMinimum : minimum);
    double interval = Math.max(seconds * 1e9, least);
    first = false;
    next = now + randomised(interval);
  }

  private long randomised(double interval) {
    return (long) (interval * (0.5 + random.nextDouble()) / COMPENSATION);
  }
}
