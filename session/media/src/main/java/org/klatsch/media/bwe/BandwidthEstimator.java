package org.klatsch.media.bwe;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.klatsch.rtp.rtcp.TransportFeedback;

/// Estimates what the path to the peer bears, from transport-wide feedback; without it from losses
/// and what the receiver estimated (REMB). A plain object: all times are arguments.
public final class BandwidthEstimator {
  /// A sender below this share of what it may send is application-limited.
  private static final double LIMITED = 0.65;

  /// Between probes that look whether there is more.
  private static final long PROBE_INTERVAL = 5_000_000_000L;

  /// After a fall the old rate is probed sooner.
  private static final long RECOVERY_INTERVAL = 2_000_000_000L;

  /// A probe's result this near to its rate asks for a higher one.
  private static final double PROMISING = 0.7;

  /// Without feedback for so long nothing is known to arrive.
  private static final long FEEDBACK_TIMEOUT = 2_000_000_000L;

  /// More is lost by a full queue than by itself.
  private static final double OVERFLOW = 0.08;

  /// A queue needs about this long to drain after the rate fell.
  private static final long CONGESTION_MEMORY = 1_000_000_000L;

  /// A queue that stands so long after a fall is sent less than the path bears, so that it drains.
  private static final long LONG_QUEUE = 80_000_000L;

  /// How soon it shall be gone.
  private static final double DRAIN_TIME = 600_000_000;

  /// What still goes out meanwhile.
  private static final double LEAST_DRAINING = 0.4;

  /// Draining ends at the latest then: it was the path that became longer.
  private static final long DRAIN_TIMEOUT = 3_000_000_000L;

  /// A burst that finds nothing to send is given up after this.
  private static final long PROBE_TIMEOUT = 1_000_000_000L;

  /// Arrival times count from the receiver's first feedback and may be somewhat before it.
  private static final long ARRIVAL_SHIFT = 1_000_000_000_000L;

  private final long min;
  private final long max;
  private final long start;
  private final SentPackets sent = new SentPackets();
  private final TrendDetector trend = new TrendDetector();
  private final DelayControl delay;
  private final LossControl loss;
  private final RateMeter arrived = new RateMeter(500);
  private final RateMeter arrivedJustNow = new RateMeter(200);
  private final StandingQueue queue = new StandingQueue();
  private final RateMeter sending = new RateMeter(500);
  private final ArrayDeque<Probe> waiting = new ArrayDeque<>();
  private final ArrayDeque<Probe> pending = new ArrayDeque<>();
  private @Nullable Probe active;
  private long activeSince;
  private int lastProbeId;
  private long lastProbe = -1;

  private boolean hasFeedback;
  private long lastFeedback = -1;
  private long lastSent = -1;
  private boolean referenced;
  private int lastReference;
  private long reference;
  private long lastArrival;
  private long lastResponse;
  private long remb;
  private long wanted;
  private long target;
  private boolean begun;

  /// @param min never less, in bits a second
  /// @param start assumed at first
  /// @param max never more
  public BandwidthEstimator(long min, long start, long max) {
    this.min = min;
    this.max = max;
    this.start = start;
    this.wanted = max;
    this.target = start;
    this.delay = new DelayControl(min, start, max);
    this.loss = new LossControl(min, start, max);
  }

  /// What may be sent, in bits a second.
  public long target() {
    return target;
  }

  /// What the application can use at most: nothing above is probed for.
  public void wanted(long bitsPerSecond) {
    wanted = Math.clamp(bitsPerSecond, min, max);
  }

  /// The rate of the burst that is to be sent now, 0 for none.
  public long probeRate(long now) {
    Probe current = active;
    if (current == null) {
      current = waiting.poll();
      if (current == null) {
        return 0;
      }
      active = current;
      activeSince = now;
      pending.add(current);
      if (pending.size() > 8) {
        pending.remove();
      }
    }
    if (now - activeSince > PROBE_TIMEOUT) {
      active = null;
      return 0;
    }
    return current.bitsPerSecond;
  }

  /// Whether a burst is under way or waits.
  public boolean isProbing() {
    return active != null || !waiting.isEmpty();
  }

