package org.klatsch.media.bwe;

import org.jspecify.annotations.Nullable;
import org.klatsch.sansio.ProtocolCore;

/// Estimates at the receiving end what the path bears, for senders that get no transport-wide
/// feedback: the delays of packets that tell when they were sent, draft-alvestrand-rmcat-remb-03
/// §2. A plain object: all times are arguments.
public final class ReceiverEstimator {
  /// Between two messages while nothing much changes.
  private static final long INTERVAL = 1_000_000_000L;

  /// A fall below this share of what was told last is told at once.
  private static final double FALL = 0.97;

  /// Between two looks at the trend, as feedback would come.
  private static final long LOOK = 50_000_000L;

  /// Without packets for so long nothing is told.
  private static final long SILENCE = 2_000_000_000L;

  /// Units of a time of sending are 2⁻¹⁸ s.
  private static final int FRACTION_BITS = 18;

  private final long min;
  private final long start;
  private final long max;
  private final RateMeter arrived = new RateMeter(500);
  private @Nullable TrendDetector trend;
  private DelayControl control;
  private int lastRaw;
  private long sentUnits;
  private long lastPacket;
  private long nextLook;
  private long lastTold = Long.MIN_VALUE / 2;
  private long told;
  private long due = ProtocolCore.NEVER;

  /// @param min never less, in bits a second
  /// @param start assumed at first
  /// @param max never more
  public ReceiverEstimator(long min, long start, long max) {
    this.min = min;
    this.start = start;
    this.max = max;
    this.control = new DelayControl(min, start, max);
  }

  /// A packet came.
  ///
  /// @param absSendTime as its header extension tells, 24 bits
  public void add(long now, int absSendTime, int bytes, long roundTrip) {
    TrendDetector detector = trend;
    if (detector == null || now - lastPacket > SILENCE) {
      detector = new TrendDetector();
      trend = detector;
      control = new DelayControl(min, start, max);
      sentUnits = 0;
      lastRaw = absSendTime;
      nextLook = now + LOOK;
    }
    lastPacket = now;
    // 24 bits that wrap after 64 s.
    sentUnits += absSendTime - lastRaw << 8 >> 8;
    lastRaw = absSendTime;
    arrived.add(now, bytes);
    detector.add(now, (sentUnits * 1_000_000_000L) >> FRACTION_BITS, now);
    if (now >= nextLook) {
      nextLook = now + LOOK;
      // Whether the sender has less to send than it may is not known here: what arrives bounds the
      // estimate in any case.
      control.update(now, detector.usage(), arrived.rate(now), roundTrip, false);
      if (control.rate() < told * FALL) {
        due = now;
      }
    }
    if (due == ProtocolCore.NEVER) {
      due = Math.max(now, lastTold + INTERVAL);
    }
  }

  /// The rate to tell the sender now, in bits a second; 0 when nothing is to be told.
  public long poll(long now) {
    if (now < due) {
      return 0;
    }
    due = ProtocolCore.NEVER;
    told = control.rate();
    lastTold = now;
    return told;
  }

  /// The rate told last, in bits a second; 0 before.
  public long told() {
    return told;
  }

  /// When to ask next.
  public long nextTimeout() {
    return due;
  }
}
