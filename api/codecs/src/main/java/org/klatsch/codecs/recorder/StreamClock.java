package org.klatsch.codecs.recorder;

/// Gives the frames of one stream times on the local clock, by their RTP timestamps. Until the
/// sender's reports tell its wall clock, the frame that came fastest is the measure, as jitter and
/// queues only ever delay. One thread at a time.
public final class StreamClock {
  /// Beyond this the timestamps are another timeline: the source has paused or was replaced.
  private static final long MAX_LATE_NANOS = 2_000_000_000L;

  private final int rateHz;
  private final SenderClock sender;
  private boolean begun;
  private int last;
  private long extended;
  private long offset;

  /// @param rateHz of the timestamps
  public StreamClock(int rateHz, SenderClock sender) {
    this.rateHz = rateHz;
    this.sender = sender;
  }

  /// The timestamp without its wrap, so that frames can be put in order.
  public long extended(int rtpTimestamp) {
    if (!begun) {
      begun = true;
      last = rtpTimestamp;
      offset = Long.MAX_VALUE;
    }
    long value = extended + (rtpTimestamp - last);
    if (rtpTimestamp - last > 0) {
      extended = value;
      last = rtpTimestamp;
    }
    return value;
  }

  /// When a frame was captured, in local time.
  ///
  /// @param timestamp from [#extended]
  /// @param arrival local nanoseconds
  /// @param ntpTime the sender's wall clock at capture; 0 while unknown
  public long time(long timestamp, long arrival, long ntpTime) {
    long elapsed = (long) (timestamp * (1e9 / rateHz));
    if (ntpTime != 0) {
      long local = sender.local(ntpTime, arrival);
      offset = local - elapsed;
      return local;
    }
    long its = arrival - elapsed;
    if (its < offset || its - offset > MAX_LATE_NANOS) {
      offset = its;
    }
    return elapsed + offset;
  }
}
