package org.klatsch.media;

import org.klatsch.media.audio.DelayEstimator;
import org.klatsch.rtp.NtpTime;

/// When the frames of one received stream come, against their own timeline and against the wall
/// clock of their sender: what decides when they are played.
final class PlayoutTiming {
  /// Stands for a time that is not known.
  static final long UNKNOWN = Long.MIN_VALUE;

  private static final long SECOND = 1_000_000_000L;

  /// A transit this far from the base is another timeline, not a late frame.
  private static final long JUMP = 5 * SECOND;

  private final DelayEstimator delays;
  private int clockRateHz = 1;
  private long extended;
  private boolean begun;

  /// @param quantile the share of frames that shall be in time
  PlayoutTiming(double quantile) {
    delays = new DelayEstimator(quantile);
  }

  /// Takes note of a frame.
  ///
  /// @param onTime whether its arrival tells what the network does
  /// @return its place on the stream's timeline, in nanoseconds
  long note(long now, int timestamp, int rate, boolean onTime) {
    if (rate != clockRateHz) {
      reset();
      clockRateHz = rate;
    }
    extended = begun ? extended + (timestamp - (int) extended) : Integer.toUnsignedLong(timestamp);
    begun = true;
    long media = extended / rate * SECOND + extended % rate * SECOND / rate;
    if (!delays.isEmpty() && Math.abs(now - media - delays.base()) > JUMP) {
      delays.reset();
    }
    if (onTime || delays.isEmpty()) {
      delays.add(now, now - media);
    }
    return media;
  }

  /// Forgets all, as when another stream takes over.
  void reset() {
    delays.reset();
    begun = false;
  }

  boolean isEmpty() {
    return delays.isEmpty();
  }

  /// The fastest arrival of late minus its place on the timeline.
  long base() {
    return delays.base();
  }

  /// How long most frames take beyond the fastest, in nanoseconds.
  long needed() {
    return delays.isEmpty() ? 0 : delays.target();
  }

  /// When the fastest frame came here minus when its sender captured it, by his wall clock: only
  /// differences between streams of one clock mean anything. [#UNKNOWN] until his report.
  long fastestPath(ReceiveStream stream) {
    if (delays.isEmpty() || stream.senderReport() == null) {
      return UNKNOWN;
    }
    long media = extended / clockRateHz * SECOND + extended % clockRateHz * SECOND / clockRateHz;
    long captured = NtpTime.toEpochNanos(stream.ntpTime((int) extended, clockRateHz));
    return delays.base() + media - captured;
  }
}