  /// The burst cannot go on: there is nothing to send, not even padding.
  public void giveUpProbe() {
    active = null;
  }

  /// A packet leaves.
  ///
  /// @param sequence transport-wide number, −1 when it has none
  /// @param bytes with what is below RTP
  public void sent(long now, int sequence, int bytes) {
    sending.add(now, bytes);
    lastSent = now;
    if (sequence < 0) {
      return;
    }
    int cluster = 0;
    Probe current = active;
    if (current != null) {
      cluster = current.id;
      if (current.sent(bytes)) {
        active = null;
      }
    }
    sent.add(now, sequence, bytes, cluster);
  }

  /// Takes transport-wide feedback.
  public void handle(long now, TransportFeedback feedback, long roundTrip) {
    if (!referenced) {
      referenced = true;
      lastReference = feedback.referenceTime();
    }
    noteFeedback(now);
    // 24 bits that wrap.
    reference += (feedback.referenceTime() - lastReference) << 8 >> 8;
    lastReference = feedback.referenceTime();
    long arrival = reference * TransportFeedback.REFERENCE_NANOS;
    long lost = 0;
    long expected = 0;
    for (int i = 0; i < feedback.statusCount(); i++) {
      int sequence = feedback.sequence(i);
      boolean pendingPacket = sent.isPending(sequence);
      if (!feedback.received(i)) {
        if (pendingPacket) {
          lost++;
          expected++;
          sent.forget(sequence);
        }
        continue;
      }
      if (!feedback.timed(i)) {
        continue;
      }
      arrival += feedback.deltaNanos(i);
      if (pendingPacket) {
        expected++;
        sent.forget(sequence);
        lastResponse = now - sent.time(sequence);
        packetArrived(now, sequence, arrival);
      }
    }
    conclude(now, lost, expected, roundTrip);
  }

  /// Takes feedback of RFC 8888, by the numbers of the packets across all streams.
  ///
  /// @param count packets that are told of, in the order of their numbers
  /// @param arrivals by the receiver's clock, in nanoseconds; [Long#MIN_VALUE] for a lost packet
  public void handle(long now, int count, int[] sequences, long[] arrivals, long roundTrip) {
    noteFeedback(now);
    long lost = 0;
    long expected = 0;
    for (int i = 0; i < count; i++) {
      int sequence = sequences[i];
      if (!sent.isPending(sequence)) {
        continue;
      }
      expected++;
      sent.forget(sequence);
      if (arrivals[i] == Long.MIN_VALUE) {
        lost++;
      } else {
        lastResponse = now - sent.time(sequence);
        packetArrived(now, sequence, arrivals[i]);
      }
    }
    conclude(now, lost, expected, roundTrip);
  }

  private void noteFeedback(long now) {
    if (!hasFeedback) {
      hasFeedback = true;
      beginProbing(now);
    }
    lastFeedback = now;
  }

  private void conclude(long now, long lost, long expected, long roundTrip) {
    queue.update(now);
    long rate = arrived.rate(Math.max(0, lastArrival));
    if (queue.delay() > LONG_QUEUE) {
      // Behind a queue packets arrive as fast as the path carries, however short the look at it.
      long justNow = arrivedJustNow.rate(Math.max(0, lastArrival));
      rate = justNow > 0 ? Math.min(rate, justNow) : rate;
    }
    boolean limited = isLimited(now);
    delay.update(now, trend.usage(), rate, roundTrip, limited);
    loss.update(now, lost, expected, delay.rate(), roundTrip, limited);
    maybeProbe(now, limited);
    combine(now);
  }

  private void packetArrived(long now, int sequence, long arrival) {
    int size = sent.size(sequence);
    long shifted = arrival + ARRIVAL_SHIFT;
    lastArrival = Math.max(lastArrival, shifted);
    arrived.add(shifted, size);
    arrivedJustNow.add(shifted, size);
    queue.add(arrival - sent.time(sequence));
    trend.add(now, sent.time(sequence), arrival);
    int cluster = sent.cluster(sequence);
    if (cluster == 0) {
      return;
    }
    for (Probe probe : pending) {
      if (probe.id == cluster) {
        long result = probe.arrived(sent.time(sequence), arrival, size);
        if (result > 0) {
          probed(now, probe, result);
        }
      }
    }
  }

