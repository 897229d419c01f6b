package org.klatsch.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.klatsch.media.EModel;
import org.klatsch.webrtc.RTCInboundRtpStreamStats;
import org.klatsch.webrtc.RTCOutboundRtpStreamStats;
import org.klatsch.webrtc.RTCRemoteInboundRtpStreamStats;
import org.klatsch.webrtc.RTCStats;
import org.klatsch.webrtc.RTCStatsReport;
import tools.jackson.databind.node.ObjectNode;

/// How good the connection to one member is, from its statistics of now and of a moment ago. Null
/// and [Double#NaN] mean unknown.
final class CallQuality {
  /// Loss and rates need a time to be measured over.
  private static final double SHORTEST_SECONDS = 0.2;

  /// What is counted from the beginning on.
  private record Counts(
      double time, Packets all, Packets audio, Buffer buffer, long bytesIn, long bytesOut) {}

  private record Packets(long received, long lost) {
    static Packets of(List<RTCInboundRtpStreamStats> streams) {
      return new Packets(
          streams.stream().mapToLong(each -> count(each.packetsReceived())).sum(),
          streams.stream().mapToLong(each -> count(each.packetsLost())).sum());
    }

    double lossPercentSince(Packets before) {
      long newlyLost = Math.max(0, lost - before.lost);
      long expected = received - before.received + newlyLost;
      return expected <= 0 ? Double.NaN : 100.0 * newlyLost / expected;
    }
  }

  /// What went through the jitter buffer of the audio.
  ///
  /// @param seconds that all samples together waited
  private record Buffer(double seconds, long samples) {
    static Buffer of(@Nullable RTCInboundRtpStreamStats audio) {
      Double waited = audio == null ? null : audio.jitterBufferDelay();
      return new Buffer(
          waited == null ? 0 : waited, audio == null ? 0 : count(audio.jitterBufferEmittedCount()));
    }

    double millisSince(Buffer before) {
      long emitted = samples - before.samples;
      return emitted <= 0 ? 0 : 1_000 * (seconds - before.seconds) / emitted;
    }
  }

  private @Nullable Counts before;

  /// One second of a call.
  record Reading(
      @Nullable RTCInboundRtpStreamStats audio,
      @Nullable RTCInboundRtpStreamStats video,
      @Nullable RTCOutboundRtpStreamStats videoSent,
      @Nullable RTCRemoteInboundRtpStreamStats there,
      double lossPercent,
      double receiveKbps,
      double sendKbps,
      double roundTripMillis,
      double mos) {
    /// Whether media flows at all.
    boolean isEmpty() {
      return audio == null && video == null && there == null;
    }

    void describe(ObjectNode event) {
      RTCInboundRtpStreamStats sound = audio;
      if (sound != null) {
        event
            .put("packetsReceived", sound.packetsReceived())
            .put("packetsLost", sound.packetsLost())
            .put("jitterMs", milliseconds(sound.jitter()))
            .put("concealedSamples", sound.concealedSamples())
            .put("level", sound.audioLevel());
      }
      put(event, "lossPercent", lossPercent);
      put(event, "mos", mos);
      put(event, "roundTripMs", roundTripMillis);
      RTCRemoteInboundRtpStreamStats remote = there;
      if (remote != null) {
        event.put("fractionLostThere", remote.fractionLost());
      }
      put(event, "receiveKbps", receiveKbps);
      put(event, "sendKbps", sendKbps);
      RTCInboundRtpStreamStats picture = video;
      if (picture != null) {
        event
            .putObject("video")
            .put("width", picture.frameWidth())
            .put("height", picture.frameHeight())
            .put("framesPerSecond", picture.framesPerSecond())
            .put("framesReceived", picture.framesReceived())
            .put("packetsLost", picture.packetsLost());
      }
      RTCOutboundRtpStreamStats own = videoSent;
      if (own != null) {
        event
            .putObject("videoSent")
            .put("width", own.frameWidth())
            .put("height", own.frameHeight())
            .put("framesPerSecond", own.framesPerSecond())
            .put("framesSent", own.framesSent());
      }
    }

    /// The same in a line for people.
    String line() {
      List<@Nullable String> parts = new ArrayList<>();
      parts.add(text("MOS %.1f", mos));
      parts.add(text("loss %.1f %%", lossPercent));
      Double jitter = audio == null ? null : milliseconds(audio.jitter());
      parts.add(jitter == null ? null : text("jitter %.0f ms", jitter));
      parts.add(text("RTT %.0f ms", roundTripMillis));
      parts.add(text("↓%.0f", receiveKbps));
      parts.add(text("↑%.0f kbit/s", sendKbps));
      RTCInboundRtpStreamStats picture = video;
      Integer width = picture == null ? null : picture.frameWidth();
      Integer height = picture == null ? null : picture.frameHeight();
      if (picture != null && width != null && height != null) {
        parts.add(width + "×" + height + rate(picture.framesPerSecond()));
      }
      return String.join("  ", parts.stream().filter(Objects::nonNull).toList());
    }

    private static String rate(@Nullable Double framesPerSecond) {
      return framesPerSecond == null ? "" : "@" + Math.round(framesPerSecond);
    }

    private static @Nullable String text(String format, double value) {
      return Double.isNaN(value) ? null : String.format(Locale.ROOT, format, value);
    }

    private static void put(ObjectNode event, String name, double value) {
      if (!Double.isNaN(value)) {
        event.put(name, Math.round(value * 100) / 100.0);
      }
    }
  }

