package org.klatsch.sctp.tx;

import org.klatsch.sansio.ProtocolCore;

/// CUBIC (RFC 9438) that tells random loss from congestion by delay.
///
/// A loss shrinks the window only when there is a sign of congestion: packets queue at the
/// bottleneck (the round trip is above its minimum by an eighth and half a millisecond), or so many
/// are lost that no link does it by chance. While there is no queue the path is not full, and the
/// window grows by a quarter per round trip instead of by the cubic. Against other traffic that
/// fills the queue, this is CUBIC. Slow start ends when the round trip grows (HyStart++, RFC 9406).
///
/// Deviates from RFC 9260 §7.2: the initial window is that of RFC 6928, growth and reduction are as
/// above.
public final class CubicCongestionControl implements CongestionControl {
  /// RFC 6928 §2.
  private static final int INITIAL_PACKETS = 10;

  private static final int MIN_PACKETS = 2;

  /// C in packets per second cubed. RFC 9438 §5 says 0.4; twice that makes up for smaller packets
  /// and lets a flow that starts beside another reach its share sooner.
  private static final double CUBIC = 0.8;

  /// β of RFC 9438 §4.6.
  private static final double BETA = 0.7;

  /// α of RFC 9438 §4.3: the growth that is fair to Reno with this β.
  private static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);

  private static final long MILLISECOND = 1_000_000;

  /// How long a minimum round-trip time is believed.
  private static final long MIN_RTT_WINDOW = 30_000 * MILLISECOND;

  /// Samples whose minimum tells the queueing delay: a single one may be late for other reasons.
  private static final int SAMPLES = 8;

  /// Above this share of lost packets a loss counts as congestion whatever the delay says.
  private static final double MAX_RANDOM_LOSS = 0.06;

  /// Packets over which the share is measured.
  private static final int LOSS_WINDOW = 256;

  /// Until so many reductions the window may grow faster than by the cubic, each time half as fast.
  private static final int SEARCHING_REDUCTIONS = 2;

  /// HyStart++ parameters, RFC 9406 §4.3.
  private static final long MIN_RTT_THRESHOLD = 4 * MILLISECOND;

  private static final long MAX_RTT_THRESHOLD = 64 * MILLISECOND;
  private static final int CSS_GROWTH_DIVISOR = 4;
  private static final int CSS_ROUNDS = 5;

  private int packetSize;
  private double cwnd;
  private double ssthresh = Double.MAX_VALUE;

  // CUBIC's epoch, RFC 9438 §4.1.
  private double windowMax;
  private double windowEpoch;
  private double windowReno;
  private double k;
  private long epochStart = -1;

  /// How often the window was reduced on this path.
  private int reductions;

  // Round trips.
  private long minRtt = ProtocolCore.NEVER;
  private long olderMinRtt = ProtocolCore.NEVER;
  private long minRttSince;
  private final long[] samples = new long[SAMPLES];
  private int sampleCount;
  private long latestRtt;
  private long roundStart;
  private long recoveryStart = -1;

  // HyStart++.
  private long roundMinRtt = ProtocolCore.NEVER;
  private long lastRoundMinRtt = ProtocolCore.NEVER;
  private int roundSamples;
  private boolean conservative;
  private int conservativeRounds;
  private long conservativeBaseline;

  // Share of lost packets.
  private double deliveredPackets;
  private double lostPackets;

  /// @param packetSize in bytes
  public CubicCongestionControl(int packetSize) {
    this.packetSize = packetSize;
    this.cwnd = (double) INITIAL_PACKETS * packetSize;
  }

  @Override
  public long cwnd() {
    return (long) cwnd;
  }

  @Override
  public long ssthresh() {
    return ssthresh == Double.MAX_VALUE ? Long.MAX_VALUE : (long) ssthresh;
  }

  @Override
  public void packetSize(int bytes) {
    packetSize = bytes;
  }

  @Override
  public void handleRtt(long now, long rtt) {
    latestRtt = rtt;
    samples[sampleCount++ % SAMPLES] = rtt;
    if (now - minRttSince > MIN_RTT_WINDOW / 2) {
      olderMinRtt = minRtt;
      minRtt = rtt;
      minRttSince = now;
    }
    minRtt = Math.min(minRtt, rtt);
    roundMinRtt = Math.min(roundMinRtt, rtt);
    roundSamples++;
  }

  private long baseRtt() {
    return Math.min(minRtt, olderMinRtt);
  }

  /// How long packets wait in the bottleneck's queue at present.
  private long queueingDelay() {
    int count = Math.min(sampleCount, SAMPLES);
    if (count == 0) {
      return 0;
    }
    long least = ProtocolCore.NEVER;
    for (int i = 0; i < count; i++) {
      least = Math.min(least, samples[i]);
    }
    return least - baseRtt();
  }

  private long congestedDelay() {
    return Math.max(baseRtt() / 8, MILLISECOND / 2);
  }

  @Override
  public void handleAcked(
      long now, long acked, long inFlight, long newestSentAt, boolean windowLimited) {
    countDelivered((double) acked / packetSize);
    boolean roundEnded = newestSentAt >= roundStart;
    if (roundEnded) {
      roundStart = now;
    }
    if (cwnd < ssthresh) {
      if (windowLimited) {
        cwnd += conservative ? (double) acked / CSS_GROWTH_DIVISOR : (double) acked;
      }
      watchSlowStart(roundEnded);
    } else if (windowLimited && newestSentAt > recoveryStart) {
      avoidCongestion(now, acked);
    }
    if (roundEnded) {
      lastRoundMinRtt = roundMinRtt;
      roundMinRtt = ProtocolCore.NEVER;
      roundSamples = 0;
    }
  }

  /// HyStart++, RFC 9406 §4.2.
  private void watchSlowStart(boolean roundEnded) {
    if (roundSamples >= SAMPLES
        && roundMinRtt != ProtocolCore.NEVER
        && lastRoundMinRtt != ProtocolCore.NEVER) {
      long threshold = Math.clamp(lastRoundMinRtt / 8, MIN_RTT_THRESHOLD, MAX_RTT_THRESHOLD);
      if (!conservative) {
        if (roundMinRtt >= lastRoundMinRtt + threshold) {
          conservative = true;
          conservativeRounds = 0;
          conservativeBaseline = roundMinRtt;
        }
      } else if (roundMinRtt < conservativeBaseline) {
        conservative = false; // A spurious sign: slow start goes on.
      }
    }
    if (conservative && roundEnded && ++conservativeRounds >= CSS_ROUNDS) {
      leaveSlowStart();
    }
  }

  private void leaveSlowStart() {
    ssthresh = cwnd;
    conservative = false;
    windowMax = cwnd;
    epochStart = -1;
  }

  private void avoidCongestion(long now, long acked) {
    if (queueingDelay() < congestedDelay()) {
      // The path is not full.
      cwnd += (double) acked / 4;
      epochStart = -1;
      windowMax = Math.max(windowMax, cwnd);
      return;
    }
    if (epochStart < 0) {
      epochStart = now;
      windowEpoch = cwnd;
      windowReno = cwnd;
      windowMax = Math.max(windowMax, cwnd);
      k = Math.cbrt((windowMax - windowEpoch) / packetSize / CUBIC);
    }
    // RFC 9438 §4.2: where the cubic will be a round trip from now.
    double t = (double) (now - epochStart + latestRtt) / 1e9 - k;
    double target = CUBIC * t * t * t * packetSize + windowMax;
    target = Math.clamp(target, cwnd, 1.5 * cwnd);
    double before = cwnd;
    // RFC 9438 §4.3: never slower than Reno.
    windowReno += ALPHA * acked / cwnd * packetSize;
    cwnd += (target - cwnd) * acked / cwnd;
    cwnd = Math.max(cwnd, windowReno);
    if (reductions < SEARCHING_REDUCTIONS) {
      // Slow start may have ended because others fill the queue: the cubic knows no window worth
      // aiming at yet, and would take half a minute to a fair share.
      cwnd = Math.max(cwnd, before + (double) acked / (6 << reductions));
    }
  }

  @Override
  public void handleLost(long now, int bytes, long sentAt) {
    lostPackets += (double) bytes / packetSize;
    if (sentAt <= recoveryStart || !isCongestion()) {
      return;
    }
    recoveryStart = now;
    reduce();
  }

  private boolean isCongestion() {
    long delay = queueingDelay();
    if (delay >= congestedDelay()) {
      return true;
    }
    // Half the delay makes half the loss suspicious: the minimum may have been measured on a queue
    // that others kept filled.
    double share = delay >= congestedDelay() / 2 ? MAX_RANDOM_LOSS / 2 : MAX_RANDOM_LOSS;
    return lostPackets > Math.max((deliveredPackets + lostPackets) * share, 8);
  }

  private void reduce() {
    reductions++;
    // RFC 9438 §4.7: fast convergence.
    windowMax = cwnd < windowMax ? cwnd * (1 + BETA) / 2 : cwnd;
    cwnd = Math.max(cwnd * BETA, (double) MIN_PACKETS * packetSize);
    ssthresh = cwnd;
    epochStart = -1;
    conservative = false;
  }

  private void countDelivered(double packets) {
    deliveredPackets += packets;
    if (deliveredPackets + lostPackets > LOSS_WINDOW) {
      deliveredPackets /= 2;
      lostPackets /= 2;
    }
  }

  @Override
  public void handleTimeout(long now) {
    // RFC 9260 §7.2.3: one packet, and slow start to where congestion was.
    reductions++;
    recoveryStart = now;
    windowMax = cwnd;
    ssthresh = Math.max(cwnd * BETA, 4.0 * packetSize);
    cwnd = packetSize;
    epochStart = -1;
    conservative = false;
  }

  @Override
  public void handleIdle(long now, long idle, long rto) {
    // RFC 9260 §7.2.1: the window decays while it is not used.
    double initial = (double) INITIAL_PACKETS * packetSize;
    if (cwnd > initial) {
      if (ssthresh != Double.MAX_VALUE) {
        ssthresh = Math.max(ssthresh, cwnd);
      }
      for (long left = idle; left >= rto && cwnd > initial; left -= rto) {
        cwnd /= 2;
      }
      cwnd = Math.max(cwnd, initial);
    }
    epochStart = -1;
  }

  @Override
  public void handlePathChanged(long now) {
    minRtt = ProtocolCore.NEVER;
    olderMinRtt = ProtocolCore.NEVER;
    minRttSince = now;
    sampleCount = 0;
    roundMinRtt = ProtocolCore.NEVER;
    lastRoundMinRtt = ProtocolCore.NEVER;
    cwnd = Math.min(cwnd, (double) INITIAL_PACKETS * packetSize);
    ssthresh = Double.MAX_VALUE;
    epochStart = -1;
    reductions = 0;
  }

  @Override
  public long pacingRate(long smoothedRtt) {
    if (smoothedRtt < MILLISECOND / 2) {
      return Long.MAX_VALUE; // Timers are coarser than that.
    }
    // Faster than the window per round trip, or the pacer would be the limit.
    double gain = cwnd < ssthresh ? 2 : 1.25;
    return (long) (gain * cwnd / smoothedRtt * 1e9);
  }
}
