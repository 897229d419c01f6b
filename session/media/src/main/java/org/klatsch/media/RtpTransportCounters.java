package org.klatsch.media;

/// Packets of an [RtpTransport] and what was dropped, by reason.
public final class RtpTransportCounters {
  private final long[] drops = new long[DropReason.values().length];
  private long rtpReceived;
  private long rtcpReceived;
  private long rtpSent;
  private long rtcpSent;

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
}