  private void probed(long now, Probe probe, long result) {
    if (result > delay.rate()) {
      delay.probed(now, result);
    }
    loss.probed(result);
    boolean more =
        result >= PROMISING * probe.bitsPerSecond && probe.id == lastProbeId && waiting.isEmpty();
    if (more && result < wanted) {
      enqueue(now, Math.min(2 * result, wanted + wanted / 5));
    }
  }

  private void beginProbing(long now) {
    enqueue(now, Math.min(3 * start, wanted + wanted / 5));
    if (3 * start < wanted) {
      enqueue(now, Math.min(6 * start, wanted + wanted / 5));
    }
  }

  private void enqueue(long now, long rate) {
    if (rate > target) {
      waiting.add(new Probe(++lastProbeId, rate));
      lastProbe = now;
    }
  }

  private void maybeProbe(long now, boolean limited) {
    if (active != null
        || !waiting.isEmpty()
        || target >= wanted
        || trend.usage() != TrendDetector.Usage.NORMAL) {
      return;
    }
    boolean fell =
        delay.lastDecrease() >= 0
            && delay.rateBeforeDecrease() > 1.4 * target
            && now - delay.lastDecrease() > RECOVERY_INTERVAL;
    long interval = fell && !limited ? RECOVERY_INTERVAL : PROBE_INTERVAL;
    if (now - lastProbe >= interval && loss.share() < 0.1) {
      enqueue(now, Math.min(2 * target, wanted + wanted / 5));
    }
  }

  private boolean isLimited(long now) {
    return sending.rate(now) < LIMITED * target;
  }

  /// Takes a receiver's report block: losses count where transport-wide feedback is missing.
  public void handleReport(long now, long lost, long expected, long roundTrip) {
    if (!hasFeedback) {
      loss.update(now, lost, expected, max, roundTrip, isLimited(now));
      combine(now);
    }
  }

  /// Takes what the receiver estimated, draft-alvestrand-rmcat-remb-03.
  public void handleRemb(long now, long bitsPerSecond) {
    remb = Math.max(bitsPerSecond, min);
    if (!hasFeedback) {
      loss.probed(bitsPerSecond);
    }
    combine(now);
  }

  /// To be called about once a second.
  public void process(long now) {
    if (hasFeedback
        && lastSent > lastFeedback
        && now - lastFeedback > FEEDBACK_TIMEOUT
        && now - lastSent < FEEDBACK_TIMEOUT) {
      // What is sent goes nowhere, or its reports do not come back.
      delay.probed(now, Math.max(min, target / 2));
      combine(now);
    }
  }

  private void combine(long now) {
    long combined = hasFeedback ? Math.min(delay.rate(), loss.rate()) : loss.rate();
    if (isDraining(now)) {
      combined = (long) (combined * Math.max(LEAST_DRAINING, 1 - queue.delay() / DRAIN_TIME));
    }
    if (remb > 0 && !hasFeedback) {
      combined = Math.min(combined, remb);
    }
    target = Math.clamp(combined, min, max);
    begun = true;
  }

  /// Whether a queue on the path ran over lately: packets are lost and delays grew.
  public boolean isCongested(long now) {
    return isDraining(now)
        || loss.share() > OVERFLOW
            && delay.lastDecrease() >= 0
            && now - delay.lastDecrease() < CONGESTION_MEMORY;
  }

  private boolean isDraining(long now) {
    return hasFeedback
        && queue.delay() > LONG_QUEUE
        && delay.lastDecrease() >= 0
        && now - delay.lastDecrease() < DRAIN_TIMEOUT;
  }

  /// How long packets stood in a queue on the path of late, in nanoseconds.
  public long queueDelay() {
    return queue.delay();
  }

  /// Whether anything was learnt of the path.
  public boolean hasEstimate() {
    return begun;
  }

  /// From sending a packet to the feedback on it, in nanoseconds; 0 before the first. Longer than
  /// the round trip by what the receiver waits, and known sooner.
  public long responseTime() {
    return lastResponse;
  }

  /// The share of packets lost lately, 0 to 1.
  public double lossShare() {
    return loss.share();
  }
}
