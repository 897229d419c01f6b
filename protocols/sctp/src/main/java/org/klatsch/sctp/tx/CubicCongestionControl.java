package org.klatsch.sctp.tx;

/// A constant window.
public final class CubicCongestionControl implements CongestionControl {
  private long cwnd;

  public CubicCongestionControl(int packetSize) {
    cwnd = 10L * packetSize;
  }

  @Override
  public long cwnd() {
    return cwnd;
  }

  @Override
  public long ssthresh() {
    return Long.MAX_VALUE;
  }

  @Override
  public void handleAcked(
      long now, long acked, long inFlight, long newestSentAt, boolean windowLimited) {}

  @Override
  public void handleRtt(long now, long rtt) {}

  @Override
  public void handleLost(long now, int bytes, long sentAt) {}

  @Override
  public void handleTimeout(long now) {}

  @Override
  public void handleIdle(long now, long idle, long rto) {}

  @Override
  public void handlePathChanged(long now) {}

  @Override
  public void packetSize(int bytes) {}

  @Override
  public long pacingRate(long smoothedRtt) {
    return Long.MAX_VALUE;
  }
}