  private static @Nullable Double milliseconds(@Nullable Double seconds) {
    return seconds == null ? null : Math.round(seconds * 10_000) / 10.0;
  }

  Reading read(RTCStatsReport stats) {
    List<RTCInboundRtpStreamStats> inbound = stats.stream(RTCInboundRtpStreamStats.class).toList();
    List<RTCOutboundRtpStreamStats> outbound =
        stats.stream(RTCOutboundRtpStreamStats.class).toList();
    RTCInboundRtpStreamStats audio =
        inbound.stream().filter(each -> "audio".equals(each.kind())).findFirst().orElse(null);
    RTCInboundRtpStreamStats video =
        inbound.stream().filter(each -> "video".equals(each.kind())).findFirst().orElse(null);
    RTCOutboundRtpStreamStats videoSent =
        outbound.stream().filter(each -> "video".equals(each.kind())).findFirst().orElse(null);
    List<RTCRemoteInboundRtpStreamStats> reports =
        stats.stream(RTCRemoteInboundRtpStreamStats.class).toList();
    RTCRemoteInboundRtpStreamStats there =
        reports.stream()
            .filter(each -> "audio".equals(each.kind()))
            .findFirst()
            .orElse(reports.isEmpty() ? null : reports.getFirst());
    List<RTCInboundRtpStreamStats> sounds = audio == null ? List.of() : List.of(audio);
    Counts now =
        new Counts(
            Math.max(time(inbound.stream()), time(outbound.stream())),
            Packets.of(inbound),
            Packets.of(sounds),
            Buffer.of(audio),
            inbound.stream().mapToLong(each -> count(each.bytesReceived())).sum(),
            outbound.stream().mapToLong(each -> count(each.bytesSent())).sum());
    double roundTrip = there == null ? Double.NaN : orNaN(there.roundTripTime()) * 1_000;
    Counts old = before;
    double seconds = old == null ? 0 : (now.time() - old.time()) / 1_000;
    if (old == null || seconds < SHORTEST_SECONDS) {
      before = old == null ? now : old;
      return new Reading(
          audio,
          video,
          videoSent,
          there,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          roundTrip,
          Double.NaN);
    }
    before = now;
    return new Reading(
        audio,
        video,
        videoSent,
        there,
        now.all().lossPercentSince(old.all()),
        kbps(old.bytesIn(), now.bytesIn(), seconds),
        kbps(old.bytesOut(), now.bytesOut(), seconds),
        roundTrip,
        mos(old, now, roundTrip));
  }

  /// A connection that replaced another counts from zero.
  private static double kbps(long from, long to, double seconds) {
    return to < from ? Double.NaN : 8 * (to - from) / seconds / 1_000;
  }

  /// By the delay that is known, half a round trip and the jitter buffer.
  private static double mos(Counts old, Counts now, double roundTrip) {
    double loss = now.audio().lossPercentSince(old.audio());
    double path = Double.isNaN(roundTrip) ? 0 : roundTrip / 2;
    return Double.isNaN(loss)
        ? Double.NaN
        : EModel.mos(EModel.rating(path + now.buffer().millisSince(old.buffer()), loss));
  }

  private static double time(Stream<? extends RTCStats> stats) {
    return stats.mapToDouble(RTCStats::timestamp).max().orElse(0);
  }

  private static long count(@Nullable Long value) {
    return value == null ? 0 : value;
  }

  private static double orNaN(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }
}
