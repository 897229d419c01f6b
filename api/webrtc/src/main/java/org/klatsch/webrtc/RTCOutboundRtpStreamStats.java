package org.klatsch.webrtc;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A stream that is sent, W3C WebRTC Statistics §8.7. Null means unknown.
public final class RTCOutboundRtpStreamStats extends RTCSentRtpStreamStats {
  RTCOutboundRtpStreamStats(StatsValues values) {
    super(values);
  }

  @Override
  public RTCStatsType type() {
    return RTCStatsType.OUTBOUND_RTP;
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

  /// Bytes that the encoder was to make: its target, picture by picture.
  public @Nullable Long totalEncodedBytesTarget() {
    return values().whole("totalEncodedBytesTarget");
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

  /// Frames at least two and a half times as large as those before on average.
  public @Nullable Long hugeFramesSent() {
    return values().whole("hugeFramesSent");
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

  /// How long each reason held, in seconds.
  @SuppressWarnings("unchecked")
  public @Nullable Map<RTCQualityLimitationReason, Double> qualityLimitationDurations() {
    return (Map<RTCQualityLimitationReason, Double>) values().get("qualityLimitationDurations");
  }

  /// Times that the resolution changed for want of bits or of time to encode.
  public @Nullable Long qualityLimitationResolutionChanges() {
    return values().whole("qualityLimitationResolutionChanges");
  }

  public @Nullable Long keyFramesEncoded() {
    return values().whole("keyFramesEncoded");
  }

  /// Sum of the quantizer indices of the frames encoded, of VP8 (0 to 127) and VP9 (0 to 255).
  public @Nullable Long qpSum() {
    return values().whole("qpSum");
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

  /// Whether hardware encodes.
  public @Nullable Boolean powerEfficientEncoder() {
    return values().flag("powerEfficientEncoder");
  }

  public @Nullable Boolean active() {
    return values().flag("active");
  }

  /// `L1T1` of what is encoded here.
  public @Nullable String scalabilityMode() {
    return values().text("scalabilityMode");
  }

  /// Packets that went out marked ECT(1): none is marked.
  public @Nullable Long packetsSentWithEct1() {
    return values().whole("packetsSentWithEct1");
  }
}
