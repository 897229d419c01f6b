package org.klatsch.media;

import org.jspecify.annotations.Nullable;
import org.klatsch.media.audio.AudioJitterStatistics;
import org.klatsch.rtp.NtpTime;
import org.klatsch.rtp.RtpPacket;
import org.klatsch.rtp.rtcp.ReportBlock;
import org.klatsch.rtp.rtcp.SenderReport;

/// One stream that is received: an SSRC and what is known of it.
final class ReceiveStream {
  private static final int MAX_LOST = 0x7f_ffff;
  private static final int MIN_LOST = -0x80_0000;

  final RtpReceiver receiver;
  final int ssrc;
  @Nullable String rid;

  /// Whether the peer announced the SSRC, so that the table keeps it.
  final boolean signalled;

  /// The stream that this one repairs, null for a medium.
  @Nullable ReceiveStream repairs;

  /// Whether this is a stream of repair packets, RFC 8627.
  boolean protects;

  /// The stream that repairs this one, null when unknown.
  @Nullable ReceiveStream repair;

  private @Nullable SequenceStatistics sequence;
  private @Nullable RtpCodec codec;

  /// Whether packets come.
  private boolean alive;

  private long lastPacket;
  private long packets;
  private long payloadBytes;
  private long headerBytes;
  private long recoveredPackets;
  private long recoveredBytes;
  long frames;
  long keyFrames;
  long framesDropped;
  long nacks;
  long plis;
  long firs;
  long fecPackets;
  long fecBytes;
  long fecRecovered;
  long fecDiscarded;

  /// The stream of packets that repair this one; 0 while none came.
  int fecSsrc;

  private long roundTrip = -1;
  private long totalRoundTrip;
  private long roundTrips;
  private boolean heardSinceReport;
  private @Nullable SenderReportInfo senderReport;
  private @Nullable String cname;
  private int captureTimestamp;
  private long captureTime;

  /// Frame assembly; null for audio and before the first packet.
  @Nullable VideoReceiveStream video;

  ReceiveStream(RtpReceiver receiver, int ssrc, @Nullable String rid, boolean signalled) {
    this.receiver = receiver;
    this.ssrc = ssrc;
    this.rid = rid;
    this.signalled = signalled;
  }

  /// Counts a packet of this SSRC.
  ///
  /// @return whether its sequence number is the highest so far
  boolean notePacket(long now, RtpPacket packet, RtpCodec packetCodec) {
    SequenceStatistics statistics = sequence;
    if (statistics == null) {
      statistics = new SequenceStatistics(packetCodec.clockRateHz());
      sequence = statistics;
    }
    lastPacket = now;
    heardSinceReport = true;
    countPayload(packet);
    if (packetCodec.isMedia()) {
      codec = packetCodec;
    }
    return statistics.add(now, packet.sequenceNumber(), packet.timestamp());
  }

  /// Whether this stream only repairs others.
  boolean isRepair() {
    return repairs != null || protects;
  }

  /// What is inside a packet that was wrapped.
  void noteCodec(RtpCodec inner) {
    if (inner.isMedia()) {
      codec = inner;
    }
  }

  /// Counts a packet that repair brought.
  void noteRecovered(RtpPacket packet) {
    countPayload(packet);
    recoveredPackets++;
    recoveredBytes += packet.payloadLength();
  }

  /// Counts a packet of the stream that repairs this one with nothing inside: padding that probes
  /// the path. The sender counts it too.
  void notePadding(RtpPacket packet) {
    countPayload(packet);
  }

  /// The sender answered a reference time of ours, RFC 3611 §4.5.
  ///
  /// @param nanos the round trip
  void noteRoundTrip(long nanos) {
    roundTrip = nanos;
    totalRoundTrip += nanos;
    roundTrips++;
  }

  private void countPayload(RtpPacket packet) {
    packets++;
    payloadBytes += packet.payloadLength();
    headerBytes += packet.headerLength() + packet.paddingLength();
  }

  boolean isAlive() {
    return alive;
  }

  void alive(boolean value) {
    alive = value;
  }

  long lastPacket() {
    return lastPacket;
  }

  boolean hasPackets() {
    return packets > 0;
  }

  /// Takes the sender's report.
  void handleReport(long now, SenderReport report) {
    SenderReportInfo last = senderReport;
    senderReport =
        new SenderReportInfo(
            now,
            report.ntpTime(),
            report.rtpTimestamp(),
            Integer.toUnsignedLong(report.packetCount()),
            Integer.toUnsignedLong(report.octetCount()),
            (last == null ? 0 : last.reports()) + 1);
  }

  /// Names the sender, RFC 3550 §6.5.1; null while unknown.
  @Nullable String cname() {
    return cname;
  }

  void cname(String value) {
    cname = value;
  }

  @Nullable SenderReportInfo senderReport() {
    return senderReport;
  }

  /// The sender's wall clock at an RTP timestamp, RFC 3550 §6.4.1; 0 while unknown.
  long ntpTime(int timestamp, int clockRateHz) {
    SenderReportInfo known = senderReport;
    if (known == null) {
      return 0;
    }
    int ticks = timestamp - known.rtpTimestamp();
    return known.ntpTime() + NtpTime.ofNanos(ticks * 1_000_000_000L / clockRateHz);
  }

  /// A packet tells when its frame was captured, by the capturer's clock.
  void noteCapture(int timestamp, long ntpTime) {
    captureTimestamp = timestamp;
    captureTime = ntpTime;
  }

  /// When a frame was captured by the capturer's clock, as packets told, else by that of the
  /// sender; 0 while unknown.
  long captureTime(int timestamp, int clockRateHz) {
    if (captureTime == 0) {
      return ntpTime(timestamp, clockRateHz);
    }
    int ticks = timestamp - captureTimestamp;
    return captureTime + NtpTime.ofNanos(ticks * 1_000_000_000L / clockRateHz);
  }

  /// A report block when packets came since the last one, else null.
  @Nullable ReportBlock takeReport(long now) {
    SequenceStatistics statistics = sequence;
    if (statistics == null || !heardSinceReport) {
      return null;
    }
    heardSinceReport = false;
    SenderReportInfo known = senderReport;
    return new ReportBlock(
        ssrc,
        statistics.takeFractionLost(),
        (int) Math.clamp(statistics.lost(), (long) MIN_LOST, (long) MAX_LOST),
        statistics.extendedHighest(),
        (int) statistics.jitter(),
        known == null ? 0 : NtpTime.middle(known.ntpTime()),
        known == null ? 0 : NtpTime.middleOfNanos(now - known.time()));
  }

  /// @param reportedLost packets that feedback by stream told to be lost, −1 without such feedback
  ReceiveStatistics statistics(@Nullable AudioJitterStatistics audio, long reportedLost) {
    SequenceStatistics counted = sequence;
    RtpCodec known = codec;
    double jitter =
        counted == null || known == null ? 0 : (double) counted.jitter() / known.clockRateHz();
    ReceiveStream rtx = repair;
    return new ReceiveStatistics(
        ssrc,
        rid,
        rtx == null ? 0 : rtx.ssrc,
        known,
        packets,
        payloadBytes,
        headerBytes,
        recoveredPackets,
        recoveredBytes,
        counted == null ? 0 : counted.lost(),
        jitter,
        lastPacket,
        frames,
        keyFrames,
        framesDropped,
        nacks,
        plis,
        firs,
        audio,
        senderReport,
        fecPackets,
        fecBytes,
        fecRecovered,
        fecDiscarded,
        fecSsrc,
        reportedLost,
        roundTrip,
        totalRoundTrip,
        roundTrips);
  }
}
