package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A stream that is sent, W3C WebRTC Statistics §8.7. Null means unknown.
public final class RTCOutboundRtpStreamStats implements RTCSentRtpStreamStats {
  private final StatsValues values;

  RTCOutboundRtpStreamStats(StatsValues values) {
    this.values = values;
  }

  StatsValues values() {
    return values;
  }

  @Override
  public double timestamp() {
    return values.timestamp();
  }

  @Override
  public RTCStatsType type() {
    return RTCStatsType.OUTBOUND_RTP;
  }

  @Override
  public String id() {
    return values.id();
  }

  @Override
  public @Nullable Long ssrc() {
    return values().whole("ssrc");
  }

  @Override
  public @Nullable String kind() {
    return values().text("kind");
  }

  @Override
  public @Nullable String transportId() {
    return values().text("transportId");
  }

  @Override
  public @Nullable String codecId() {
    return values().text("codecId");
  }

  @Override
  public @Nullable Long packetsSent() {
    return values().whole("packetsSent");
  }

  @Override
  public @Nullable Long bytesSent() {
    return values().whole("bytesSent");
  }

  public @Nullable String mid() {
    return values().text("mid");
  }

  public @Nullable String mediaSourceId() {
    return values().text("mediaSourceId");
  }

  public @Nullable String remoteId() {
    return values().text("remoteId");
  }

  public @Nullable String rid() {
    return values().text("rid");
  }

  public @Nullable Integer encodingIndex() {
    return values().number("encodingIndex");
  }

  public @Nullable Long headerBytesSent() {
    return values().whole("headerBytesSent");
  }

  public @Nullable Long retransmittedPacketsSent() {
    return values().whole("retransmittedPacketsSent");
  }

  public @Nullable Long retransmittedBytesSent() {
    return values().whole("retransmittedBytesSent");
  }

  public @Nullable Long rtxSsrc() {
    return values().whole("rtxSsrc");
  }

  /// In bits a second.
  public @Nullable Double targetBitrate() {
    return values().real("targetBitrate");
  }

  public @Nullable Integer frameWidth() {
    return values().number("frameWidth");
  }

  public @Nullable Integer frameHeight() {
    return values().number("frameHeight");
  }

  public @Nullable Double framesPerSecond() {
    return values().real("framesPerSecond");
  }

  public @Nullable Long framesSent() {
    return values().whole("framesSent");
  }

  public @Nullable Long framesEncoded() {
    return values().whole("framesEncoded");
  }

  /// Pictures of the track left out because the encoder was busy. The W3C lacks this.
  public @Nullable Long framesDropped() {
    return values().whole("framesDropped");
  }

  /// Whether resolution, frame rate or a whole encoding is given up at present.
  public @Nullable RTCQualityLimitationReason qualityLimitationReason() {
    return (RTCQualityLimitationReason) values().get("qualityLimitationReason");
  }

  public @Nullable Long keyFramesEncoded() {
    return values().whole("keyFramesEncoded");
  }

  /// In seconds.
  public @Nullable Double totalEncodeTime() {
    return values().real("totalEncodeTime");
  }

  /// In seconds.
  public @Nullable Double totalPacketSendDelay() {
    return values().real("totalPacketSendDelay");
  }

  public @Nullable Long nackCount() {
    return values().whole("nackCount");
  }

  public @Nullable Long pliCount() {
    return values().whole("pliCount");
  }

  public @Nullable Long firCount() {
    return values().whole("firCount");
  }

  public @Nullable String encoderImplementation() {
    return values().text("encoderImplementation");
  }

  public @Nullable Boolean active() {
    return values().flag("active");
  }

  @Override
  public String toString() {
    return type() + " " + values;
  }
}
