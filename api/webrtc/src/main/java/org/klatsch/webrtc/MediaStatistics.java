package org.klatsch.webrtc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.MediaKind;
import org.klatsch.media.ReceiveStatistics;
import org.klatsch.media.RemoteReport;
import org.klatsch.media.RtpCodec;
import org.klatsch.media.RtpReceiver;
import org.klatsch.media.RtpSender;
import org.klatsch.media.SendStatistics;
import org.klatsch.media.SenderReportInfo;
import org.klatsch.media.audio.AudioJitterStatistics;

/// Builds the statistics of media, W3C WebRTC Statistics §8.1 to §8.12, on the loop.
final class MediaStatistics {
  private static final double NANOS_PER_SECOND = 1e9;

  /// Seconds from 1900, where NTP begins, to 1970.
  private static final long NTP_EPOCH_SECONDS = 2_208_988_800L;

  private final long now;
  private final double timestamp;
  private final String transport;
  private final LongFunction<Double> wall;
  private final List<RTCStats> stats = new ArrayList<>();
  private final Set<String> codecs = new HashSet<>();

  /// @param now the loop's
  /// @param wall milliseconds since 1970 of a time of the loop
  MediaStatistics(long now, double timestamp, String transport, LongFunction<Double> wall) {
    this.now = now;
    this.timestamp = timestamp;
    this.transport = transport;
    this.wall = wall;
  }

  List<RTCStats> stats() {
    return stats;
  }

  void sender(RTCRtpTransceiver transceiver) {
    RTCRtpSender sender = transceiver.sender();
    RtpSender rtp = sender.rtp;
    MediaStreamTrack track = sender.track();
    String source = null;
    if (track != null) {
      source = "S" + track.id();
      source(source, track, sender.sending);
    }
    if (rtp == null) {
      return;
    }
    List<SendStatistics> streams = rtp.statistics();
    for (int i = 0; i < streams.size(); i++) {
      SendStatistics each = streams.get(i);
      if (each.packets() > 0) {
        outbound(transceiver, sender, each, i, source);
      }
    }
  }

  private void source(String id, MediaStreamTrack track, @Nullable Sending sending) {
    StatsValues values =
        new StatsValues(timestamp, id).put("trackIdentifier", track.id()).put("kind", track.kind());
    if (track.kind().equals("audio")) {
      if (sending instanceof AudioSending audio) {
        values
            .put("audioLevel", audio.level().last())
            .put("totalAudioEnergy", audio.level().energy())
            .put("totalSamplesDuration", audio.seconds());
      }
      stats.add(new RTCAudioSourceStats(values));
    } else {
      if (sending instanceof VideoSending video) {
        values
            .put("width", video.width() == 0 ? null : video.width())
            .put("height", video.height() == 0 ? null : video.height())
            .put("frames", video.frames())
            .put("framesPerSecond", video.framesPerSecond());
      }
      stats.add(new RTCVideoSourceStats(values));
    }
  }

