package org.klatsch.media;

/// Packets of an [RtpTransport] and what was dropped, by reason.
public final class RtpTransportCounters {
  private final long[] drops = new long[DropReason.values().length];
  private long rtpReceived;
  private long rtcpReceived;
  private long rtpSent;
  private long rtcpSent;
  private long congestionFeedbackReceived;
  private long congestionFeedbackSent;

  RtpTransportCounters() {}

  void drop(DropReason reason) {
    drops[reason.ordinal()]++;
  }

  void rtpReceived() {
    rtpReceived++;
  }

  void rtcpReceived() {
    rtcpReceived++;
  }

  void rtpSent() {
    rtpSent++;
  }

  void rtcpSent() {
    rtcpSent++;
  }

  void congestionFeedbackReceived() {
    congestionFeedbackReceived++;
  }

  void congestionFeedbackSent() {
    congestionFeedbackSent++;
  }

  /// How often something was dropped for `reason`.
  public long dropped(DropReason reason) {
    return drops[reason.ordinal()];
  }

  public long rtpPacketsReceived() {
    return rtpReceived;
  }

  public long rtcpPacketsReceived() {
    return rtcpReceived;
  }

  public long rtpPacketsSent() {
    return rtpSent;
  }

  public long rtcpPacketsSent() {
    return rtcpSent;
  }

  /// Messages of RFC 8888.
  public long congestionFeedbackReceivedCount() {
    return congestionFeedbackReceived;
  }

  /// Messages of RFC 8888.
  public long congestionFeedbackSentCount() {
    return congestionFeedbackSent;
  }
}
