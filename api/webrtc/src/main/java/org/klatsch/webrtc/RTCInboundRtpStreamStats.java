package org.klatsch.webrtc;

import org.jspecify.annotations.Nullable;

/// A stream that is received, W3C WebRTC Statistics §8.4. Null means unknown.
public final class RTCInboundRtpStreamStats extends RTCReceivedRtpStreamStats {
  RTCInboundRtpStreamStats(StatsValues values) {
    super(values);
  }

  @Override
  public RTCStatsType type() {
    return RTCStatsType.INBOUND_RTP;
  }

  public @Nullable String trackIdentifier() {
    return values().text("trackIdentifier");
  }

  public @Nullable String mid() {
    return values().text("mid");
  }

  public @Nullable String remoteId() {
    return values().text("remoteId");
  }

  public @Nullable String playoutId() {
    return values().text("playoutId");
  }

  /// In milliseconds since 1970.
  public @Nullable Double lastPacketReceivedTimestamp() {
    return values().real("lastPacketReceivedTimestamp");
  }

  public @Nullable Long headerBytesReceived() {
    return values().whole("headerBytesReceived");
  }

  /// Payload, without headers and padding.
  public @Nullable Long bytesReceived() {
    return values().whole("bytesReceived");
  }

  /// Came too late to be played.
  public @Nullable Long packetsDiscarded() {
    return values().whole("packetsDiscarded");
  }

  public @Nullable Long retransmittedPacketsReceived() {
    return values().whole("retransmittedPacketsReceived");
  }

  public @Nullable Long retransmittedBytesReceived() {
    return values().whole("retransmittedBytesReceived");
  }

  public @Nullable Long rtxSsrc() {
    return values().whole("rtxSsrc");
  }

  /// The stream of repair packets, where it is one of its own.
  public @Nullable Long fecSsrc() {
    return values().whole("fecSsrc");
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

  public @Nullable Long framesReceived() {
    return values().whole("framesReceived");
  }

  public @Nullable Long framesDecoded() {
    return values().whole("framesDecoded");
  }

  public @Nullable Long keyFramesDecoded() {
    return values().whole("keyFramesDecoded");
  }

  public @Nullable Long framesDropped() {
    return values().whole("framesDropped");
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

  /// Pictures given to whoever listens.
  public @Nullable Long framesRendered() {
    return values().whole("framesRendered");
  }

  /// Between pictures given, in seconds.
  public @Nullable Double totalInterFrameDelay() {
    return values().real("totalInterFrameDelay");
  }

  /// In square seconds.
  public @Nullable Double totalSquaredInterFrameDelay() {
    return values().real("totalSquaredInterFrameDelay");
  }

  /// Times that a picture came far later than usual.
  public @Nullable Long freezeCount() {
    return values().whole("freezeCount");
  }

  /// In seconds.
  public @Nullable Double totalFreezesDuration() {
    return values().real("totalFreezesDuration");
  }

  /// Times that no picture came for five seconds.
  public @Nullable Long pauseCount() {
    return values().whole("pauseCount");
  }

  /// In seconds.
  public @Nullable Double totalPausesDuration() {
    return values().real("totalPausesDuration");
  }

  /// Repair packets, and repetitions of frames of audio.
  public @Nullable Long fecPacketsReceived() {
    return values().whole("fecPacketsReceived");
  }

  public @Nullable Long fecBytesReceived() {
    return values().whole("fecBytesReceived");
  }

  /// Repair packets that served nothing.
  public @Nullable Long fecPacketsDiscarded() {
    return values().whole("fecPacketsDiscarded");
  }

  /// Sum of the quantizer indices of the frames decoded, of VP8 (0 to 127) and VP9 (0 to 255).
  public @Nullable Long qpSum() {
    return values().whole("qpSum");
  }

  /// In seconds.
  public @Nullable Double totalDecodeTime() {
    return values().real("totalDecodeTime");
  }

  /// Sum over the frames or samples decoded of the time from the arrival of their first packet, in
  /// seconds.
  public @Nullable Double totalProcessingDelay() {
    return values().real("totalProcessingDelay");
  }

  /// Sum over the frames of [#framesAssembledFromMultiplePackets] of the time from their first
  /// packet to their last, in seconds.
  public @Nullable Double totalAssemblyTime() {
    return values().real("totalAssemblyTime");
  }

  /// Frames decoded that came in more than one packet.
  public @Nullable Long framesAssembledFromMultiplePackets() {
    return values().whole("framesAssembledFromMultiplePackets");
  }

  /// What the sender's clock showed, in milliseconds since 1970, when that was captured or sent
  /// which is heard or seen now: known once the sender has reported. The difference between audio
  /// and video of one sender is how far they are apart.
  public @Nullable Double estimatedPlayoutTimestamp() {
    return values().real("estimatedPlayoutTimestamp");
  }

  /// Sum over the samples emitted, in seconds.
  public @Nullable Double jitterBufferDelay() {
    return values().real("jitterBufferDelay");
  }

  /// Sum over the samples emitted, in seconds.
  public @Nullable Double jitterBufferTargetDelay() {
    return values().real("jitterBufferTargetDelay");
  }

  /// Sum over the samples emitted, in seconds.
  public @Nullable Double jitterBufferMinimumDelay() {
    return values().real("jitterBufferMinimumDelay");
  }

  /// In samples.
  public @Nullable Long jitterBufferEmittedCount() {
    return values().whole("jitterBufferEmittedCount");
  }

  public @Nullable Long totalSamplesReceived() {
    return values().whole("totalSamplesReceived");
  }

  public @Nullable Long concealedSamples() {
    return values().whole("concealedSamples");
  }

  public @Nullable Long silentConcealedSamples() {
    return values().whole("silentConcealedSamples");
  }

  public @Nullable Long concealmentEvents() {
    return values().whole("concealmentEvents");
  }

  /// Samples added to play more slowly.
  public @Nullable Long insertedSamplesForDeceleration() {
    return values().whole("insertedSamplesForDeceleration");
  }

  /// Samples left out to play faster.
  public @Nullable Long removedSamplesForAcceleration() {
    return values().whole("removedSamplesForAcceleration");
  }

  /// Linear, 1 is the loudest.
  public @Nullable Double audioLevel() {
    return values().real("audioLevel");
  }

  public @Nullable Double totalAudioEnergy() {
    return values().real("totalAudioEnergy");
  }

  /// In seconds.
  public @Nullable Double totalSamplesDuration() {
    return values().real("totalSamplesDuration");
  }

  public @Nullable String decoderImplementation() {
    return values().text("decoderImplementation");
  }

  /// Whether hardware decodes.
  public @Nullable Boolean powerEfficientDecoder() {
    return values().flag("powerEfficientDecoder");
  }
}