  private void outbound(
      RTCRtpTransceiver transceiver,
      RTCRtpSender sender,
      SendStatistics s,
      int index,
      @Nullable String source) {
    String id = "O" + Integer.toUnsignedString(s.ssrc());
    Sending sending = sender.sending;
    String codec = sending == null ? null : codec(sending.codec(index), "CO");
    RemoteReport remote = s.remote();
    String remoteId = remote == null ? null : "RI" + Integer.toUnsignedString(s.ssrc());
    StatsValues values =
        stream(id, s.ssrc(), sender.kind(), codec)
            .put("packetsSent", s.packets())
            .put("bytesSent", s.payloadBytes())
            .put("mid", transceiver.mid())
            .put("mediaSourceId", source)
            .put("remoteId", remoteId)
            .put("rid", s.rid())
            .put("encodingIndex", index)
            .put("headerBytesSent", s.headerBytes())
            .put("retransmittedPacketsSent", s.retransmittedPackets())
            .put("retransmittedBytesSent", s.retransmittedBytes())
            .put("totalPacketSendDelay", s.queueNanos() / NANOS_PER_SECOND)
            .put("nackCount", s.nacks())
            .put("active", s.active())
            .put("packetsSentWithEct1", 0L);
    if (s.targetBitrate() > 0) {
      values.put("targetBitrate", (double) s.targetBitrate());
    }
    if (sender.kind().equals("video")) {
      // The stream goes on, and its counters do, while it has no track.
      EncodingFigures made = sender.figures(index);
      values
          .put("rtxSsrc", s.rtxSsrc() == 0 ? null : Integer.toUnsignedLong(s.rtxSsrc()))
          .put("framesSent", s.frames())
          .put("hugeFramesSent", s.hugeFrames())
          .put("pliCount", s.plis())
          .put("firCount", s.firs())
          .put("frameWidth", made.width() == 0 ? null : made.width())
          .put("frameHeight", made.height() == 0 ? null : made.height())
          .put("framesPerSecond", made.framesPerSecond());
      boolean encodes = sending == null ? made.framesEncoded() > 0 : !sending.takesEncoded();
      if (encodes) {
        made.putInto(values);
        values.put("framesDropped", sender.framesDropped()).put("keyFramesEncoded", s.keyFrames());
      }
    }
    stats.add(new RTCOutboundRtpStreamStats(values));
    if (remote != null && remoteId != null) {
      StatsValues report =
          stream(remoteId, s.ssrc(), sender.kind(), codec)
              .put("localId", id)
              .put("packetsReceived", remote.packetsReceived())
              .put("packetsReportedAsLost", known(s.reportedLost()))
              .put("packetsLost", remote.packetsLost())
              .put("jitter", remote.jitterSeconds())
              .put("fractionLost", remote.fractionLost())
              .put("totalRoundTripTime", remote.totalRoundTripTimeNanos() / NANOS_PER_SECOND)
              .put("roundTripTimeMeasurements", remote.roundTripTimeMeasurements())
              .put("packetsWithBleachedEct1Marking", 0L);
      if (s.reportedLost() >= 0) {
        report.put("packetsReportedAsLostButRecovered", s.reportedRecovered());
      }
      if (remote.roundTripTimeNanos() >= 0) {
        report.put("roundTripTime", remote.roundTripTimeNanos() / NANOS_PER_SECOND);
      }
      stats.add(new RTCRemoteInboundRtpStreamStats(report));
    }
  }

  private StatsValues stream(String id, int ssrc, String kind, @Nullable String codec) {
    return new StatsValues(timestamp, id)
        .put("ssrc", Integer.toUnsignedLong(ssrc))
        .put("kind", kind)
        .put("transportId", transport)
        .put("codecId", codec);
  }

  void receiver(RTCRtpTransceiver transceiver) {
    RTCRtpReceiver receiver = transceiver.receiver();
    RtpReceiver rtp = receiver.rtp;
    if (rtp == null) {
      return;
    }
    for (ReceiveStatistics each : rtp.statistics()) {
      inbound(transceiver, receiver, each);
    }
  }

  private void inbound(
      RTCRtpTransceiver transceiver, RTCRtpReceiver receiver, ReceiveStatistics s) {
    String id = "I" + Integer.toUnsignedString(s.ssrc());
    String kind = receiver.track().kind();
    String codec = codec(s.codec(), "CI");
    SenderReportInfo report = s.senderReport();
    String remoteId = report == null ? null : "RO" + Integer.toUnsignedString(s.ssrc());
    StatsValues values =
        stream(id, s.ssrc(), kind, codec)
            .put("packetsReceived", s.packets())
            .put("packetsReportedAsLost", known(s.reportedLost()))
            // Each packet is reported once.
            .put("packetsReportedAsLostButRecovered", s.reportedLost() < 0 ? null : 0L)
            .put("packetsLost", s.packetsLost())
            .put("jitter", s.jitterSeconds())
            .put("trackIdentifier", receiver.track().id())
            .put("mid", transceiver.mid())
            .put("remoteId", remoteId)
            .put("lastPacketReceivedTimestamp", wall.apply(s.lastPacketTime()))
            .put("headerBytesReceived", s.headerBytes())
            .put("bytesReceived", s.payloadBytes())
            .put("retransmittedPacketsReceived", s.retransmittedPackets())
            .put("retransmittedBytesReceived", s.retransmittedBytes())
            .put("fecPacketsReceived", s.fecPackets())
            .put("fecBytesReceived", s.fecBytes())
            .put("fecPacketsDiscarded", s.fecDiscarded())
            .put("fecSsrc", s.fecSsrc() == 0 ? null : Integer.toUnsignedLong(s.fecSsrc()))
            .put("nackCount", s.nacks());
    if (receiver.audio != null) {
      audio(values, receiver.audio.figures(), s);
    }
    if (receiver.video != null) {
      receiver.video.putInto(values);
      PlayoutPoint shown = receiver.video.shown();
      putPlayout(values, s, shown != null && shown.ssrc() == s.ssrc() ? shown : null);
      values
          .put("rtxSsrc", s.rtxSsrc() == 0 ? null : Integer.toUnsignedLong(s.rtxSsrc()))
          .put("pliCount", s.plis())
          .put("firCount", s.firs())
          .put("framesReceived", s.frames())
          .put("framesDropped", s.framesDropped() + receiver.video.framesDropped())
          .put("frameWidth", receiver.video.width() == 0 ? null : receiver.video.width())
          .put("frameHeight", receiver.video.height() == 0 ? null : receiver.video.height())
          .put("framesPerSecond", receiver.video.framesPerSecond());
    }
    stats.add(new RTCInboundRtpStreamStats(values));
    if (report != null && remoteId != null) {
      StatsValues told =
          stream(remoteId, s.ssrc(), kind, codec)
              .put("localId", id)
              .put("packetsSent", report.packets())
              .put("bytesSent", report.octets())
              .put("remoteTimestamp", ntpMillis(report.ntpTime()))
              .put("reportsSent", report.reports());
      told.put("totalRoundTripTime", s.totalRoundTripNanos() / NANOS_PER_SECOND)
          .put("roundTripTimeMeasurements", s.roundTripMeasurements());
      if (s.roundTripNanos() >= 0) {
        told.put("roundTripTime", s.roundTripNanos() / NANOS_PER_SECOND);
      }
      stats.add(new RTCRemoteOutboundRtpStreamStats(told));
    }
  }

