package org.klatsch.sctp.tx;

/// Decides how many bytes may be in flight and how fast they leave. Exchangeable through the
/// association's options; loss detection and retransmission are not its business.
///
/// All amounts are bytes of chunks with header and padding, all times nanoseconds.
public interface CongestionControl {
  /// Makes one for a new association.
  @FunctionalInterface
  interface Factory {
    CongestionControl create(int packetSize);
  }

  /// How many bytes may be in flight.
  long cwnd();

  /// Slow-start threshold, [Long#MAX_VALUE] until the first congestion.
  long ssthresh();

  /// New data was acknowledged.
  ///
  /// @param acked bytes newly acknowledged
  /// @param inFlight bytes in flight before this acknowledgement
  /// @param newestSentAt when the most recently sent of the acknowledged chunks had left
  /// @param windowLimited whether the window, rather than the application, held back data
  void handleAcked(long now, long acked, long inFlight, long newestSentAt, boolean windowLimited);

  /// A round-trip time was measured on data that was sent once.
  void handleRtt(long now, long rtt);

  /// A chunk is deemed lost.
  ///
  /// @param sentAt when it had left
  void handleLost(long now, int bytes, long sentAt);

  /// T3-rtx expired: everything in flight is deemed lost.
  void handleTimeout(long now);

  /// Nothing was sent for `idle` nanoseconds, one or more RTOs.
  void handleIdle(long now, long idle, long rto);

  /// The path is another one: what was learned about it is void.
  void handlePathChanged(long now);

  /// The packet size changed.
  void packetSize(int bytes);

  /// The rate at which packets should leave, in bytes per second; [Long#MAX_VALUE] for at once.
  long pacingRate(long smoothedRtt);
}