  private static @Nullable Long known(long count) {
    return count < 0 ? null : count;
  }

  private void putPlayout(StatsValues values, ReceiveStatistics s, @Nullable PlayoutPoint point) {
    SenderReportInfo report = s.senderReport();
    RtpCodec codec = s.codec();
    if (point != null && report != null && codec != null) {
      values.put("estimatedPlayoutTimestamp", point.estimate(report, codec.clockRateHz(), now));
    }
  }

  private void audio(StatsValues values, AudioReceiving.Figures figures, ReceiveStatistics s) {
    AudioJitterStatistics jitter = s.audio();
    RtpCodec codec = s.codec();
    if (jitter == null || codec == null || figures.pcmRate() == 0) {
      return;
    }
    putPlayout(values, s, figures.heard());
    String playout = "AP" + Integer.toUnsignedString(s.ssrc());
    values
        .put("playoutId", playout)
        .put("totalProcessingDelay", jitter.processingNanos() / NANOS_PER_SECOND)
        .put("insertedSamplesForDeceleration", figures.inserted())
        .put("removedSamplesForAcceleration", figures.removed())
        .put("packetsDiscarded", jitter.framesDiscarded())
        .put("jitterBufferDelay", jitter.delayNanos() / NANOS_PER_SECOND)
        .put("jitterBufferTargetDelay", jitter.targetDelayNanos() / NANOS_PER_SECOND)
        .put("jitterBufferMinimumDelay", jitter.minimumDelayNanos() / NANOS_PER_SECOND)
        .put("jitterBufferEmittedCount", jitter.emittedSamples())
        .put("totalSamplesReceived", jitter.totalSamples())
        .put("concealedSamples", jitter.concealedSamples())
        .put("silentConcealedSamples", jitter.silentConcealedSamples())
        .put("concealmentEvents", jitter.concealmentEvents())
        .put("audioLevel", figures.level())
        .put("totalAudioEnergy", figures.energy())
        .put("totalSamplesDuration", (double) figures.samples() / figures.pcmRate());
    // Each receiver has a playout of its own.
    stats.add(
        new RTCAudioPlayoutStats(
            new StatsValues(timestamp, playout)
                .put("kind", MediaKind.AUDIO.toString())
                .put(
                    "synthesizedSamplesDuration",
                    (double) figures.synthesized() / figures.pcmRate())
                .put("synthesizedSamplesEvents", figures.synthesizedEvents())
                .put("totalSamplesDuration", (double) figures.samples() / figures.pcmRate())
                .put("totalSamplesCount", figures.samples())));
  }

  private static double ntpMillis(long ntp) {
    double seconds = (ntp >>> 32) - NTP_EPOCH_SECONDS + (ntp & 0xffff_ffffL) / 4294967296.0;
    return seconds * 1000;
  }

  private @Nullable String codec(@Nullable RtpCodec codec, String prefix) {
    if (codec == null) {
      return null;
    }
    String id = prefix + codec.payloadType() + "_" + codec.mimeType();
    if (codecs.add(id)) {
      RTCRtpCodec described = Formats.codec(codec);
      stats.add(
          new RTCCodecStats(
              timestamp,
              id,
              codec.payloadType(),
              transport,
              codec.mimeType(),
              codec.clockRateHz(),
              described.channels(),
              described.sdpFmtpLine()));
    }
    return id;
  }
}
